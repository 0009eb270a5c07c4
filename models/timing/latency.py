"""Latency.

Computing, the stalls of the memory ports, row by row reloads of the array, on- and offloading.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from zigzag_imc.core.accelerator import Accelerator, Direction
from zigzag_imc.core.layer import OPERANDS, OUTPUTS, Layer
from zigzag_imc.models.cost import PortStall
from zigzag_imc.models.movement.flows import Flows
from zigzag_imc.models.movement.short_flows import ShortFlows
from zigzag_imc.models.movement.spread import Spread
from zigzag_imc.models.movement.traffic import Boundary, FlowOrder
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.models.timing.buffering import Buffering
from zigzag_imc.models.timing.loading import Load, hide_loads, onloading, taken_bits
from zigzag_imc.models.timing.ports import Ends, PortPlan, PortUse
from zigzag_imc.models.timing.rows import cycles_per_row
from zigzag_imc.models.timing.stalls import Timing, Use, port_stall
from zigzag_imc.models.timing.uneven import UnevenTiming, spells_of, uneven_port_stall


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
        self.from_memories = [
            range(order.place(name, 1), order.place(name, len(boundaries[name])))
            for name in OPERANDS
        ]
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
        busy = _busy(flows, moves)
        reload_rows, stall = 0, 0.0
        if self.profile.rows_written:
            reload_rows = self._reload_cycles(laid, flows)
            stall = self._reload_stall(laid, flows)
        if self.profile.ports_stall:
            stall = self._worst_port(flows, moves, busy, stall)
        spare_of = partial(self._spare, laid, flows, moves, compute + stall)
        onload, offload = self._loading(flows, busy, spare_of, reload_rows)
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
            stall_of = self._port_stalls(flows, moves)
            for port in self.plan.ports:
                uses = [(place, flow) for place, flow in port.uses if flows.carried[flow]]
                if uses:
                    yield PortStall(port.memory, port.port, stall_of(uses))
        if self.profile.rows_written:
            cycles = self._reload_stall(laid, flows)
            yield PortStall(self.accelerator.cells.name, "rows", cycles)

    def _port_stalls(self, flows: Flows, moves: Sequence[Move]) -> Callable[[Sequence[Use]], float]:
        """Return what tells the stall of one port from its movements."""
        if flows.short is not None:
            return partial(uneven_port_stall, timing=self._uneven_timing(flows.short, flows, moves))
        return partial(port_stall, timing=self._timing(flows, _busy(flows, moves)))

    def _worst_port(
        self, flows: Flows, moves: Sequence[Move], busy: Sequence[int], stall: float
    ) -> float:
        """Stall of the port that stalls longest, if that is more than ``stall`` already."""
        if flows.short is not None:
            uneven = self._uneven_timing(flows.short, flows, moves)
            return max(stall, *(uneven_port_stall(port.uses, uneven) for port in self.plan.ports))
        timing = self._timing(flows, busy)
        for place, flow in self.alone:
            if busy[place] > timing.windows[flow]:
                stall = max(stall, port_stall([(place, flow)], timing))
        for uses in self.crowded:
            stall = max(stall, port_stall(uses, timing, stall))
        return stall

    def _timing(self, flows: Flows, busy: Sequence[int]) -> Timing:
        carried, rate = flows.carried, self.cycles_per_activation
        periods = [cycles * rate for cycles in flows.tiles.cycles]
        windows = self.buffering.windows(flows, periods)
        later = [count - 1 for count in flows.transfers]
        for up, back in self.outputs:
            # Without transfers and a window, a flow takes no part in any stall.
            windows[back] = windows[up] if carried[back] else 0
            if not self.profile.first_visit_readback:
                later[back] = carried[back]  # its first visits are not among them
        return Timing(busy, windows, periods, flows.transfers, later)

    def _uneven_timing(
        self, short: ShortFlows, flows: Flows, moves: Sequence[Move]
    ) -> UnevenTiming:
        """Return what every port has to do where transfers and periods differ."""
        rate, (nest, levels, parts) = self.cycles_per_activation, short
        single = set(self.buffering.single_buffered(flows))
        single |= {back for up, back in self.outputs if up in single}
        outside: dict[int, int | None] = {up: -1 for up, _ in self.outputs}
        if not self.profile.first_visit_readback:
            outside |= {back: None for _, back in self.outputs}
        spells = []
        for flow, fan, bandwidth in moves:
            busy = [-(-part.bits * fan // bandwidth) for part in parts[flow]]
            spells.append(
                spells_of(parts[flow], busy, rate, flow in single, outside.get(flow, 0))
                if flows.carried[flow]
                else []
            )
        return UnevenTiming(
            nest,
            rate,
            spells,
            runs=[
                range(level.irrelevant_from, level.place) if flow in single else range(0)
                for flow, level in enumerate(levels)
            ],
        )

    # ------------------------------------------------------------------ rows of the array
    def _reload_cycles(self, laid: Spread, flows: Flows) -> int:
        """Cycles to load the array, row by row."""
        if self.weights_in is None:
            return 0
        return laid.mapped_rows * self._row_cycles(flows.tiles.tile[self.weights_in])

    def _row_cycles(self, depth: int) -> int:
        """Cycles to write one row with so many weights a multiplier."""
        row: int = cycles_per_row(depth, self.layer.precision.W, self.cells_port)
        return row

    def _reload_stall(self, laid: Spread, flows: Flows) -> int:
        """Cycles of the loads of the array that computing waits for.

        Beside stalling ports the first one is onloading.
        """
        if self.weights_in is None:
            return 0
        once = self._reload_cycles(laid, flows)
        first = once if self.profile.ports_stall else 0
        if flows.short is None:
            return flows.transfers[self.weights_in] * once - first
        parts = flows.short.parts[self.weights_in]
        rows_cycles = sum(part.times * self._row_cycles(part.tile) for part in parts)
        return laid.mapped_rows * rows_cycles - first

    # ------------------------------------------------------------------ on- and offloading
    def _loading(
        self,
        flows: Flows,
        busy: Sequence[int],
        spare_of: Callable[[PortUse], float],
        reload_rows: int,
    ) -> tuple[float, float]:
        """On- and offloading cycles."""
        exposed: list[float] = list(busy)
        for port, once in self._once(flows, busy).items():
            hide_loads(once, spare_of(port), exposed)
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
                    operand = self.plan.movements[place].operand
                    rounds = self._rounds(flows, operand)
                    load = Load(busy[place], first_cycles, place, rounds, operand == OUTPUTS)
                    once.setdefault(port, []).append(load)
        return once

    def _rounds(self, flows: Flows, operand: int) -> Amount:
        """Rounds of the loops outside all those that index an operand.

        They are the uppermost irrelevant ones below a boundary that the operand crosses once: the
        lowest such boundary, for below those above it lie no further loops.
        """
        if self.profile.late_loads:
            return 1
        once = [flow for flow in self.from_memories[operand] if flows.transfers[flow] == 1]
        if flows.short is None or operand != OUTPUTS:  # a first round is never short
            return math.prod([flows.tiles.top_irrelevant[flow] for flow in once])
        periods = [flows.short.parts[flow][-1].periods[-1] for flow in once]
        return math.prod([Fraction(period.cycles, period.last_cycles) for period in periods])

    def _spare(
        self, laid: Spread, flows: Flows, moves: Sequence[Move], computing: float, port: PortUse
    ) -> float:
        """Cycles of a port that its periodic loads leave while the array computes.

        Counted from their whole bits per cycle.
        """
        rate, taken = self.cycles_per_activation, 0
        for place, flow, _ in port.loads:
            if flows.transfers[flow] > 1:
                taken += taken_bits(flows.moved_bits(flow), laid.steps, moves[place].fan, rate)
        return max(0.0, (port.bandwidth - taken) / port.bandwidth * computing)


def _busy(flows: Flows, moves: Sequence[Move]) -> list[int]:
    """Cycles of one transfer of every movement."""
    bits = flows.bits
    return [-(-bits[flow] * fan // bandwidth) for flow, fan, bandwidth in moves]


def _slower(links: Sequence[Ends], exposed: Sequence[float]) -> float:
    """Cycles of several links one after the other.

    Each takes as long as the slower of its ports.
    """
    cycles = 0.0
    for upper, lower in links:
        cycles += exposed[upper] if exposed[upper] > exposed[lower] else exposed[lower]
    return cycles
