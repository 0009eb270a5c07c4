"""The latency part of the columns."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.traffic import Access
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.models.timing.loading import taken_bits
from zigzag_imc.models.timing.rows import cycles_per_row
from zigzag_imc.solver.tables.amounts import Amounts
from zigzag_imc.solver.tables.cut import ROW_PORT, Cut, SpatialColumns
from zigzag_imc.solver.tables.lattice import Array, TileLattice
from zigzag_imc.solver.tables.links import link_kinds


class LatencyColumns:
    """Fills in the latency part of cuts.

    Loads of the ports, on- and offloading, bounded from below.
    """

    def __init__(self, model: CostModel, amounts: Amounts) -> None:
        self.layer, self.accelerator, self.profile = model.layer, model.accelerator, model.profile
        self.rate = model.accelerator.array.cycles_per_activation
        self.amounts = amounts
        self.link_kinds = link_kinds(model)

    def add_to(
        self,
        columns: SpatialColumns,
        cut: Cut,
        ups: tuple[Access, ...],
        downs: tuple[Access, ...],
        bits: Array | int,
        partial: Array | bool,
        count: Array,
    ) -> None:
        """Add the loads of the ports over a cut, and its part of the on- or offloading.

        Both are bounded from below.

        A window is never longer than its period. It is one activation where the tile consists of
        irrelevant loops alone, directly above the array, and its memory has no room for a second
        one.
        """
        lattice, laid, index, a = columns.lattice, columns.laid, cut.operand, cut.boundaries[0]
        of = laid.operands[index]
        elements = self.amounts.elements(columns, index, a, whole=True)
        window = np.ceil(lattice.steps * self.rate)
        if a == 1:
            window = np.where(
                self._never_buffered(columns, cut, bits), math.ceil(self.rate), window
            )
        exposed: Array = np.zeros((1,) * len(lattice.shape))
        first_bits = self._first_bits(columns, index)
        for accesses, back in ((ups, False), (downs, index == 2)):
            for access in accesses:
                amount = access.amount(elements, of.fan_whole[a])
                busy = ceil_div(amount * bits, access.port.bandwidth_max)
                if not back and a:
                    least = ceil_div(of.whole[1] * first_bits, access.port.bandwidth_max)
                    hidden = (count == 1) & self.profile.hidden_loads
                    exposed = np.maximum(exposed, np.where(hidden, np.minimum(least, busy), busy))
                    cut.loads[(access.memory_index, access.port_index)] = lattice.fill(busy)
                    fan = of.fan_whole[a] if access.upper else 1
                    periodic = taken_bits(elements * bits, lattice.steps, fan, self.rate)
                    taken = np.where(count > 1, periodic, 0)
                    cut.taken[(access.memory_index, access.port_index)] = lattice.fill(taken)
                if not self.profile.ports_stall:
                    continue
                active = np.where(partial, count - 1, 0) if back else count - 1
                key = (access.memory_index, access.port_index)
                cut.busy[key] = cut.busy.get(key, 0.0) + lattice.fill(active * busy)
                stuck = lattice.fill(active * np.maximum(0.0, busy - window))
                cut.stuck[key] = cut.stuck.get(key, 0.0) + stuck
                cut.activities.setdefault(key, []).append(
                    (lattice.fill(active), lattice.fill(busy))
                )
        if a and self.profile.ports_stall:
            cut.need = lattice.fill(
                self.amounts.needed_bits(columns, cut.operand, cut.boundaries[0], bits)
            )
            outside = self.amounts.relevant[index] - (
                self.amounts.in_window if index == 1 else frozenset()
            )
            cut.least_need = cut.need // lattice.product(outside)
        if index == 0 and a == 1 and self.profile.rows_written:
            rows = laid.mapped_rows * self._cycles_per_row(lattice)
            reloads = count - 1 if self.profile.ports_stall else count
            cut.stuck[(cut.memory, ROW_PORT)] = lattice.fill(reloads * rows)
            if self.profile.ports_stall:
                exposed = np.maximum(exposed, rows)
        if index == 2 or self.link_kinds.get((index, a)) != "hidden":
            cut.link = lattice.fill(exposed)

    def _first_bits(self, columns: SpatialColumns, index: int) -> int:
        """Least bits of an element that crosses the lowest boundary between two memories.

        The part never hidden.

        Outputs may be partial sums there and finished further up, or finished at both.
        """
        precision = self.layer.precision
        if index != 2:
            return precision.bits(OPERANDS[index])
        if columns.laid.operands[index].reduced_above[1]:
            return precision.O
        reduces = any(
            steps > 1
            for dim, steps in columns.laid.temporal.items()
            if dim not in self.layer.output_dims
        )
        return min(precision.O, precision.O_final) if reduces else precision.O_final

    def _cycles_per_row(self, lattice: TileLattice) -> Array:
        """Cycles to write one row of the array, for every tile of weights in the cells."""
        depth = lattice.product(self.amounts.relevant[0]).astype(np.float64)
        port = self.accelerator.cells.port_of("W", Direction.FROM_HIGH)
        cycles: Array = cycles_per_row(depth, self.layer.precision.W, port)
        return cycles

    def _never_buffered(self, columns: SpatialColumns, cut: Cut, bits: Array | int) -> Array:
        """Whether a tile directly above the array can never be double buffered.

        It is all irrelevant loops and fills over half of its memory.
        """
        crowded = (
            2 * self.amounts.needed_bits(columns, cut.operand, cut.boundaries[0], bits)
            > self.accelerator.memories[cut.memory].size_bits
        )
        alone: Array = crowded & (columns.lattice.product(self.amounts.relevant[cut.operand]) == 1)
        return alone

    def add_fixed(self, columns: SpatialColumns, accesses: Iterable[Access], bits: int) -> None:
        """Loads of the ports between the array and the lowest output memory.

        Every activation, whatever the cuts.
        """
        if not self.profile.ports_stall:
            return
        spare = columns.laid.steps - 1
        for access in accesses:
            busy = ceil_div(columns.laid.operands[2].fan_whole[0] * bits, access.port.bandwidth_max)
            key = (access.memory_index, access.port_index)
            columns.fixed_busy[key] = columns.fixed_busy.get(key, 0.0) + spare * busy
            stuck = spare * max(0.0, busy - math.ceil(self.rate))
            columns.fixed_stuck[key] = columns.fixed_stuck.get(key, 0.0) + stuck
