"""What every choice of tiles at one cut costs and takes, under one spatial mapping.

The energy over a cut is what moving every different tile once costs, which the lengths along the
relevant dimensions decide, times how often that comes again, which the numbers of steps along the
idle ones do. So a cut has *rows*, energies of one visit, and *columns*, numbers of visits.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from zigzag_imc.core.layer import OPERANDS, OUTPUTS, WEIGHTS
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.energy import precharge_reads
from zigzag_imc.models.movement.room import TileRoom, tile_rooms
from zigzag_imc.models.movement.traffic import output_bits
from zigzag_imc.models.movement.words import Amount, ceil_div
from zigzag_imc.solver.tables.lattice import Array
from zigzag_imc.solver.tables.short_ends import Lengths, ShortEndEnergy, first_lengths

MOST_ENTRIES = 2_000_000
"""Lengths along the relevant dimensions together up to which each has its own energy."""

Numbers = Sequence[int]


@dataclass(frozen=True)
class Visits:
    """One column: a number of steps along every idle dimension.

    Attributes
    ----------
    lengths
        Per idle dimension, the shortest length that makes so many steps.
    weights
        How often each energy of a row counts.
    once_pj
        Energy in pJ that comes on top.
    """

    lengths: tuple[int, ...]
    weights: tuple[float, ...]
    once_pj: float


@dataclass(frozen=True, eq=False)
class CutTable:
    """One cut under one spatial mapping.

    Attributes
    ----------
    operand, boundary
        Where it is.
    lengths
        Per dimension with several steps, the lengths that its tile may have.
    relevant, idle
        Those of these dimensions that are relevant to the operand, and the others.
    energies_pj
        Energies of one visit: arrays with an axis for each relevant dimension.
    visits
        Every number of visits.
    room
        What the memory below makes of a tile; ``None`` at the array.
    """

    operand: int
    boundary: int
    lengths: Mapping[str, Numbers]
    relevant: tuple[str, ...]
    idle: tuple[str, ...]
    energies_pj: tuple[Array, ...]
    visits: tuple[Visits, ...]
    room: TileRoom | None

    @cached_property
    def energy_pj(self) -> Array:
        """Energy of every row at the number of visits at which it is least."""
        least = np.full(self.energies_pj[0].shape, np.inf)
        for weights in {visit.weights for visit in self.visits}:
            own = min(v.once_pj for v in self.visits if v.weights == weights)
            least = np.minimum(least, self.of_rows(weights) + own)
        return least

    def of_rows(self, weights: Sequence[float]) -> Array:
        """Energy of every row, of one choice of weights."""
        found: Array = np.zeros(self.energies_pj[0].shape)
        for weight, energy in zip(weights, self.energies_pj, strict=True):
            found = found + weight * energy
        return found

    @cached_property
    def least_pj(self) -> float:
        """Least energy over the cut at most: each of its terms at its own least."""
        return min((self.least_of(visit) for visit in self.visits), default=math.inf)

    def least_of(self, visit: Visits) -> float:
        """Least energy over the cut at one number of visits."""
        terms = zip(visit.weights, self.least_rows_pj, strict=True)
        return visit.once_pj + sum(weight * energy for weight, energy in terms)

    @cached_property
    def least_rows_pj(self) -> tuple[float, ...]:
        """Least of each energy of one visit."""
        return tuple(float(energy.min()) for energy in self.energies_pj)

    def within(self, most_pj: float) -> CutTable:
        """Return the cut without what costs more than some energy, whatever the rest is."""
        visits = tuple(visit for visit in self.visits if self.least_of(visit) <= most_pj)
        lengths = dict(self.lengths)
        for place, dim in enumerate(self.idle):
            starts = np.array(sorted({visit.lengths[place] for visit in self.visits}))
            kept = {visit.lengths[place] for visit in visits}
            own = np.array(self.lengths[dim])
            start = starts[np.searchsorted(starts, own, side="right") - 1]
            lengths[dim] = own[np.isin(start, list(kept))].tolist()
        return replace(self, lengths=lengths, visits=visits)

    @property
    def is_even(self) -> bool:
        """Whether all rows cost the same, but for rounding."""
        return all(
            float(energy.max() - energy.min()) <= 1e-12 * float(energy.max())
            for energy in self.energies_pj
        )


class CutTables:
    """Builds the cuts of one spatial mapping."""

    def __init__(self, costs: CostModel, spatial: SpatialMapping) -> None:
        self._costs, self._layer = costs, costs.layer
        self.energies = ShortEndEnergy(costs, spatial)
        self.laid = costs.spread(spatial)
        self.sizes = {dim: size for dim, size in self.energies.sizes.items() if size > 1}
        self.rooms = [
            tile_rooms(costs.layer, costs.accelerator, operand, spatial) for operand in OPERANDS
        ]

    @property
    def fixed_pj(self) -> float:
        """Energy of the array, and of outputs that leave it at every activation."""
        ones: Lengths = dict.fromkeys(self.energies.sizes, 1)
        fixed: float = self.laid.array_total_pj + self.energies.over(OUTPUTS, 0, ones)
        return fixed

    def whole_bits(self, index: int) -> int:
        """Bits of a whole operand in its top memory."""
        room = self.rooms[index][-1]
        return int(self.bits(index, room, self.sizes, partial=room.reduced_outside, last=True))

    def bits(
        self, index: int, room: TileRoom, lengths: Lengths, *, partial: bool, last: bool
    ) -> int:
        """Bits of a tile in the memory below a cut."""
        layer, operand = self._layer, OPERANDS[index]
        element = output_bits(layer, partial) if index == OUTPUTS else layer.precision.bits(operand)
        plain = [lengths.get(dim, 1) for dim in layer.plain_dims(operand)]
        windows = layer.windows_of(operand)
        spans = [lengths.get(dim, 1) for w in windows for dim in (w.output_dim, w.filter_dim)]
        return int(room.bits(math.prod(plain), spans, element, last))

    def all(self, quick: bool = False) -> list[CutTable]:
        """Build the cuts of all operands but that of outputs at the array.

        ``quick`` puts a lower bound in the place of energies that lengths decide.
        """
        return [
            self.cut(index, a, quick)
            for index, operand in enumerate(OPERANDS)
            for a in range(index == OUTPUTS, len(self._costs.accelerator.levels[operand]))
        ]

    def cut(self, index: int, a: int, quick: bool = False) -> CutTable:
        """Build one cut."""
        of_operand = self._layer.relevant(OPERANDS[index])
        relevant = tuple(dim for dim in self.sizes if dim in of_operand)
        idle = tuple(dim for dim in self.sizes if dim not in of_operand)
        lengths: dict[str, Numbers] = {
            dim: self._fitting(index, a, dim) if dim in relevant else range(1, size + 1)
            for dim, size in self.sizes.items()
        }
        counts = [len(lengths[dim]) for dim in relevant]
        # Elements that are rounded one tile at a time may be fewer than those of the whole.
        if quick and not self._costs.profile.rounded_averages:
            energies = self._least_energies(index, a, relevant, counts)
        else:
            energies = self._energies(index, a, relevant, counts)
        visits = tuple(
            self._visit(index, a, dict(zip(idle, chosen, strict=True)))
            for chosen in itertools.product(*(self._kinds(index, a, dim) for dim in idle))
        )
        room = self.rooms[index][a - 1] if a else None
        return CutTable(index, a, lengths, relevant, idle, energies, visits, room)

    def _fitting(self, index: int, a: int, dim: str) -> Numbers:
        """Lengths along a dimension that fit into the memory below if all others were one.

        What rests at the array is one element. The room of a tile rises with its lengths.
        """
        if a == 0:
            return (1,)
        room = self.rooms[index][a - 1]
        most = self._costs.accelerator.memory(OPERANDS[index], a - 1).size_bits
        final_is_less = self._layer.precision.O_final < self._layer.precision.O
        partial = room.reduced_outside or not final_is_less
        low, high = 1, self.sizes[dim]
        while low < high:
            length = (low + high + 1) // 2
            if self.bits(index, room, {dim: length}, partial=partial, last=True) <= most:
                low = length
            else:
                high = length - 1
        return range(1, low + 1)

    def _kinds(self, index: int, a: int, dim: str) -> Numbers:
        """Lengths along an idle dimension that differ in energy: one for each number of steps."""
        size = self.sizes[dim]
        if (index, a) == (WEIGHTS, 0) and self._costs.profile.repeated_precharge:
            return range(1, size + 1)
        return first_lengths(size)

    def _energies(
        self, index: int, a: int, relevant: Sequence[str], shape: Sequence[int]
    ) -> tuple[Array, ...]:
        """Energies of one visit, for all lengths along the relevant dimensions."""
        if math.prod(shape) > MOST_ENTRIES:
            return tuple(np.zeros((1,) * len(shape)) for _ in range(3 if index == OUTPUTS else 1))
        lengths: dict[str, Array | int] = dict(self.energies.sizes)
        for axis, dim in enumerate(relevant):
            along = np.arange(1, shape[axis] + 1)
            lengths[dim] = along.reshape([-1 if n == axis else 1 for n in range(len(shape))])
        return tuple(
            np.broadcast_to(np.asarray(one, dtype=np.float64), shape)
            for one in self._once(index, a, lengths)
        )

    def _least_energies(
        self, index: int, a: int, relevant: Sequence[str], counts: Sequence[int]
    ) -> tuple[Array, ...]:
        """Lower bounds of the energies of one visit: of all that several lengths share as one tile.

        Tiles together hold at least the elements of the whole, and the whole words of several
        transfers are no fewer than those of one.
        """
        own = {dim: 1 for dim, count in zip(relevant, counts, strict=True) if count == 1}
        found = self._once(index, a, {**self.energies.sizes, **own})
        return tuple(np.full((1,) * len(relevant), one * (1 - TOLERANCE)) for one in found)

    def _once(self, index: int, a: int, lengths: Lengths) -> list[Amount]:
        """Energies of one visit, for some lengths along the relevant dimensions."""
        boundary = self._costs.boundaries[OPERANDS[index]][a]
        once = self.energies.once
        if index != OUTPUTS:
            bits = self._layer.precision.bits(OPERANDS[index])
            return [once(index, a, boundary.down, bits, lengths)]
        final, partial = (output_bits(self._layer, is_partial) for is_partial in (0, 1))
        return [
            once(index, a, boundary.up, final, lengths),
            once(index, a, boundary.up, partial, lengths),
            once(index, a, boundary.down, partial, lengths),
        ]

    def _visit(self, index: int, a: int, lengths: Mapping[str, int]) -> Visits:
        """One column."""
        number = math.prod([ceil_div(self.sizes[dim], length) for dim, length in lengths.items()])
        chosen = tuple(lengths.values())
        if index != OUTPUTS:
            at_cells = (index, a) == (WEIGHTS, 0)
            return Visits(chosen, (number,), self._precharge_pj(lengths) if at_cells else 0.0)
        if number == 1 and not self.laid.operands[OUTPUTS].reduced_above[a]:
            return Visits(chosen, (1, 0, 0), 0.0)
        return Visits(chosen, (0, number, self._costs.readbacks(number, 1)), 0.0)

    def _precharge_pj(self, idle: Mapping[str, int]) -> float:
        """Local precharge for weights that rest at the cells for tiles of some lengths."""
        unit_pj = self._costs.macro.precharge_pj
        if not unit_pj:
            return 0.0
        steps = math.prod([ceil_div(self.sizes[dim], length) for dim, length in idle.items()])
        period = math.prod([self.sizes[dim] for dim in idle]) / steps
        resting = math.prod(idle.values())
        reads = precharge_reads(self._layer.macs, period, resting, self._costs.profile)
        return float(unit_pj * reads)
