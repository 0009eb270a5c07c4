"""Builds the columns of spatial mappings.

The energy of every cut, what it holds, and where it may lie.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.layer import OPERANDS, WEIGHTS
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.energy import precharge_reads
from zigzag_imc.models.movement.traffic import words
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.solver.tables.allowed import AllowedTiles
from zigzag_imc.solver.tables.amounts import Amounts
from zigzag_imc.solver.tables.crossings import Crossings
from zigzag_imc.solver.tables.cut import AT_ARRAY, Cut, SpatialColumns, bandwidths_of, summed
from zigzag_imc.solver.tables.latency import LatencyColumns
from zigzag_imc.solver.tables.lattice import Array, TileLattice
from zigzag_imc.solver.tables.layout import Layout
from zigzag_imc.solver.tables.transfers import Transfers

_LOWEST_CUTS = (0, 0, 1)
"""Per operand, its lowest boundary that is a cut; outputs leave the array at every activation."""

Groups = Sequence[Sequence[Cut]]
"""Cuts of every operand, lowest first."""


class ColumnBuilder:
    """Builds the columns of one layer's spatial mappings."""

    def __init__(self, model: CostModel, with_latency: bool, constraints: Constraints = ()) -> None:
        self.model = model
        self.constraints = constraints
        self.layer = model.layer
        self.accelerator = model.accelerator
        self.profile = model.profile
        self.amounts = Amounts(model)
        self.crossings = Crossings(model, self.amounts)
        self.latency = LatencyColumns(model, self.amounts) if with_latency else None
        self._bandwidths = bandwidths_of(model.accelerator)
        self._sizes_bits = [memory.size_bits for memory in model.accelerator.memories]

    def build(self, spatial: SpatialMapping) -> SpatialColumns:
        """Work out all columns of one spatial mapping."""
        layout = Layout.of(self.model, spatial)
        groups = [self._cuts_of(layout, index) for index in range(len(OPERANDS))]
        fixed_bits = self._fixed_bits(layout)
        traffic = self.crossings.of_every_activation(layout)
        loads = [] if self.latency is None else list(self.latency.fixed(layout, traffic))
        return SpatialColumns(
            spatial=spatial,
            laid=layout.laid,
            lattice=layout.lattice,
            cuts=tuple(map(tuple, self._allowed(layout, groups, fixed_bits))),
            fixed_energy_pj=self._fixed_energy_pj(layout, traffic),
            fixed_busy=summed((load.key, load.busy) for load in loads),
            fixed_stuck=summed((load.key, load.stuck) for load in loads),
            fixed_bits=tuple(fixed_bits),
            compute_cycles=layout.laid.steps * self.accelerator.array.cycles_per_activation,
            bandwidths=self._bandwidths,
            fits=all(map(operator.le, fixed_bits, self._sizes_bits)),
        )

    # ------------------------------------------------------------------ cuts
    def _cuts_of(self, layout: Layout, index: int) -> Sequence[Cut]:
        """Columns of all cuts of one operand, from the lowest."""
        boundaries = range(_LOWEST_CUTS[index], len(self.accelerator.levels[OPERANDS[index]]))
        return self._merged([self._cut(layout, index, a) for a in boundaries])

    def _cut(self, layout: Layout, index: int, a: int) -> Cut:
        """Columns of boundary ``a`` of one operand."""
        transfers = self.crossings.over(layout, index, a)
        energy = self._transfer_energy(layout, transfers)
        memory, bits = self._held_below(layout, index, a)
        if memory == AT_ARRAY:
            energy = self._energy_at_array(layout.lattice, index, energy)
        fill = layout.lattice.fill
        cut = Cut(index, (a,), memory, energy_pj=fill(energy), bits=fill(bits))
        return cut if self.latency is None else self.latency.add_to(layout, cut, transfers)

    def _held_below(self, layout: Layout, index: int, a: int) -> tuple[int, Array]:
        """Memory below boundary ``a``, and bits of every tile there; none at the array."""
        if a == 0:
            return AT_ARRAY, np.zeros((1,) * len(layout.lattice.shape))
        level = a - 1
        memory = self.accelerator.levels[OPERANDS[index]][level]
        return memory, self.amounts.held_bits(layout, index, level)

    def _merged(self, cuts: Sequence[Cut]) -> Sequence[Cut]:
        """Join the two lowest cuts of an input whose lowest memory holds one element.

        Every tile allowed at its upper cut is then made of irrelevant loops, all of which also rest
        at the array: the exact model sees both cuts at the same place.
        """
        if len(cuts) < 2 or cuts[0].memory != AT_ARRAY:
            return cuts
        array, first, *higher = cuts
        fitting = first.bits <= self._sizes_bits[first.memory]
        if np.any(fitting & np.isinf(array.energy_pj)):
            return cuts
        joined = replace(
            first,
            boundaries=(0, 1),
            energy_pj=first.energy_pj + array.energy_pj,
            busy=summed((*first.busy.items(), *array.busy.items())),
            stuck=summed((*first.stuck.items(), *array.stuck.items())),
        )
        return joined, *higher

    def _forbid_overflows(self, groups: Groups, fixed_bits: Sequence[int]) -> Groups:
        """Return cuts at which tiles are infinite that overflow their memory.

        Besides the fixed part, every other operand cut at the memory holds at least its smallest
        tile.
        """
        left: dict[int, float] = {AT_ARRAY: math.inf}
        left |= enumerate(map(operator.sub, self._sizes_bits, fixed_bits))
        for cut in itertools.chain.from_iterable(groups):
            left[cut.memory] -= cut.least_bits
        return [[_within(cut, left[cut.memory]) for cut in cuts] for cuts in groups]

    def _allowed(self, layout: Layout, groups: Groups, fixed_bits: Sequence[int]) -> Groups:
        """Return cuts at which tiles are infinite that overflow, or break a constraint."""
        fitting = self._forbid_overflows(groups, fixed_bits)
        if not self.constraints:
            return fitting
        allowed = AllowedTiles.of(self.model, self.constraints, layout)
        return [list(map(allowed.only, cuts)) for cuts in fitting]

    # ------------------------------------------------------------------ energy
    def _transfer_energy(self, layout: Layout, transfers: Transfers) -> Array:
        """Energy of all transfers over a boundary, for every tile."""
        elements = self.amounts.elements(layout, transfers.operand, transfers.place, whole=False)
        nothing: Array = np.zeros((1,) * len(layout.lattice.shape))
        return functools.reduce(operator.add, self._energies(layout, transfers, elements), nothing)

    def _fixed_energy_pj(self, layout: Layout, traffic: Transfers) -> float:
        """Energy of the array, and of what crosses at every activation, whatever the cuts."""
        energies = self._energies(layout, traffic, elements=1.0)
        return functools.reduce(operator.add, energies, layout.laid.fixed_pj)

    def _energies(self, layout: Layout, transfers: Transfers, elements: Amount) -> Iterator[Amount]:
        """Energy of all transfers over a boundary, access by access."""
        of, a = layout.laid.operands[transfers.operand], transfers.place
        for access, count in transfers.counted():
            if access.energy_pj:
                carried = access.amount(elements, of.fan_average[a]) * transfers.element_bits
                instances = of.instances[a + access.upper]
                accesses = words(access.port, carried, count, instances, self.profile)
                yield accesses * access.energy_pj

    def _energy_at_array(self, lattice: TileLattice, index: int, energy: Array) -> Array:
        """Energy over the lowest boundary for every tile that rests at the array."""
        if index == WEIGHTS:
            energy = energy + self._precharge_pj(lattice)
        # What rests at the array is one element: only irrelevant loops can be below.
        holds_more = lattice.product(self.amounts.relevant[index]) > 1
        return np.where(holds_more, np.inf, energy)

    def _precharge_pj(self, lattice: TileLattice) -> Array | float:
        """Local precharge of the cell groups, for every tile that rests at the cells."""
        unit_pj = self.model.macro.precharge_pj
        if not unit_pj:
            return 0.0
        # Such a tile has irrelevant loops alone: all of it lies in the cells' own level.
        reads = precharge_reads(self.layer.macs, lattice.steps, lattice.steps, self.profile)
        energy_pj: Array = unit_pj * reads
        return energy_pj

    def _fixed_bits(self, layout: Layout) -> list[int]:
        """Per memory, bits of the operands whose top level it is."""
        fixed_bits = [0] * len(self._sizes_bits)
        for index, operand in enumerate(OPERANDS):
            levels = self.accelerator.levels[operand]
            top = self.amounts.held_bits(layout, index, len(levels) - 1)
            fixed_bits[levels[-1]] += int(top.flat[-1])
        return fixed_bits


def _within(cut: Cut, more_bits: float) -> Cut:
    """Return a cut at which no tile takes more bits beyond those of the smallest one than given."""
    overflows = cut.bits > more_bits + cut.least_bits
    return replace(cut, energy_pj=np.where(overflows, np.inf, cut.energy_pj))
