"""What the transfers over a cut take of the ports, for tiles of any lengths: at most their times.

Of the periods of a movement one is on- or offloading: the first, which is full, of what is loaded;
the last, which may be short, of outputs on their way up. The others compete with computing.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce

import numpy as np

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.layer import OPERANDS, OUTPUTS, WEIGHTS
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.tiles import window_positions
from zigzag_imc.models.movement.traffic import Access, output_bits
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.models.timing.buffering import second_tile_bits
from zigzag_imc.models.timing.rows import cycles_per_row
from zigzag_imc.solver.tables.any_sizes.amount import Amount
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut, Periodic
from zigzag_imc.solver.tables.any_sizes.cut_builder import CutBuilder, Lengths, as_array
from zigzag_imc.solver.tables.any_sizes.lazily import Lazily
from zigzag_imc.solver.tables.any_sizes.moved import Kind, Moved, Way
from zigzag_imc.solver.tables.any_sizes.terms import Term
from zigzag_imc.solver.tables.any_sizes.transfers import (
    Transfers,
    activities_of,
    all_of,
    later,
)
from zigzag_imc.solver.tables.cut import ROW_PORT, PortKey
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.solver.tables.links import link_kinds
from zigzag_imc.solver.tables.short_ends import ShortEndEnergy

MOST_WINDOWS = 300_000
"""Tiles at a cut at most whose windows are told apart: those of more are no limit."""


class PortTerms:
    """Adds to cuts what their transfers take of the ports.

    Parameters
    ----------
    costs, spatial
        Exact cost model of the layer, and the spatial mapping.
    builder
        Builds the cuts.
    """

    def __init__(self, costs: CostModel, spatial: SpatialMapping, builder: CutBuilder) -> None:
        self._costs, self._layer, self._profile = costs, costs.layer, costs.profile
        self._builder, self._laid, self._lattice = builder, builder.laid, builder.lattice
        self._energies = ShortEndEnergy(costs, spatial)
        self._rate = math.ceil(costs.accelerator.array.cycles_per_activation)
        self._kinds_of_links = link_kinds(costs)

    def add_to(self, cut: AnyCut) -> AnyCut:
        """Return a cut with what its transfers take of the ports."""
        lengths = self._builder.along(cut.lengths)
        visits = self.visits(cut.operand, lengths)
        transfers = [Transfers(self, cut, flow, lengths, visits) for flow in self._directed(cut)]
        of_port: dict[PortKey, list[Transfers]] = {}
        for each in transfers:
            of_port.setdefault(each.key, []).append(each)
        competing = of_port if self._profile.ports_stall else {}
        first = [each for each in transfers if cut.boundaries[-1] and not each.back]
        loaded = {each.key: each for each in first}
        passing = loaded if self._profile.ports_stall else {}
        stuck = {key: all_of(own, Transfers.stuck) for key, own in competing.items()}
        need, least_need = self._second_tile(cut, lengths, visits)
        return replace(
            cut,
            busy=Lazily({key: all_of(own, Transfers.busy) for key, own in competing.items()}),
            stuck=Lazily(stuck | self._rows(cut, lengths, visits)),
            link=Amount.later(partial(self._link, cut, first, lengths)),
            loads=Lazily({key: each.loads for key, each in loaded.items()}),
            passing=Lazily({key: each.passing for key, each in passing.items()}),
            periodic=Lazily({key: each.periodic for key, each in loaded.items()}),
            activities={
                key: activities_of(own, self._laid.temporal) for key, own in competing.items()
            },
            need=need,
            least_need=least_need,
        )

    # ------------------------------------------------------------------ transfers
    def _directed(self, cut: AnyCut) -> Iterator[tuple[Access, bool]]:
        """Every access of a transfer, and whether it moves partial sums back down."""
        boundary = self._costs.boundaries[OPERANDS[cut.operand]][cut.boundaries[-1]]
        yield from ((access, False) for access in boundary.up)
        yield from ((access, cut.operand == OUTPUTS) for access in boundary.down)

    def ways(self, cut: AnyCut, back: bool, visits: Array) -> list[Way]:
        """What kinds of elements cross, each with where they do."""
        everywhere = np.ones((1,) * visits.ndim)
        if cut.operand != OUTPUTS:
            bits = self._layer.precision.bits(OPERANDS[cut.operand])
            return [Way(everywhere, bits)]
        partial = (visits > 1) | self._laid.operands[OUTPUTS].reduced_above[cut.boundaries[-1]]
        final_bits, partial_bits = (int(output_bits(self._layer, kind)) for kind in (0, 1))
        of_partial = Way(partial * everywhere, partial_bits)
        return [of_partial] if back else [Way(~partial * everywhere, final_bits), of_partial]

    def visits(self, index: int, lengths: Lengths) -> Array:
        """How often every tile of an operand crosses."""
        visits = np.asarray(self._energies.visits(index, lengths), dtype=np.float64)
        return as_array(visits, lengths)

    def outside(self, cut: AnyCut, access: Access, way: Way, lengths: Lengths) -> Array:
        """Cycles of the transfer that is on- or offloading: the first one, or the last output."""
        tile = self._last(cut.operand, lengths) if cut.operand == OUTPUTS else lengths
        return as_array(self._cycles(cut, access, way, tile), lengths)

    def kinds(self, cut: AnyCut, access: Access, way: Way, lengths: Lengths) -> Iterator[Kind]:
        """Yield the different tiles that an access moves in one way, full ones first.

        One by one: of the millions of tiles at some cuts, all kinds together would take gigabytes.
        """
        last = self._last(cut.operand, lengths)
        for tile, number in self._energies.kinds(cut.operand, lengths):
            yield Kind(
                as_array(number, lengths),
                as_array(self._cycles(cut, access, way, tile), lengths),
                as_array(math.prod([own / lengths[dim] for dim, own in tile.items()]), lengths),
                as_array(_all_of_equal(tile, last), lengths),
            )

    def together(self, cut: AnyCut, access: Access, way: Way, lengths: Lengths) -> Array:
        """Cycles of all different tiles."""
        found = as_array(0.0, lengths)
        for tile, number in self._energies.kinds(cut.operand, lengths):
            found = found + as_array(number * self._cycles(cut, access, way, tile), lengths)
        return found

    def _last(self, index: int, lengths: Lengths) -> dict[str, Array]:
        """Lengths of the last tile."""
        relevant = self._layer.relevant(OPERANDS[index])
        return {
            dim: size - (ceil_div(size, lengths[dim]) - 1) * lengths[dim]
            for dim, size in self._laid.temporal.items()
            if dim in relevant
        }

    def _cycles(self, cut: AnyCut, access: Access, way: Way, tile: Mapping[str, Array]) -> Array:
        """Cycles of one transfer."""
        a = cut.boundaries[-1]
        fan = self._laid.operands[cut.operand].fan_whole[a]
        bits = access.amount(self._elements(cut.operand, a, tile), fan) * way.bits
        cycles: Array = ceil_div(bits, access.port.bandwidth_max)
        return cycles

    def _elements(self, index: int, a: int, tile: Mapping[str, Array]) -> Array | int:
        """Elements of one transfer, whole unrollings counted."""
        if a == 0:
            return 1
        of, operand = self._laid.operands[index], OPERANDS[index]
        windows = self._layer.windows_of(operand)
        spans = [tile.get(dim, 1) for w in windows for dim in (w.output_dim, w.filter_dim)]
        plain = math.prod([tile.get(dim, 1) for dim in self._layer.plain_dims(operand)])
        phantom = self._profile.phantom_dilation
        positions = window_positions(windows, of.window_whole[a], spans, phantom)
        elements: Array = of.whole[a] * plain * positions
        return elements

    def periodic(self, cut: AnyCut, access: Access, lengths: Lengths, visits: Array) -> Periodic:
        """What an access moves, below the boundary."""
        a = cut.boundaries[-1]
        terms = []
        for way in self.ways(cut, False, visits):
            elements = sum(
                number * self._elements(cut.operand, a, tile)
                for tile, number in self._energies.kinds(cut.operand, lengths)
            )
            terms.append(Term(visits * way.when * way.bits, as_array(elements, lengths)))
        fan = self._laid.operands[cut.operand].fan_whole[a]
        rate = self._costs.accelerator.array.cycles_per_activation
        return Periodic(Amount.of(terms), int(access.amount(1, fan)), self._laid.steps, rate)

    # ------------------------------------------------------------------ windows
    def _second_tile(self, cut: AnyCut, lengths: Lengths, visits: Array) -> tuple[Amount, Amount]:
        """Bits of a second full tile, and the least that any loop order needs of them."""
        if not cut.boundaries[-1] or not self._profile.ports_stall:
            return Amount.of(), Amount.of()
        plain = math.prod([lengths[dim] for dim in self._layer.plain_dims(OPERANDS[cut.operand])])

        def need() -> Amount:
            elements = self._average_elements(cut, plain, lengths)
            elements = np.rint(elements) if self._profile.rounded_averages else elements
            second = (
                Term(way.when, as_array(second_tile_bits(elements, way.bits, 1), lengths))
                for way in self.ways(cut, False, visits)
            )
            return Amount.of(tuple(second))

        needed = Amount.later(need)
        return needed, Amount.later(
            lambda: Amount.of([Term(own.weights, own.rows // plain) for own in needed.terms])
        )

    def _average_elements(self, cut: AnyCut, plain: Array | int, lengths: Lengths) -> Array:
        """Elements of a tile, averaged over instances, given those of its plain dimensions."""
        of, a = self._laid.operands[cut.operand], cut.boundaries[-1]
        windows = self._layer.windows_of(OPERANDS[cut.operand])
        spans = [lengths[dim] for w in windows for dim in (w.output_dim, w.filter_dim)]
        phantom, rounded = self._profile.phantom_dilation, self._profile.rounded_averages
        positions = window_positions(windows, of.window_average[a], spans, phantom, rounded)
        elements: Array = of.average[a] * plain * positions
        return elements

    def unhidden(self, cut: AnyCut, access: Access, way: Way, lengths: Lengths) -> Moved:
        """The part of what an access takes in one way that no window hides.

        A window is no longer than its period: that of a short tile is as short as its tile, and
        where the last of the irrelevant rounds is shorter, all are taken for as long as the others,
        and for those of the longest tile of a class. So no window is taken for a shorter one than
        it is, of whichever transfer is on- or offloading.
        """
        window = self._longest_window(cut, way.bits, lengths)
        nothing = as_array(0.0, lengths)
        if window.size > MOST_WINDOWS:
            return Moved(way, nothing, nothing)
        kinds = list(self.kinds(cut, access, way, lengths))
        lost = [np.maximum(0.0, one.cycles - one.share * window) for one in kinds]
        if not any(map(np.any, lost)):
            return Moved(way, nothing, nothing)
        together = reduce(np.add, map(operator.mul, (one.number for one in kinds), lost))
        of_last = reduce(np.maximum, map(operator.mul, (one.is_last for one in kinds), lost))
        return Moved(way, together, of_last if cut.operand == OUTPUTS else lost[0])

    def _longest_window(self, cut: AnyCut, bits: int, lengths: Lengths) -> Array:
        """Cycles at most of the window of every full tile.

        A tile of irrelevant loops alone, directly above the array, whose memory has no room for a
        second one, has one activation.
        """
        idle = [dim for dim in self._lattice.dims if dim not in cut.relevant]
        longest = [self._lattice.along(dim, self._lattice.last[dim]) for dim in idle]
        held = [lengths[dim] for dim in cut.relevant]
        period = self._rate * as_array(math.prod([*held, *longest]), lengths)
        if cut.boundaries[-1] != 1 or not self._is_crowded(cut, bits):
            return period
        is_single = reduce(np.logical_and, (own == 1 for own in held), True)
        return np.where(is_single, float(self._rate), period)

    def _is_crowded(self, cut: AnyCut, bits: int) -> bool:
        """Whether a memory that holds one tile of one step has no room for a second one."""
        index = cut.operand
        of, windows = self._laid.operands[index], self._layer.windows_of(OPERANDS[index])
        phantom, rounded = self._profile.phantom_dilation, self._profile.rounded_averages
        ones = [1] * (2 * len(windows))
        positions = window_positions(windows, of.window_average[1], ones, phantom, rounded)
        elements = of.average[1] * positions
        needed = second_tile_bits(round(elements) if rounded else elements, bits, 1)
        return bool(2 * needed > self._costs.accelerator.memories[cut.memory].size_bits)

    # ------------------------------------------------------------------ on- and offloading
    def _link(self, cut: AnyCut, first: Sequence[Transfers], lengths: Lengths) -> Amount:
        """Cycles of the on- or offloading that are surely exposed.

        All of them; where a tile is loaded only once, all but what may hide: its first part.
        """
        if self._kinds_of_links.get(cut.place) == "hidden" or not first:
            return Amount.of()
        ways = first[0].ways
        exposed = [
            reduce(np.maximum, own) for own in zip(*(each.outside for each in first), strict=True)
        ]
        whole = None
        if self._profile.hidden_loads:
            whole = max(self._least_exposed(cut, each) for each in first)
        if self._writes_rows(cut) and self._profile.ports_stall:
            rows = self._cycles_of_rows(lengths)
            exposed = [np.maximum(cycles, rows) for cycles in exposed]
            whole = None if whole is None else max(whole, float(rows.flat[-1]))
        terms = (Term(way.when, cycles) for way, cycles in zip(ways, exposed, strict=True))
        return Amount.of(tuple(terms), whole)

    def _least_exposed(self, cut: AnyCut, each: Transfers) -> float:
        """Cycles of the whole, loaded once, that are exposed at least."""
        part_bits = self._laid.operands[cut.operand].whole[1] * self._first_bits(cut.operand)
        part = ceil_div(part_bits, each.access.port.bandwidth_max)
        both = zip(each.ways, each.outside, strict=True)
        whole = sum(float(way.when.flat[-1] * cycles.flat[-1]) for way, cycles in both)
        return float(min(part, whole))

    def _first_bits(self, index: int) -> int:
        """Least bits of an element of the first part, which is never hidden.

        Outputs may be partial sums lowest and finished further up, or finished at both.
        """
        precision = self._layer.precision
        if index != OUTPUTS:
            return precision.bits(OPERANDS[index])
        if self._laid.operands[index].reduced_above[1]:
            return precision.O
        idle = self._layer.idle_dims(OPERANDS[OUTPUTS])
        is_reduced = any(dim in idle for dim in self._lattice.dims)
        return min(precision.O, precision.O_final) if is_reduced else precision.O_final

    # ------------------------------------------------------------------ rows of the array
    def _rows(
        self, cut: AnyCut, lengths: Lengths, visits: Array
    ) -> dict[PortKey, Callable[[], Amount]]:
        """Cycles of the reloads of the array row by row."""
        if not self._writes_rows(cut):
            return {}
        return {(cut.memory, ROW_PORT): partial(self._of_rows, cut, lengths, visits)}

    def _of_rows(self, cut: AnyCut, lengths: Lengths, visits: Array) -> Amount:
        """Cycles of the reloads of the rows of the array."""
        once = self._cycles_of_rows(lengths)
        kinds = self._energies.kinds(cut.operand, lengths)
        together = sum(number * self._cycles_of_rows(tile) for tile, number in kinds)
        together = as_array(together, lengths)
        if not self._profile.ports_stall:  # the first load is waited for as well
            return Amount.of([Term(visits, together)])
        moved = Moved(Way(np.ones_like(visits), 0), together, once)
        return later([moved], visits, back=False)

    def _writes_rows(self, cut: AnyCut) -> bool:
        """Whether transfers write the cells of the array row by row."""
        return cut.place == (WEIGHTS, 1) and self._profile.rows_written

    def _cycles_of_rows(self, tile: Mapping[str, Array]) -> Array:
        """Cycles to write all rows of the array with a tile of weights."""
        depth = math.prod([tile[dim] for dim in self._layer.relevant("W") if dim in tile])
        port = self._costs.accelerator.cells.port_of("W", Direction.FROM_HIGH)
        cycles: Array = cycles_per_row(depth, self._layer.precision.W, port)
        return self._laid.mapped_rows * cycles


def _all_of_equal(tile: Mapping[str, Array], last: Mapping[str, Array]) -> Array:
    """Where tiles are as long as the last one along all of their dimensions."""
    equal = (tile[dim] == own for dim, own in last.items() if dim in tile)
    return reduce(np.logical_and, equal, np.ones((), dtype=np.bool_))
