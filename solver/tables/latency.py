"""The latency part of the columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.layer import OPERANDS, OUTPUTS, WEIGHTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.models.timing.loading import taken_bits
from zigzag_imc.models.timing.rows import cycles_per_row
from zigzag_imc.solver.tables.amounts import Amounts
from zigzag_imc.solver.tables.cut import ROW_PORT, Cut, PortKey, summed
from zigzag_imc.solver.tables.lattice import Array, TileLattice
from zigzag_imc.solver.tables.layout import Layout
from zigzag_imc.solver.tables.links import link_kinds
from zigzag_imc.solver.tables.port_uses import Activity, FixedLoad, PortUse, by_port, fixed_loads
from zigzag_imc.solver.tables.transfers import Transfers


class LatencyColumns:
    """Works out the latency part of cuts.

    Loads of the ports, on- and offloading, bounded from below.
    """

    def __init__(self, model: CostModel, amounts: Amounts) -> None:
        self.layer, self.accelerator, self.profile = model.layer, model.accelerator, model.profile
        self.rate = model.accelerator.array.cycles_per_activation
        self.amounts = amounts
        self.link_kinds = link_kinds(model)

    def add_to(self, layout: Layout, cut: Cut, transfers: Transfers) -> Cut:
        """Return a cut with the loads of the ports over it, and its part of the on- or offloading.

        Both are bounded from below.
        """
        fill = layout.lattice.fill
        uses = list(self._uses(layout, transfers))
        first_loads = [use for use in uses if transfers.place and not use.back]
        activities = list(self._activities(layout, cut, transfers, uses))
        need, least_need = self._second_tile(layout, transfers)
        busy = summed((activity.key, fill(activity.load)) for activity in activities)
        loads = {use.key: fill(use.busy) for use in first_loads}
        link = self._link(layout, transfers, first_loads)
        return replace(
            cut,
            busy=busy,
            stuck={
                **summed((activity.key, fill(activity.stuck)) for activity in activities),
                **self._stuck_rows(layout, cut, transfers),
            },
            link_of=lambda: link,
            loads=loads,
            passing={key: load + busy[key] for key, load in loads.items() if key in busy},
            taken={use.key: fill(self._taken(layout, transfers, use)) for use in first_loads},
            activities=by_port(
                (activity.key, (fill(activity.transfers), fill(activity.busy)))
                for activity in activities
            ),
            need=need,
            least_need=least_need,
        )

    def fixed(self, layout: Layout, traffic: Transfers) -> Iterable[FixedLoad]:
        """Loads of the ports that no cut changes: of what crosses at every activation."""
        return fixed_loads(layout, traffic, self.rate) if self.profile.ports_stall else ()

    # ------------------------------------------------------------------ parts
    def _uses(self, layout: Layout, transfers: Transfers) -> Iterator[PortUse]:
        """What every access of a transfer over the boundary takes of its port."""
        elements = self.amounts.elements(layout, transfers.operand, transfers.place, whole=True)
        fan = layout.laid.operands[transfers.operand].fan_whole[transfers.place]
        for access, back in transfers.directed():
            bits = access.amount(elements, fan) * transfers.element_bits
            busy = ceil_div(bits, access.port.bandwidth_max)
            of_tile = elements * transfers.element_bits
            yield PortUse(access, back, access.amount(1, fan), of_tile, busy)

    def _activities(
        self, layout: Layout, cut: Cut, transfers: Transfers, uses: Sequence[PortUse]
    ) -> Iterator[Activity]:
        """What competes with computing, of which no window hides ``stuck``."""
        if not self.profile.ports_stall:
            return
        window = self._longest_window(layout, cut, transfers)
        for use in uses:
            count = transfers.after_first(use.back)
            stuck = count * np.maximum(0.0, use.busy - window)
            yield Activity(use.key, count, use.busy, stuck)

    def _longest_window(self, layout: Layout, cut: Cut, transfers: Transfers) -> Array:
        """Cycles of every tile's window at most.

        A window is never longer than its period. It is one activation where the tile consists of
        irrelevant loops alone, directly above the array, and its memory has no room for a second
        one.
        """
        period: Array = np.ceil(layout.lattice.steps * self.rate)
        if transfers.place != 1:
            return period
        never_buffered = self._never_buffered(layout, cut, transfers.element_bits)
        return np.where(never_buffered, math.ceil(self.rate), period)

    def _never_buffered(self, layout: Layout, cut: Cut, bits: Array | int) -> Array:
        """Whether a tile directly above the array can never be double buffered.

        It is all irrelevant loops and fills over half of its memory.
        """
        crowded = (
            2 * self.amounts.needed_bits(layout, cut.operand, cut.boundaries[0], bits)
            > self.accelerator.memories[cut.memory].size_bits
        )
        alone: Array = crowded & (layout.lattice.product(self.amounts.relevant[cut.operand]) == 1)
        return alone

    def _taken(self, layout: Layout, transfers: Transfers, use: PortUse) -> Array:
        """Bits per cycle that periodic loads take of a port."""
        periodic = taken_bits(use.bits_of_tile, layout.lattice.steps, use.fan, self.rate)
        return np.where(transfers.count > 1, periodic, 0)

    def _second_tile(
        self, layout: Layout, transfers: Transfers
    ) -> tuple[Array, Array] | tuple[None, None]:
        """Bits of a second tile, and the least that any loop order needs of them."""
        index, place, bits = transfers.operand, transfers.place, transfers.element_bits
        if not place or not self.profile.ports_stall:
            return None, None
        need = layout.lattice.fill(self.amounts.needed_bits(layout, index, place, bits))
        return need, need // layout.lattice.product(self.amounts.plain[index])

    # ------------------------------------------------------------------ on- and offloading
    def _link(
        self, layout: Layout, transfers: Transfers, first_loads: Sequence[PortUse]
    ) -> Array | float:
        """Cycles of the on- or offloading that are surely exposed.

        None where it does not count beside that over an outer boundary.
        """
        if self.link_kinds.get((transfers.operand, transfers.place)) == "hidden":
            return 0.0
        exposed: Array = np.zeros((1,) * len(layout.lattice.shape))
        for use in first_loads:
            exposed = np.maximum(exposed, self._exposed(layout, transfers, use))
        if self._writes_rows(transfers) and self.profile.ports_stall:
            exposed = np.maximum(exposed, self._cycles_of_rows(layout))
        return layout.lattice.fill(exposed)

    def _exposed(self, layout: Layout, transfers: Transfers, use: PortUse) -> Array:
        """Cycles of a first load that are surely exposed: all, or the first part where it hides."""
        first_bits = self._first_bits(layout, transfers.operand)
        first_elements = layout.laid.operands[transfers.operand].whole[1]
        least = ceil_div(first_elements * first_bits, use.access.port.bandwidth_max)
        hidden = (transfers.count == 1) & self.profile.hidden_loads
        return np.where(hidden, np.minimum(least, use.busy), use.busy)

    def _first_bits(self, layout: Layout, index: int) -> int:
        """Least bits of an element that crosses the lowest boundary between two memories.

        The part never hidden.

        Outputs may be partial sums there and finished further up, or finished at both.
        """
        precision = self.layer.precision
        if index != OUTPUTS:
            return precision.bits(OPERANDS[index])
        if layout.laid.operands[index].reduced_above[1]:
            return precision.O
        reduced = layout.lattice.product(self.layer.idle_dims(OPERANDS[OUTPUTS]))
        is_reduced = reduced.flat[-1] > 1
        return min(precision.O, precision.O_final) if is_reduced else precision.O_final

    # ------------------------------------------------------------------ rows of the array
    def _stuck_rows(self, layout: Layout, cut: Cut, transfers: Transfers) -> dict[PortKey, Array]:
        """Cycles of the reloads of the array row by row."""
        if not self._writes_rows(transfers):
            return {}
        first_is_onloading = self.profile.ports_stall
        reloads = transfers.count - int(first_is_onloading)
        rows = layout.lattice.fill(reloads * self._cycles_of_rows(layout))
        return {(cut.memory, ROW_PORT): rows}

    def _writes_rows(self, transfers: Transfers) -> bool:
        """Whether the transfers write the cells of the array row by row."""
        into_cells = transfers.operand == WEIGHTS and transfers.place == 1
        return into_cells and self.profile.rows_written

    def _cycles_of_rows(self, layout: Layout) -> Array:
        """Cycles to write all rows of the array, for every tile of weights in the cells."""
        return layout.laid.mapped_rows * self._cycles_per_row(layout.lattice)

    def _cycles_per_row(self, lattice: TileLattice) -> Array:
        """Cycles to write one row of the array, for every tile of weights in the cells."""
        depth = lattice.product(self.amounts.relevant[WEIGHTS]).astype(np.float64)
        port = self.accelerator.cells.port_of("W", Direction.FROM_HIGH)
        cycles: Array = cycles_per_row(depth, self.layer.precision.W, port)
        return cycles
