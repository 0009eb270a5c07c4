"""Builds the columns of spatial mappings.

The energy of every cut, what it holds, and where it may lie.
"""

from __future__ import annotations

import math

import numpy as np

from zigzag_imc.core.layer import OPERANDS, OUTPUTS, WEIGHTS
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.energy import precharge_reads
from zigzag_imc.models.movement.traffic import output_bits, words
from zigzag_imc.solver.tables.amounts import Amounts
from zigzag_imc.solver.tables.cut import Cut, SpatialColumns
from zigzag_imc.solver.tables.latency import LatencyColumns
from zigzag_imc.solver.tables.lattice import Array, TileLattice
from zigzag_imc.solver.tables.transfers import Transfers


class ColumnBuilder:
    """Builds the columns of one layer's spatial mappings."""

    def __init__(self, model: CostModel, with_latency: bool) -> None:
        self.model = model
        self.layer = model.layer
        self.accelerator = model.accelerator
        self.profile = model.profile
        self.rate = model.accelerator.array.cycles_per_activation
        self.amounts = Amounts(model)
        self.latency = LatencyColumns(model, self.amounts) if with_latency else None

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
            top = self.amounts.held_bits(columns, index, len(levels) - 1)
            fixed_bits[levels[-1]] += int(top.flat[-1])
            groups.append(self._merged(columns, index, cuts))
        columns.cuts = tuple(groups)
        columns.fixed_bits = tuple(fixed_bits)
        columns.fits = all(
            bits <= memory.size_bits
            for bits, memory in zip(fixed_bits, self.accelerator.memories, strict=True)
        )
        self._forbid_overflows(columns)
        return columns

    def _cut(self, columns: SpatialColumns, index: int, a: int) -> Cut:
        """Columns of boundary ``a`` of one operand."""
        lattice = columns.lattice
        transfers = self._transfers(columns, index, a)
        energy = self._transfer_energy(columns, transfers)
        if index == WEIGHTS and a == 0:
            energy = energy + self._precharge_pj(lattice)
        cut = Cut(
            operand=index,
            boundaries=(a,),
            memory=self._memory_below(index, a),
            energy_pj=lattice.fill(energy),
            bits=lattice.fill(self._held_below(columns, index, a)),
        )
        if a == 0:
            # What rests at the array is one element: only irrelevant loops can be below.
            holds_more = lattice.product(self.amounts.relevant[index]) > 1
            cut.energy_pj[np.broadcast_to(holds_more, lattice.shape)] = np.inf
        if self.latency is not None:
            self.latency.add_to(columns, cut, transfers)
        return cut

    def _transfers(self, columns: SpatialColumns, index: int, a: int) -> Transfers:
        """What crosses boundary ``a`` of one operand, for every tile below it."""
        lattice, laid, operand = columns.lattice, columns.laid, OPERANDS[index]
        boundary = self.model.boundaries[operand][a]
        count = laid.steps // lattice.steps
        if index != OUTPUTS:
            bits = self.layer.precision.bits(operand)
            return Transfers(index, boundary, bits, partial=False, count=count, back=count)
        partial = self.amounts.reduced_above(columns, laid.operands[index].reduced_above[a])
        relevant = lattice.product(self.amounts.relevant[index])
        distinct = int(relevant.flat[-1]) // relevant
        back = np.where(partial, self.model.readbacks(count, distinct), 0)
        bits_of_tile = self.amounts.output_bits(partial)
        return Transfers(index, boundary, bits_of_tile, partial=partial, count=count, back=back)

    def _memory_below(self, index: int, a: int) -> int:
        """Memory whose capacity a tile below boundary ``a`` takes; -1 at the array."""
        return self.accelerator.levels[OPERANDS[index]][a - 1] if a else -1

    def _held_below(self, columns: SpatialColumns, index: int, a: int) -> Array:
        """Bits of every tile in the memory below boundary ``a``; none at the array."""
        if a == 0:
            return np.zeros((1,) * len(columns.lattice.shape))
        return self.amounts.held_bits(columns, index, a - 1)

    def _transfer_energy(self, columns: SpatialColumns, transfers: Transfers) -> Array:
        """Energy of all transfers over a boundary, for every tile."""
        of, a = columns.laid.operands[transfers.operand], transfers.place
        elements = self.amounts.elements(columns, transfers.operand, a, whole=False)
        energy: Array = np.zeros((1,) * len(columns.lattice.shape))
        for access, count in transfers.counted():
            if access.energy_pj:
                carried = access.amount(elements, of.fan_average[a]) * transfers.element_bits
                instances = of.instances[a + access.upper]
                accesses = words(access.port, carried, count, instances, self.profile)
                energy = energy + accesses * access.energy_pj
        return energy

    def _precharge_pj(self, lattice: TileLattice) -> Array | float:
        """Local precharge of the cell groups, for every tile that rests at the cells."""
        unit_pj = self.model.macro.precharge_pj
        if not unit_pj:
            return 0.0
        # Such a tile has irrelevant loops alone: all of it lies in the cells' own level.
        reads = precharge_reads(self.layer.macs, lattice.steps, lattice.steps, self.profile)
        energy_pj: Array = unit_pj * reads
        return energy_pj

    def _fixed_output_traffic(self, columns: SpatialColumns) -> None:
        """Traffic between the array and the lowest output memory.

        Every activation, whatever the cuts.
        """
        laid, index = columns.laid, OUTPUTS
        of = laid.operands[index]
        boundary = self.model.boundaries["O"][0]
        kept = math.prod(
            size for dim, size in columns.lattice.temporal if dim in self.amounts.relevant[index]
        )
        partial = laid.steps > kept or of.reduced_above[0]
        bits = output_bits(self.layer, partial)
        back = self.model.readbacks(laid.steps, kept) if partial else 0
        for accesses, count in ((boundary.up, laid.steps), (boundary.down, back)):
            for access in accesses:
                if not count:
                    continue
                carried = access.amount(1.0, of.fan_average[0]) * bits
                n = words(access.port, carried, count, of.instances[1], self.profile)
                columns.fixed_energy_pj += n * access.energy_pj
        if self.latency is not None:
            self.latency.add_fixed(
                columns, (*boundary.up, *(boundary.down if partial else ())), bits
            )

    def _merged(self, columns: SpatialColumns, index: int, cuts: list[Cut]) -> tuple[Cut, ...]:
        """Join the two lowest cuts of an input whose lowest memory holds one element.

        Every tile allowed at its upper cut is then made of irrelevant loops, all of which also rest
        at the array: the exact model sees both cuts at the same place.
        """
        if index == OUTPUTS or len(cuts) < 2:
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

        Besides the fixed part, every other operand cut at the memory holds at least its smallest
        tile.
        """
        held = [cut for cut in columns.all_cuts if cut.memory >= 0]
        smallest = {cut.place: float(cut.bits.min()) for cut in held}
        for cut in held:
            neighbours = [other for other in held if other.memory == cut.memory]
            beside = sum(smallest[other.place] for other in neighbours if other is not cut)
            size = self.accelerator.memories[cut.memory].size_bits
            room = size - columns.fixed_bits[cut.memory] - beside
            cut.energy_pj[cut.bits > room] = np.inf
