"""Latency: computing, the stalls of the memory ports, row by row reloads of the array, on- and offloading."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from zigzag_imc.core.accelerator import Accelerator, Direction
from zigzag_imc.core.layer import Layer
from zigzag_imc.models.buffering import Buffering
from zigzag_imc.models.cost import PortStall
from zigzag_imc.models.flows import Flow
from zigzag_imc.models.loading import Load, exposed_loads, onloading
from zigzag_imc.models.ports import Ends, PortPlan, PortUse
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.models.spread import Spread
from zigzag_imc.models.stalls import port_stall
from zigzag_imc.models.tiles import OperandTiles
from zigzag_imc.models.traffic import Boundary


class Latency(NamedTuple):
    """Latency of a mapping and its parts, in clock cycles."""

    total: float
    compute: float
    stall: float
    onloading: float
    offloading: float


class Move(NamedTuple):
    """A movement on a port under one spatial mapping: its flow, the tiles it takes at once, the port's width."""

    flow: int
    fan: int
    bandwidth: int


class _Timing(NamedTuple):
    """What the ports have to do: per movement the cycles of a transfer; per flow its bits, window, period and count."""

    busy: list[int]
    bits: list[int]
    windows: list[int]
    periods: list[int]
    counts: list[int]


class LatencyModel:
    """Latency of mappings of one layer on one accelerator."""

    def __init__(
        self, layer: Layer, accelerator: Accelerator, profile: CostProfile, boundaries: Mapping[str, Sequence[Boundary]]
    ) -> None:
        self.layer = layer
        self.accelerator = accelerator
        self.profile = profile
        rate = accelerator.array.cycles_per_activation
        self.cycles_per_activation = int(rate) if rate == int(rate) else rate
        self.weight_levels = len(accelerator.levels["W"])
        self.plan = PortPlan.of(accelerator, boundaries)
        self.alone = [port.uses[0] for port in self.plan.ports if len(port.uses) == 1]
        self.crowded = [port for port in self.plan.ports if len(port.uses) > 1]
        self.loading_ports = tuple(port for port in self.plan.ports if port.loads and profile.hidden_loads)
        self.buffering = Buffering(layer, accelerator, profile)

    def evaluate(
        self, laid: Spread, tiles: Sequence[OperandTiles], flows: Sequence[Flow], moves: Sequence[Move]
    ) -> Latency:
        """Latency of a mapping, from its spread, tiles and flows; ``moves`` as `moves` gives them."""
        compute = laid.steps * self.cycles_per_activation
        timing = self._timing(laid, tiles, flows, moves)
        reload_rows = self._reload_cycles(laid, tiles[0]) if self.profile.rows_written else 0
        stall = 0.0
        if self.profile.rows_written:
            stall = self._reloads(flows) * reload_rows
        if self.profile.ports_stall:
            busy, _, windows, _, counts = timing
            for place, flow, back in self.alone:
                if busy[place] > windows[flow] and (not back or flows[flow].partial):
                    stall = max(stall, port_stall([(busy[place], windows[flow], 0, counts[flow])]))
            for port in self.crowded:
                activities = self._activities(port, flows, timing)
                if activities:
                    stall = max(stall, port_stall(activities, stall))
        onload, offload = self._loading(flows, moves, timing, compute + stall, reload_rows)
        return Latency(compute + stall + onload + offload, compute, stall, onload, offload)

    def port_stalls(
        self, laid: Spread, tiles: Sequence[OperandTiles], flows: Sequence[Flow], moves: Sequence[Move]
    ) -> tuple[PortStall, ...]:
        """Return what each port alone would stall, and the rows of the array if they are written one by one."""
        return tuple(self._each_stall(laid, tiles, flows, moves))

    def moves(self, laid: Spread) -> tuple[Move, ...]:
        """Compile the movements on all ports; the memory above a boundary feeds several below at once."""
        return tuple(
            Move(
                movement.flow,
                laid.operands[movement.operand].fan_whole[movement.boundary] if movement.upper else 1,
                movement.bandwidth,
            )
            for movement in self.plan.movements
        )

    # ------------------------------------------------------------------ stalls
    def _each_stall(
        self, laid: Spread, tiles: Sequence[OperandTiles], flows: Sequence[Flow], moves: Sequence[Move]
    ) -> Iterator[PortStall]:
        if self.profile.ports_stall:
            timing = self._timing(laid, tiles, flows, moves)
            for port in self.plan.ports:
                activities = self._activities(port, flows, timing)
                if activities:
                    yield PortStall(port.memory, port.port, port_stall(activities))
        if self.profile.rows_written:
            cycles = self._reloads(flows) * self._reload_cycles(laid, tiles[0])
            yield PortStall(self.accelerator.cells.name, "rows", cycles)

    def _timing(
        self, laid: Spread, tiles: Sequence[OperandTiles], flows: Sequence[Flow], moves: Sequence[Move]
    ) -> _Timing:
        bits = [flow.whole * flow.bits for flow in flows]
        windows = self.buffering.windows(laid, tiles, flows)
        return _Timing(
            [-(-bits[flow] * fan // bandwidth) for flow, fan, bandwidth in moves],
            bits,
            self._clocks(windows),
            self._clocks([flow.cycles for flow in flows]),
            [flow.transfers for flow in flows],
        )

    def _clocks(self, activations: list[int]) -> list[int]:
        """Clock cycles of so many activations of the array, whole ones."""
        rate = self.cycles_per_activation
        if isinstance(rate, int):
            return [count * rate for count in activations]
        return [math.ceil(count * rate) for count in activations]

    @staticmethod
    def _activities(port: PortUse, flows: Sequence[Flow], timing: _Timing) -> list[tuple[int, int, int, int]]:
        """Collect what competes for a port: partial sums come back down only where there are any."""
        busy, _, windows, periods, counts = timing
        activities = []
        for place, flow, back in port.uses:
            if not back or flows[flow].partial:
                activities.append((busy[place], windows[flow], periods[flow], counts[flow]))
        return activities

    # ------------------------------------------------------------------ rows of the array
    def _reload_cycles(self, laid: Spread, weights: OperandTiles) -> int:
        """Cycles to load the array: per row one per weight of a cell group, more where the cells' port is narrow."""
        if self.weight_levels == 1:  # the cells are the only memory of the weights: nothing is ever loaded
            return 0
        depth = weights.tile[1]
        port = self.accelerator.cells.port_of("W", Direction.FROM_HIGH)
        bits = depth * self.layer.precision.W
        return laid.mapped_rows * (max(depth, -(-bits // port.bandwidth_max)) if port else depth)

    def _reloads(self, flows: Sequence[Flow]) -> int:
        """Count the loads of the array that computing waits for; beside stalling ports the first one is onloading."""
        loads = flows[1].transfers if self.weight_levels > 1 else 1
        return loads - 1 if self.profile.ports_stall else loads

    # ------------------------------------------------------------------ on- and offloading
    def _loading(
        self, flows: Sequence[Flow], moves: Sequence[Move], timing: _Timing, computing: float, reload_rows: int
    ) -> tuple[float, float]:
        """On- and offloading cycles."""
        exposed: list[float] = list(timing.busy)
        for port in self.loading_ports:
            once = self._once(port, timing)
            if once:
                average = self._average_bits(port, flows, moves, timing)
                for place, cycles in exposed_loads(
                    once, average, port.bandwidth, self.cycles_per_activation, computing
                ):
                    exposed[place] = cycles
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

    @staticmethod
    def _once(port: PortUse, timing: _Timing) -> list[Load]:
        """Collect the tiles loaded only once, as far as there is more to them than their first part."""
        busy, bits, _, _, counts = timing
        once = []
        for place, flow, first in port.loads:
            if counts[flow] == 1:
                first_cycles = -(-bits[first] // port.bandwidth)
                if busy[place] > first_cycles:
                    once.append((place, busy[place], first_cycles))
        return once

    @staticmethod
    def _average_bits(port: PortUse, flows: Sequence[Flow], moves: Sequence[Move], timing: _Timing) -> list[int]:
        """Bits per activation that periodic loads take of a port."""
        return [
            int(timing.bits[flow] / flows[flow].cycles * moves[place].fan)
            for place, flow, _ in port.loads
            if timing.counts[flow] > 1
        ]


def _slower(links: Sequence[Ends], exposed: Sequence[float]) -> float:
    """Cycles of several links one after the other; each takes as long as the slower of its ports."""
    cycles = 0.0
    for upper, lower in links:
        cycles += exposed[upper] if exposed[upper] > exposed[lower] else exposed[lower]
    return cycles
