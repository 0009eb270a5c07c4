"""Latency.

Computing, the stalls of the memory ports, row by row reloads of the array, on- and offloading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from zigzag_imc.core.accelerator import Accelerator, Direction
from zigzag_imc.core.layer import Layer
from zigzag_imc.models.cost import PortStall
from zigzag_imc.models.movement.flows import Flows
from zigzag_imc.models.movement.spread import Spread
from zigzag_imc.models.movement.traffic import Boundary, FlowOrder
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.models.timing.buffering import Buffering
from zigzag_imc.models.timing.loading import Load, hide_loads, onloading, taken_bits
from zigzag_imc.models.timing.ports import Ends, PortPlan, PortUse
from zigzag_imc.models.timing.rows import cycles_per_row
from zigzag_imc.models.timing.stalls import Timing, port_stall


class Latency(NamedTuple):
    """Latency of a mapping and its parts, in clock cycles.

    Attributes
    ----------
    total
        Sum of all parts.
    compute, stall, onloading, offloading
        The parts.
    """

    total: float
    compute: float
    stall: float
    onloading: float
    offloading: float


class Move(NamedTuple):
    """A movement on a port under one spatial mapping.

    Its flow, the tiles it takes at once, the port's width.

    Attributes
    ----------
    flow
        Place of what moves in the lists of flows.
    fan
        Tiles that one transfer takes at once.
    bandwidth
        Bits per cycle of the port.
    """

    flow: int
    fan: int
    bandwidth: int


class LatencyModel:
    """Latency of mappings of one layer on one accelerator."""

    def __init__(
        self,
        layer: Layer,
        accelerator: Accelerator,
        profile: CostProfile,
        boundaries: Mapping[str, Sequence[Boundary]],
    ) -> None:
        self.layer = layer
        self.accelerator = accelerator
        self.profile = profile
        self.cycles_per_activation = int(accelerator.array.cycles_per_activation)
        self.plan = PortPlan.of(accelerator, boundaries)
        self.alone = [port.uses[0] for port in self.plan.ports if len(port.uses) == 1]
        # The most crowded one stalls longest as a rule; then the others are soon done with.
        self.crowded = sorted(
            (port.uses for port in self.plan.ports if len(port.uses) > 1), key=len, reverse=True
        )
        # Where their tile is loaded only once, computing waits for its first part alone; what a
        # lowest memory receives at a time is no more than that.
        self.hideable = [
            (port, place, flow, first)
            for port in self.plan.ports
            for place, flow, first in port.loads
            if profile.hidden_loads and (flow != first or self.plan.movements[place].upper)
        ]
        self.buffering = Buffering(layer, accelerator, profile)
        order = FlowOrder.of(accelerator)
        self.outputs = [
            (order.place("O", a), order.place("O", a, back=True))
            for a in range(len(boundaries["O"]))
        ]
        # Where the cells are the only memory of the weights, nothing is ever loaded into them.
        self.weights_in = order.place("W", 1) if len(boundaries["W"]) > 1 else None
        self.cells_port = accelerator.cells.port_of("W", Direction.FROM_HIGH)

    def evaluate(self, laid: Spread, flows: Flows, moves: Sequence[Move]) -> Latency:
        """Latency of a mapping, from its spread and flows; ``moves`` as `moves` gives them."""
        compute = laid.steps * self.cycles_per_activation
        timing = self._timing(flows, moves)
        reload_rows, stall = 0, 0.0
        if self.profile.rows_written:
            reload_rows = self._reload_cycles(laid, flows)
            stall = self._reloads(flows) * reload_rows
        if self.profile.ports_stall:
            for place, flow in self.alone:
                if timing.busy[place] > timing.windows[flow]:
                    stall = max(stall, port_stall([(place, flow)], timing))
            for uses in self.crowded:
                stall = max(stall, port_stall(uses, timing, stall))
        onload, offload = self._loading(flows, moves, timing.busy, compute + stall, reload_rows)
        return Latency(compute + stall + onload + offload, compute, stall, onload, offload)

    def port_stalls(
        self, laid: Spread, flows: Flows, moves: Sequence[Move]
    ) -> tuple[PortStall, ...]:
        """Return what each port alone would stall.

        Also the rows of the array, if they are written one by one.
        """
        return tuple(self._each_stall(laid, flows, moves))

    def moves(self, laid: Spread) -> tuple[Move, ...]:
        """Compile the movements on all ports.

        The memory above a boundary feeds several below at once.
        """
        return tuple(
            Move(
                movement.flow,
                laid.operands[movement.operand].fan_whole[movement.boundary]
                if movement.upper
                else 1,
                movement.bandwidth,
            )
            for movement in self.plan.movements
        )

    # ------------------------------------------------------------------ stalls
    def _each_stall(self, laid: Spread, flows: Flows, moves: Sequence[Move]) -> Iterator[PortStall]:
        if self.profile.ports_stall:
            timing = self._timing(flows, moves)
            for port in self.plan.ports:
                uses = [(place, flow) for place, flow in port.uses if flows.bits[flow]]
                if uses:
                    yield PortStall(port.memory, port.port, port_stall(uses, timing))
        if self.profile.rows_written:
            cycles = self._reloads(flows) * self._reload_cycles(laid, flows)
            yield PortStall(self.accelerator.cells.name, "rows", cycles)

    def _timing(self, flows: Flows, moves: Sequence[Move]) -> Timing:
        bits, rate = flows.bits, self.cycles_per_activation
        periods = [cycles * rate for cycles in flows.tiles.cycles]
        windows = self.buffering.windows(flows, periods)
        for (
            up,
            back,
        ) in self.outputs:  # with neither bits nor a window, a flow takes no part in any stall
            windows[back] = windows[up] if bits[back] else 0
        busy = [-(-bits[flow] * fan // bandwidth) for flow, fan, bandwidth in moves]
        return Timing(busy, windows, periods, flows.transfers)

    # ------------------------------------------------------------------ rows of the array
    def _reload_cycles(self, laid: Spread, flows: Flows) -> int:
        """Cycles to load the array, row by row."""
        if self.weights_in is None:
            return 0
        depth = flows.tiles.tile[self.weights_in]
        row: int = cycles_per_row(depth, self.layer.precision.W, self.cells_port)
        return laid.mapped_rows * row

    def _reloads(self, flows: Flows) -> int:
        """Count the loads of the array that computing waits for.

        Beside stalling ports the first one is onloading.
        """
        loads = 1 if self.weights_in is None else flows.transfers[self.weights_in]
        return loads - 1 if self.profile.ports_stall else loads

    # ------------------------------------------------------------------ on- and offloading
    def _loading(
        self,
        flows: Flows,
        moves: Sequence[Move],
        busy: Sequence[int],
        computing: float,
        reload_rows: int,
    ) -> tuple[float, float]:
        """On- and offloading cycles."""
        exposed: list[float] = list(busy)
        for port, once in self._once(flows, busy).items():
            hide_loads(once, self._spare(port, flows, moves, computing), exposed)
        weights, inputs, outputs = self.plan.links
        lowest = weights.lowest
        if lowest and self.profile.rows_written and self.profile.ports_stall:
            exposed[lowest[0]] = max(exposed[lowest[0]], reload_rows)
        onload = onloading(
            _slower(weights.shared, exposed),
            _slower(weights.private, exposed),
            _slower(inputs.shared, exposed),
            _slower(inputs.private, exposed),
        )
        return onload, _slower(outputs.all, exposed)

    def _once(self, flows: Flows, busy: Sequence[int]) -> dict[PortUse, list[Load]]:
        """Collect the tiles that a port loads only once.

        As far as there is more to them than their first part.
        """
        transfers, bits = flows.transfers, flows.bits
        once: dict[PortUse, list[Load]] = {}
        for port, place, flow, first in self.hideable:
            if transfers[flow] == 1:
                first_cycles = -(-bits[first] // port.bandwidth)
                if busy[place] > first_cycles:
                    once.setdefault(port, []).append((busy[place], first_cycles, place))
        return once

    def _spare(self, port: PortUse, flows: Flows, moves: Sequence[Move], computing: float) -> float:
        """Cycles of a port that its periodic loads leave while the array computes.

        Counted from their whole bits per cycle.
        """
        rate, taken = self.cycles_per_activation, 0
        for place, flow, _ in port.loads:
            if flows.transfers[flow] > 1:
                taken += taken_bits(
                    flows.bits[flow], flows.tiles.cycles[flow], moves[place].fan, rate
                )
        return max(0.0, (port.bandwidth - taken) / port.bandwidth * computing)


def _slower(links: Sequence[Ends], exposed: Sequence[float]) -> float:
    """Cycles of several links one after the other.

    Each takes as long as the slower of its ports.
    """
    cycles = 0.0
    for upper, lower in links:
        cycles += exposed[upper] if exposed[upper] > exposed[lower] else exposed[lower]
    return cycles
