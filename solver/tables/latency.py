"""The latency part of the columns."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.layer import INPUTS, OPERANDS, OUTPUTS, WEIGHTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.traffic import Access
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.models.timing.loading import taken_bits
from zigzag_imc.models.timing.rows import cycles_per_row
from zigzag_imc.solver.tables.amounts import Amounts
from zigzag_imc.solver.tables.cut import ROW_PORT, Cut, PortKey, SpatialColumns
from zigzag_imc.solver.tables.lattice import Array, TileLattice
from zigzag_imc.solver.tables.links import link_kinds
from zigzag_imc.solver.tables.transfers import Transfers


class LatencyColumns:
    """Fills in the latency part of cuts.

    Loads of the ports, on- and offloading, bounded from below.
    """

    def __init__(self, model: CostModel, amounts: Amounts) -> None:
        self.layer, self.accelerator, self.profile = model.layer, model.accelerator, model.profile
        self.rate = model.accelerator.array.cycles_per_activation
        self.amounts = amounts
        self.link_kinds = link_kinds(model)

    def add_to(self, columns: SpatialColumns, cut: Cut, transfers: Transfers) -> None:
        """Add the loads of the ports over a cut, and its part of the on- or offloading.

        Both are bounded from below.
        """
        lattice = columns.lattice
        elements = self.amounts.elements(columns, cut.operand, transfers.place, whole=True)
        window = self._longest_window(columns, cut, transfers)
        exposed: Array = np.zeros((1,) * len(lattice.shape))
        for access, back in transfers.directed():
            fan = columns.laid.operands[cut.operand].fan_whole[transfers.place]
            bits = access.amount(elements, fan) * transfers.element_bits
            busy = ceil_div(bits, access.port.bandwidth_max)
            if transfers.place and not back:
                link = self._exposed(columns, transfers, access, busy)
                exposed = np.maximum(exposed, link)
                self._add_load(columns, cut, transfers, access, elements, busy)
            if self.profile.ports_stall:
                active = transfers.after_first(back)
                stuck = active * np.maximum(0.0, busy - window)
                self._add_activity(lattice, cut, _key(access), active, busy, stuck)
        if transfers.place and self.profile.ports_stall:
            self._add_second_tile(columns, cut, transfers)
        if self._is_into_cells(transfers) and self.profile.rows_written:
            exposed = self._add_rows(columns, cut, transfers, exposed)
        if self._counts_as_link(transfers):
            cut.link = lattice.fill(exposed)

    # ------------------------------------------------------------------ parts
    def _longest_window(self, columns: SpatialColumns, cut: Cut, transfers: Transfers) -> Array:
        """Cycles of every tile's window at most.

        A window is never longer than its period. It is one activation where the tile consists of
        irrelevant loops alone, directly above the array, and its memory has no room for a second
        one.
        """
        period: Array = np.ceil(columns.lattice.steps * self.rate)
        if transfers.place != 1:
            return period
        never_buffered = self._never_buffered(columns, cut, transfers.element_bits)
        return np.where(never_buffered, math.ceil(self.rate), period)

    def _exposed(
        self, columns: SpatialColumns, transfers: Transfers, access: Access, busy: Array
    ) -> Array:
        """Cycles of a first load that are surely exposed: all, or the first part where it hides."""
        width = access.port.bandwidth_max
        first_bits = self._first_bits(columns, transfers.operand)
        first_elements = columns.laid.operands[transfers.operand].whole[1]
        least = ceil_div(first_elements * first_bits, width)
        hidden = (transfers.count == 1) & self.profile.hidden_loads
        return np.where(hidden, np.minimum(least, busy), busy)

    def _add_load(
        self,
        columns: SpatialColumns,
        cut: Cut,
        transfers: Transfers,
        access: Access,
        elements: Array,
        busy: Array,
    ) -> None:
        """Add the first load of a port, and the bits per cycle that periodic loads take of it."""
        lattice, key = columns.lattice, _key(access)
        fan = columns.laid.operands[cut.operand].fan_whole[transfers.place]
        bits = elements * transfers.element_bits
        periodic = taken_bits(bits, lattice.steps, fan if access.upper else 1, self.rate)
        cut.loads[key] = lattice.fill(busy)
        cut.taken[key] = lattice.fill(np.where(transfers.count > 1, periodic, 0))

    def _add_activity(
        self, lattice: TileLattice, cut: Cut, key: PortKey, active: Array, busy: Array, stuck: Array
    ) -> None:
        """Add ``active`` transfers of ``busy`` cycles, of which no window hides ``stuck``."""
        cut.busy[key] = cut.busy.get(key, 0.0) + lattice.fill(active * busy)
        cut.stuck[key] = cut.stuck.get(key, 0.0) + lattice.fill(stuck)
        activity = (lattice.fill(active), lattice.fill(busy))
        cut.activities.setdefault(key, []).append(activity)

    def _add_second_tile(self, columns: SpatialColumns, cut: Cut, transfers: Transfers) -> None:
        """Add the bits of a second tile, and the least that any loop order needs of them."""
        lattice = columns.lattice
        need = self.amounts.needed_bits(
            columns, cut.operand, transfers.place, transfers.element_bits
        )
        outside = self.amounts.relevant[cut.operand]
        if cut.operand == INPUTS:
            outside = outside - self.amounts.in_window
        cut.need = lattice.fill(need)
        cut.least_need = cut.need // lattice.product(outside)

    def _add_rows(
        self, columns: SpatialColumns, cut: Cut, transfers: Transfers, exposed: Array
    ) -> Array:
        """Add the reloads of the array row by row; return what is exposed with the first one."""
        lattice = columns.lattice
        rows = columns.laid.mapped_rows * self._cycles_per_row(lattice)
        first_is_onloading = self.profile.ports_stall
        reloads = transfers.count - 1 if first_is_onloading else transfers.count
        cut.stuck[(cut.memory, ROW_PORT)] = lattice.fill(reloads * rows)
        return np.maximum(exposed, rows) if first_is_onloading else exposed

    def _is_into_cells(self, transfers: Transfers) -> bool:
        return transfers.operand == WEIGHTS and transfers.place == 1

    def _counts_as_link(self, transfers: Transfers) -> bool:
        """Whether the on- or offloading over a boundary counts beside an outer one."""
        if transfers.operand == OUTPUTS:
            return True
        return self.link_kinds.get((transfers.operand, transfers.place)) != "hidden"

    def _first_bits(self, columns: SpatialColumns, index: int) -> int:
        """Least bits of an element that crosses the lowest boundary between two memories.

        The part never hidden.

        Outputs may be partial sums there and finished further up, or finished at both.
        """
        precision = self.layer.precision
        if index != OUTPUTS:
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
        depth = lattice.product(self.amounts.relevant[WEIGHTS]).astype(np.float64)
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
            busy = ceil_div(
                columns.laid.operands[OUTPUTS].fan_whole[0] * bits, access.port.bandwidth_max
            )
            key = _key(access)
            columns.fixed_busy[key] = columns.fixed_busy.get(key, 0.0) + spare * busy
            stuck = spare * max(0.0, busy - math.ceil(self.rate))
            columns.fixed_stuck[key] = columns.fixed_stuck.get(key, 0.0) + stuck


def _key(access: Access) -> PortKey:
    """Port that an access goes through."""
    return access.memory_index, access.port_index
