"""Columns: what every tile at every memory cut contributes to cost and capacity, for one spatial mapping.

Given the spatial mapping, each cost term of the exact model belongs to one boundary of one operand and depends only
on the tile below it. So the energy of a mapping is a sum with one term per cut, and so are the loads of every memory
port, the on- and offloading, and the bits held in every memory. A `Cut` has these terms for all tiles at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.capacity import reduced_outside
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.spread import Spread, fan_boundaries
from zigzag_imc.models.traffic import Access, words
from zigzag_imc.models.words import ceil_div
from zigzag_imc.solver.lattice import Array, TileLattice

PortKey = tuple[int, int]
"""Memory index and port index; port -1 of the cells is their row-by-row write port."""

ROW_PORT = -1


@dataclass
class Cut:
    """One memory cut of one operand, with a value per tile of the lattice.

    Attributes
    ----------
    operand
        Operand index.
    boundaries
        Boundaries of the operand that lie at this cut; two where they always coincide.
    memory
        Index of the memory below the cut, whose capacity the tile takes; -1 at the array.
    energy_pj
        Energy of all transfers over the cut; infinite where the tile is not allowed here.
    bits
        Bits that the tile takes in the memory.
    busy
        Per port, cycles of transfer after the first period.
    stuck
        Per port, the part of ``busy`` that its own window surely cannot hide.
    link
        Cycles of the on- or offloading over the cut that are surely exposed.
    loads
        Per port, cycles of the on- or offloading whether exposed or not.
    taken
        Per port, bits per cycle that periodic loads take from the loads made once.
    activities
        Per port, transfers after the first period and the cycles of each: what ``busy`` is made of.
    need, least_need
        Bits that a second tile takes beside the first one, where the loop below the cut is irrelevant, and at least.
    """

    operand: int
    boundaries: tuple[int, ...]
    memory: int
    energy_pj: Array
    bits: Array
    busy: dict[PortKey, Array] = field(default_factory=dict)
    stuck: dict[PortKey, Array] = field(default_factory=dict)
    link: Array | float = 0.0
    loads: dict[PortKey, Array] = field(default_factory=dict)
    taken: dict[PortKey, Array] = field(default_factory=dict)
    activities: dict[PortKey, list[tuple[Array, Array]]] = field(default_factory=dict)
    need: Array | None = None
    least_need: Array | None = None


@dataclass
class SpatialColumns:
    """All cuts of one spatial mapping, and the cost terms that no cut changes.

    ``cuts`` are grouped by operand, lowest first; ``fixed_bits`` per memory are what its operands hold for which it is
    the top level. ``fits`` is false where those alone overflow a memory.
    """

    spatial: SpatialMapping
    laid: Spread
    lattice: TileLattice
    cuts: tuple[tuple[Cut, ...], ...]
    fixed_energy_pj: float
    fixed_busy: dict[PortKey, float]
    fixed_stuck: dict[PortKey, float]
    fixed_bits: tuple[int, ...]
    compute_cycles: float
    fits: bool

    @property
    def all_cuts(self) -> tuple[Cut, ...]:
        """Cuts of all operands."""
        return tuple(cut for cuts in self.cuts for cut in cuts)


def link_kinds(model: CostModel) -> dict[tuple[int, int], str]:
    """How the onloading over each input boundary combines with the rest.

    ``shared``: both its ports load both inputs. ``private``: it overlaps with the other input. ``hidden``: one end is
    shared, and an outer such link of the same input counts instead.
    """
    kinds: dict[tuple[int, int], str] = {}
    for index, operand in enumerate(OPERANDS[:2]):
        outermost_half: tuple[int, int] | None = None
        for boundary in model.boundaries[operand][1:]:
            ends = [{"W", "I"} <= {op for op, _ in access.port.allocation} for access in boundary.down]
            place = (index, boundary.index)
            kinds[place] = "shared" if all(ends) else "private"
            if any(ends) and not all(ends):
                if outermost_half is not None:
                    kinds[outermost_half] = "hidden"
                outermost_half = place
    return kinds


class ColumnBuilder:
    """Builds the columns of one layer's spatial mappings."""

    def __init__(self, model: CostModel, with_latency: bool) -> None:
        self.model = model
        self.layer = model.layer
        self.accelerator = model.accelerator
        self.profile = model.profile
        self.with_latency = with_latency
        self.rate = model.accelerator.array.cycles_per_activation
        self._in_window = frozenset(dim for w in self.layer.windows for dim in (w.output_dim, w.filter_dim))
        self._relevant = [self.layer.relevant(operand) for operand in OPERANDS]
        self._fans = [fan_boundaries(self.accelerator, operand) for operand in OPERANDS]
        self.link_kinds = link_kinds(model)

    def build(self, spatial: SpatialMapping) -> SpatialColumns:
        """Work out all columns of one spatial mapping."""
        laid = self.model.spread(spatial)
        lattice = TileLattice.of(laid.temporal)
        fixed_bits = [0] * len(self.accelerator.memories)
        columns = SpatialColumns(
            spatial=spatial,
            laid=laid,
            lattice=lattice,
            cuts=(),
            fixed_energy_pj=laid.array_total_pj,
            fixed_busy={},
            fixed_stuck={},
            fixed_bits=(),
            compute_cycles=laid.steps * self.rate,
            fits=True,
        )
        groups = []
        for index, operand in enumerate(OPERANDS):
            levels = self.accelerator.levels[operand]
            cuts: list[Cut] = []
            for a in range(len(levels)):
                if a == 0 and operand == "O":
                    self._fixed_output_traffic(columns)
                else:
                    cuts.append(self._cut(columns, index, a))
            top = self._held_bits(columns, index, len(levels) - 1)
            fixed_bits[levels[-1]] += int(top.flat[-1])
            groups.append(self._merged(columns, index, cuts))
        columns.cuts = tuple(groups)
        columns.fixed_bits = tuple(fixed_bits)
        columns.fits = all(
            bits <= memory.size_bits for bits, memory in zip(fixed_bits, self.accelerator.memories, strict=True)
        )
        self._forbid_overflows(columns)
        return columns

    # ------------------------------------------------------------------ elements and bits
    def _elements(self, columns: SpatialColumns, index: int, a: int, whole: bool) -> Array:
        """Elements of every tile below boundary ``a``: the formula of `models.tiles`, elementwise."""
        lattice, of = columns.lattice, columns.laid.operands[index]
        if a == 0:
            return np.ones((1,) * len(lattice.shape))
        windows = self.layer.windows if OPERANDS[index] == "I" else ()
        outside = self._relevant[index] - self._in_window if windows else self._relevant[index]
        elements = (of.whole[a] if whole else of.average[a]) * lattice.product(outside).astype(np.float64)
        rounded = self.profile.rounded_averages and not whole
        for window, (u_out, u_filt) in zip(windows, of.window_whole[a] if whole else of.window_average[a], strict=True):
            reach, taps = lattice.tile(window.output_dim) * u_out, lattice.tile(window.filter_dim) * u_filt
            if rounded:
                reach, taps = (reach + 1e-9) // 1, (taps + 1e-9) // 1
            elements = elements * window.extents(reach, taps, self.profile.phantom_dilation)
        return np.rint(elements) if rounded else elements

    def _held_bits(self, columns: SpatialColumns, index: int, level: int) -> Array:
        """Bits of every tile in one instance of the memory at ``level``, whole unrollings counted."""
        operand, lattice = OPERANDS[index], columns.lattice
        inside: dict[str, int] = {}
        for array_dim, dims in columns.spatial.unrollings:
            if self._fans[index][array_dim] <= level:
                for dim, factor in dims:
                    inside[dim] = inside.get(dim, 1) * factor
        windows = self.layer.windows if operand == "I" else ()
        outside = self._relevant[index] - self._in_window if windows else self._relevant[index]
        elements: Array = lattice.product(outside) * float(math.prod(inside.get(dim, 1) for dim in outside))
        for window in windows:
            reach = lattice.tile(window.output_dim) * inside.get(window.output_dim, 1)
            taps = lattice.tile(window.filter_dim) * inside.get(window.filter_dim, 1)
            elements = elements * window.extents(reach, taps)
        if operand == "O":
            outside_too = reduced_outside(self.layer, operand, columns.spatial, self._fans[index], level)
            bits = self._output_bits(self._reduced_above(columns, outside_too))
        else:
            bits = np.asarray(self.layer.precision.bits(operand))
        held = lattice.fill(elements * bits)
        memory = self.accelerator.memory(operand, level)
        if memory.double_buffered and level < len(self.accelerator.levels[operand]) - 1:
            held = np.where(lattice.steps < columns.laid.steps, 2 * held, held)
        return held

    def _reduced_above(self, columns: SpatialColumns, spatially: bool) -> Array:
        """Per tile, whether outputs still cross it as partial sums."""
        lattice = columns.lattice
        reductions = frozenset(dim for dim, _ in lattice.temporal) - self._relevant[2]
        total = math.prod(size for dim, size in lattice.temporal if dim in reductions)
        return (lattice.product(reductions) < total) | spatially

    def _output_bits(self, partial: Array) -> Array:
        return np.where(partial, self.layer.precision.O, self.layer.precision.O_final)

    # ------------------------------------------------------------------ one cut
    def _cut(self, columns: SpatialColumns, index: int, a: int) -> Cut:
        """Columns of boundary ``a`` of one operand."""
        operand, lattice, laid = OPERANDS[index], columns.lattice, columns.laid
        boundary = self.model.boundaries[operand][a]
        transfers = laid.steps // lattice.steps
        partial: Array | bool = False
        downs: Array = transfers
        if operand == "O":
            partial = self._reduced_above(columns, laid.operands[index].reduced_above[a])
            bits: Array | int = self._output_bits(partial)
            relevant = lattice.product(self._relevant[index])
            distinct = int(relevant.flat[-1]) // relevant
            downs = np.where(partial, self.model.readbacks(transfers, distinct), 0)  # type: ignore[arg-type]
        else:
            bits = self.layer.precision.bits(operand)
        energy = self._transfer_energy(columns, index, a, boundary.up, boundary.down, bits, transfers, downs)
        if operand == "W" and a == 0:
            energy = energy + self._precharge_pj(lattice)
        levels = self.accelerator.levels[operand]
        held = self._held_bits(columns, index, a - 1) if a else np.zeros((1,) * len(lattice.shape))
        cut = Cut(index, (a,), levels[a - 1] if a else -1, lattice.fill(energy), lattice.fill(held))
        if a == 0:
            # What rests at the array is one element: only irrelevant loops can be below.
            cut.energy_pj[np.broadcast_to(lattice.product(self._relevant[index]) > 1, lattice.shape)] = np.inf
        if self.with_latency:
            self._add_latency(columns, cut, boundary.up, boundary.down, bits, partial, transfers)
        return cut

    def _transfer_energy(
        self,
        columns: SpatialColumns,
        index: int,
        a: int,
        ups: tuple[Access, ...],
        downs: tuple[Access, ...],
        bits: Any,
        transfers: Any,
        back: Any,
    ) -> Array:
        """Energy of all transfers over a boundary, for every tile."""
        of = columns.laid.operands[index]
        elements: Any = self._elements(columns, index, a, whole=False)
        energy: Array = np.zeros((1,) * len(columns.lattice.shape))
        for accesses, count in ((ups, transfers), (downs, back)):
            for access in accesses:
                if access.energy_pj:
                    n = words(access, elements, bits, count, of.instances[a + access.upper], of.fan_average[a],
                              self.profile)  # fmt: skip
                    energy = energy + n * access.energy_pj
        return energy

    def _precharge_pj(self, lattice: TileLattice) -> Array | float:
        """Local precharge of the cell groups, for every tile that rests at the cells."""
        unit_pj = self.model.macro.precharge_pj
        if not unit_pj:
            return 0.0
        reads = self.layer.macs / lattice.steps
        return unit_pj * (np.floor(reads) / lattice.steps if self.profile.repeated_precharge else reads)

    def _fixed_output_traffic(self, columns: SpatialColumns) -> None:
        """Traffic between the array and the lowest output memory: every activation, whatever the cuts."""
        laid, index = columns.laid, 2
        of = laid.operands[index]
        boundary = self.model.boundaries["O"][0]
        kept = math.prod(size for dim, size in columns.lattice.temporal if dim in self._relevant[index])
        partial = laid.steps > kept or of.reduced_above[0]
        bits = self.layer.precision.O if partial else self.layer.precision.O_final
        back = self.model.readbacks(laid.steps, kept) if partial else 0
        for accesses, count in ((boundary.up, laid.steps), (boundary.down, back)):
            for access in accesses:
                n = words(access, 1.0, bits, count, of.instances[1], of.fan_average[0], self.profile) if count else 0.0
                columns.fixed_energy_pj += n * access.energy_pj
        if not self.with_latency or not self.profile.ports_stall:
            return
        for access in (*boundary.up, *(boundary.down if partial else ())):
            busy = ceil_div(of.fan_whole[0] * bits, access.port.bandwidth_max)
            key = (access.memory_index, access.port_index)
            spare = laid.steps - 1
            columns.fixed_busy[key] = columns.fixed_busy.get(key, 0.0) + spare * busy
            stuck = spare * max(0.0, busy - math.ceil(self.rate))
            columns.fixed_stuck[key] = columns.fixed_stuck.get(key, 0.0) + stuck

    # ------------------------------------------------------------------ latency
    def _add_latency(
        self,
        columns: SpatialColumns,
        cut: Cut,
        ups: tuple[Access, ...],
        downs: tuple[Access, ...],
        bits: Array | int,
        partial: Array | bool,
        count: Array,
    ) -> None:
        """Loads of the ports over a cut, and its part of the on- or offloading, both bounded from below.

        A window is never longer than its period. It is one activation where the tile consists of irrelevant loops
        alone, directly above the array, and its memory has no room for a second one.
        """
        lattice, laid, index, a = columns.lattice, columns.laid, cut.operand, cut.boundaries[0]
        of = laid.operands[index]
        elements = self._elements(columns, index, a, whole=True)
        window = np.ceil(lattice.steps * self.rate)
        if a == 1:
            window = np.where(self._never_buffered(columns, cut, bits), math.ceil(self.rate), window)
        exposed: Array = np.zeros((1,) * len(lattice.shape))
        for accesses, back in ((ups, False), (downs, index == 2)):
            for access in accesses:
                amount = elements * of.fan_whole[a] if access.upper else elements
                busy = ceil_div(amount * bits, access.port.bandwidth_max)  # type: ignore[arg-type]
                if not back and a:
                    least = ceil_div(of.whole[1] * int(np.min(bits)), access.port.bandwidth_max)
                    hidden = (count == 1) & self.profile.hidden_loads
                    exposed = np.maximum(exposed, np.where(hidden, np.minimum(least, busy), busy))
                    cut.loads[(access.memory_index, access.port_index)] = lattice.fill(busy)
                    fan = of.fan_whole[a] if access.upper else 1
                    average = np.floor(elements * bits / lattice.steps * fan)
                    taken = np.where(count > 1, np.ceil(average / self.rate), 0)
                    cut.taken[(access.memory_index, access.port_index)] = lattice.fill(taken)
                if not self.profile.ports_stall:
                    continue
                active = np.where(partial, count - 1, 0) if back else count - 1
                key = (access.memory_index, access.port_index)
                cut.busy[key] = cut.busy.get(key, 0.0) + lattice.fill(active * busy)
                stuck = lattice.fill(active * np.maximum(0.0, busy - window))
                cut.stuck[key] = cut.stuck.get(key, 0.0) + stuck
                cut.activities.setdefault(key, []).append((lattice.fill(active), lattice.fill(busy)))
        if a and self.profile.ports_stall:
            cut.need = lattice.fill(self._needed_bits(columns, cut, bits))
            outside = self._relevant[index] - (self._in_window if index == 1 else frozenset())
            cut.least_need = cut.need // lattice.product(outside)
        if index == 0 and a == 1 and self.profile.rows_written:
            rows = laid.mapped_rows * self._cycles_per_row(lattice)
            reloads = count - 1 if self.profile.ports_stall else count
            cut.stuck[(cut.memory, ROW_PORT)] = lattice.fill(reloads * rows)
            if self.profile.ports_stall:
                exposed = np.maximum(exposed, rows)
        if index == 2 or self.link_kinds.get((index, a)) != "hidden":
            cut.link = lattice.fill(exposed)

    def _cycles_per_row(self, lattice: TileLattice) -> Array:
        """Cycles to write one row of the array, for every tile of weights in the cells."""
        depth = lattice.product(self._relevant[0]).astype(np.float64)
        port = self.accelerator.cells.port_of("W", Direction.FROM_HIGH)
        if port is None:
            return depth
        return np.maximum(depth, ceil_div(depth * self.layer.precision.W, port.bandwidth_max))  # type: ignore[arg-type]

    def _never_buffered(self, columns: SpatialColumns, cut: Cut, bits: Array | int) -> Array:
        """Whether a tile directly above the array is all irrelevant loops and fills over half of its memory."""
        crowded = 2 * self._needed_bits(columns, cut, bits) > self.accelerator.memories[cut.memory].size_bits
        alone: Array = crowded & (columns.lattice.product(self._relevant[cut.operand]) == 1)
        return alone

    def _needed_bits(self, columns: SpatialColumns, cut: Cut, bits: Array | int) -> Array:
        """Bits of every tile as double buffering counts them: on average over the instances, whole elements."""
        elements = self._elements(columns, cut.operand, cut.boundaries[0], whole=False)
        needed: Array = (elements if self.profile.rounded_averages else np.ceil(elements - 1e-9)) * bits
        return needed

    # ------------------------------------------------------------------ clean-up
    def _merged(self, columns: SpatialColumns, index: int, cuts: list[Cut]) -> tuple[Cut, ...]:
        """Join the two lowest cuts of an input whose lowest memory holds one element.

        Every tile allowed at its upper cut is then made of irrelevant loops, all of which also rest at the array: the
        exact model sees both cuts at the same place.
        """
        if index == 2 or len(cuts) < 2:
            return tuple(cuts)
        array, first = cuts[0], cuts[1]
        fitting = first.bits <= self.accelerator.memories[first.memory].size_bits
        if np.any(fitting & np.isinf(array.energy_pj)):
            return tuple(cuts)
        first.boundaries = (0, 1)
        first.energy_pj = first.energy_pj + array.energy_pj
        for key, load in array.busy.items():
            first.busy[key] = first.busy.get(key, 0.0) + load
        for key, load in array.stuck.items():
            first.stuck[key] = first.stuck.get(key, 0.0) + load
        return tuple(cuts[1:])

    def _forbid_overflows(self, columns: SpatialColumns) -> None:
        """Make tiles infinite that overflow their memory beside what it holds in any case.

        Besides the fixed part, every other operand cut at the memory holds at least its smallest tile.
        """
        smallest: dict[int, dict[tuple[int, int], float]] = {}
        for cut in columns.all_cuts:
            if cut.memory >= 0:
                smallest.setdefault(cut.memory, {})[(cut.operand, cut.boundaries[-1])] = float(cut.bits.min())
        for cut in columns.all_cuts:
            if cut.memory < 0:
                continue
            others = sum(bits for key, bits in smallest[cut.memory].items() if key != (cut.operand, cut.boundaries[-1]))
            room = self.accelerator.memories[cut.memory].size_bits - columns.fixed_bits[cut.memory] - others
            cut.energy_pj[cut.bits > room] = np.inf


def ports_of(columns: SpatialColumns) -> Mapping[PortKey, None]:
    """Ports with any load in the columns, in a fixed order."""
    keys = {key for cut in columns.all_cuts for key in (*cut.busy, *cut.stuck)}
    return dict.fromkeys(sorted(keys | set(columns.fixed_busy) | set(columns.fixed_stuck)))
