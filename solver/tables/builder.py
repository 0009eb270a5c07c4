"""Builds the columns of spatial mappings.

The energy of every cut, what it holds, and where it may lie.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.energy import precharge_reads
from zigzag_imc.models.movement.traffic import Access, output_bits, words
from zigzag_imc.solver.tables.amounts import Amounts
from zigzag_imc.solver.tables.cut import Cut, SpatialColumns
from zigzag_imc.solver.tables.latency import LatencyColumns
from zigzag_imc.solver.tables.lattice import Array, TileLattice


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
        operand, lattice, laid = OPERANDS[index], columns.lattice, columns.laid
        boundary = self.model.boundaries[operand][a]
        transfers = laid.steps // lattice.steps
        partial: Array | bool = False
        downs: Array = transfers
        if operand == "O":
            partial = self.amounts.reduced_above(columns, laid.operands[index].reduced_above[a])
            bits: Array | int = self.amounts.output_bits(partial)
            relevant = lattice.product(self.amounts.relevant[index])
            distinct = int(relevant.flat[-1]) // relevant
            downs = np.where(partial, self.model.readbacks(transfers, distinct), 0)
        else:
            bits = self.layer.precision.bits(operand)
        energy = self._transfer_energy(
            columns, index, a, boundary.up, boundary.down, bits, transfers, downs
        )
        if operand == "W" and a == 0:
            energy = energy + self._precharge_pj(lattice)
        levels = self.accelerator.levels[operand]
        held = (
            self.amounts.held_bits(columns, index, a - 1)
            if a
            else np.zeros((1,) * len(lattice.shape))
        )
        cut = Cut(index, (a,), levels[a - 1] if a else -1, lattice.fill(energy), lattice.fill(held))
        if a == 0:
            # What rests at the array is one element: only irrelevant loops can be below.
            cut.energy_pj[
                np.broadcast_to(lattice.product(self.amounts.relevant[index]) > 1, lattice.shape)
            ] = np.inf
        if self.latency is not None:
            self.latency.add_to(columns, cut, boundary.up, boundary.down, bits, partial, transfers)
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
        elements: Any = self.amounts.elements(columns, index, a, whole=False)
        energy: Array = np.zeros((1,) * len(columns.lattice.shape))
        for accesses, count in ((ups, transfers), (downs, back)):
            for access in accesses:
                if access.energy_pj:
                    carried = access.amount(elements, of.fan_average[a]) * bits
                    instances = of.instances[a + access.upper]
                    n = words(access.port, carried, count, instances, self.profile)
                    energy = energy + n * access.energy_pj
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
        laid, index = columns.laid, 2
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

        Besides the fixed part, every other operand cut at the memory holds at least its smallest
        tile.
        """
        smallest: dict[int, dict[tuple[int, int], float]] = {}
        for cut in columns.all_cuts:
            if cut.memory >= 0:
                smallest.setdefault(cut.memory, {})[(cut.operand, cut.boundaries[-1])] = float(
                    cut.bits.min()
                )
        for cut in columns.all_cuts:
            if cut.memory < 0:
                continue
            others = sum(
                bits
                for key, bits in smallest[cut.memory].items()
                if key != (cut.operand, cut.boundaries[-1])
            )
            room = (
                self.accelerator.memories[cut.memory].size_bits
                - columns.fixed_bits[cut.memory]
                - others
            )
            cut.energy_pj[cut.bits > room] = np.inf
