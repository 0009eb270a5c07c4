"""Latency of a mapping walked step by step: which steps lie in which window, port by port."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.models.stepwise import SLACK, Visit, Walk
from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.timing.loading import Load, hide_loads, onloading
from zigzag_imc.models.timing.ports import Ends, Movement, PortPlan, PortUse
from zigzag_imc.models.timing.rows import cycles_per_row

Place = tuple[str, int]
"""Operand and boundary."""


@dataclass(frozen=True)
class _Tenant:
    """Bits that a tile takes, and those that a second one would take beside it."""

    place: Place
    bits: int
    received: bool


class TimedWalk:
    """Stalls of the ports, from the steps of a walk."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.rate = int(walk.model.accelerator.array.cycles_per_activation)
        self.plan = PortPlan.of(walk.model.accelerator, walk.model.boundaries)
        self._windows: dict[Place, list[set[int]]] = {}
        self.single = self._single_buffered()

    def run(self, place: Place, relevant: bool) -> range:
        """Uppermost loops of the level below a boundary, as far as all are (ir)relevant."""
        operand, boundary = place
        layer, loops = self.walk.layer, self.walk.loops
        top = self.walk.place(operand, boundary)
        # A level starts where the one below it ends, irrelevant loops sunk; the lowest at zero.
        bottom = self.walk.place(operand, boundary - 1) if boundary > 1 else 0
        dims = layer.relevant(operand)
        if relevant:
            dims -= layer.window_dims(operand)
        start = top
        while start > bottom and (loops[start - 1][0] in layer.relevant(operand)) == relevant:
            if relevant and loops[start - 1][0] not in dims:
                break
            start -= 1
        return range(start, top)

    def _single_buffered(self) -> set[Place]:
        """Boundaries over which a tile comes that has no room for a second one beside it."""
        walk, accelerator = self.walk, self.walk.model.accelerator
        order = ("O", "I", "W") if walk.layer.is_matrix_product else ("O", "W", "I")
        found: set[Place] = set()
        for number, memory in enumerate(accelerator.memories):
            tenants = []
            for operand in order:
                levels = accelerator.levels[operand]
                if number in levels:
                    place = (operand, levels.index(number) + 1)
                    is_received = number != levels[-1]
                    tenants.append(_Tenant(place, self._second_tile(place), is_received))
            used = sum(tenant.bits for tenant in tenants)
            for tenant in tenants:
                if 2 * used > memory.size_bits:
                    if tenant.bits + used > memory.size_bits:
                        if tenant.received:
                            found.add(tenant.place)
                        continue
                    if len(tenants) > 1:
                        used += tenant.bits
        return found

    def _second_tile(self, place: Place) -> int:
        """Bits of one step of the uppermost relevant loops, which free their room one by one."""
        operand, boundary = place
        first = self.walk.visits(operand, boundary)[0]
        elements = math.ceil(self.walk.elements(operand, boundary, first, whole=False) - SLACK)
        one = len(first.round_at(self.run(place, relevant=True), 0))
        bits = elements * self.walk.element_bits(operand, boundary)
        return bits * one // len(first.steps)

    def windows(self, place: Place) -> list[set[int]]:
        """Per visit, the steps during which the next tile may come."""
        if place not in self._windows:
            visits = self.walk.visits(*place)
            self._windows[place] = [self._window(place, visit) for visit in visits]
        return self._windows[place]

    def _window(self, place: Place, visit: Visit) -> set[int]:
        run = self.run(place, relevant=False)
        if place in self.single and run:
            return {step.time for step in visit.round_at(run, -1)}
        return {step.time for step in visit.steps}

    def busy(self, movement: Movement, visit: Visit) -> int:
        """Cycles of one transfer."""
        bits = self._bits(movement, visit)
        of = self.walk.laid.operands[movement.operand]
        fan = of.fan_whole[movement.boundary] if movement.upper else 1
        return math.ceil(bits * fan / movement.bandwidth)

    def _bits(self, movement: Movement, visit: Visit) -> float:
        """Bits of one transfer below the boundary."""
        operand, boundary = OPERANDS[movement.operand], movement.boundary
        elements = self.walk.elements(operand, boundary, visit, whole=True)
        return elements * self.walk.element_bits(operand, boundary)

    def stalls(self) -> dict[tuple[str, str], int]:
        """Stall cycles of every port and of the rows of the array."""
        found = {}
        for port in self.plan.ports:
            moving = [self.plan.movements[place] for place, _ in port.uses]
            moving = [m for m in moving if self._carried(m)]
            if moving:
                found[port.memory, port.port] = self._stall(moving)
        found[self.walk.model.accelerator.cells.name, "rows"] = self._rows()
        return found

    def _stall(self, moving: list[Movement]) -> int:
        own = slack = together = 0
        covered: set[int] = set()
        for movement in moving:
            place = (OPERANDS[movement.operand], movement.boundary)
            visits, windows = self.walk.visits(*place), self.windows(place)
            covered.update(*windows)
            later = self._later(movement)
            for visit, window in zip(visits, windows, strict=True):
                if visit not in later:
                    continue
                busy = self.busy(movement, visit)
                own += max(0, busy - self.rate * len(window))
                slack += busy - self.rate * len(window)
                together += busy
        if len(moving) == 1:
            return own or slack
        return max(own, together - self.rate * len(covered))

    def _carried(self, movement: Movement) -> list[Visit]:
        """Visits whose transfer carries data."""
        operand = OPERANDS[movement.operand]
        return self.walk.carried(operand, movement.boundary, movement.back)

    def _later(self, movement: Movement) -> list[Visit]:
        """Visits whose transfer competes with computing: not the first load, the last unloading."""
        carried = self._carried(movement)
        if movement.back:
            return carried
        return carried[:-1] if OPERANDS[movement.operand] == "O" else carried[1:]

    def loading(self, computing: float) -> tuple[float, float]:
        """On- and offloading: what first or last transfers take beside so many other cycles."""
        exposed: list[float] = [self._outside(m) for m in self.plan.movements]
        once: dict[PortUse, list[Load]] = {}
        for port in self.plan.ports:
            for place, _, first in port.loads:
                movement = self.plan.movements[place]
                lowest = next(m for m in self.plan.movements if m.flow == first and not m.back)
                is_once = len(self._visits(movement)) == 1
                bits = self._bits(lowest, self._outside_visit(lowest))
                part = math.ceil(bits / port.bandwidth)
                same = movement.flow == first and not movement.upper
                if is_once and not same and exposed[place] > part:
                    unloads = OPERANDS[movement.operand] == "O"
                    rounds = self._rounds(OPERANDS[movement.operand])
                    load = Load(int(exposed[place]), part, place, rounds, unloads)
                    once.setdefault(port, []).append(load)
        for port, loads in once.items():
            hide_loads(loads, self._spare(port, computing), exposed)
        weights, inputs, outputs = self.plan.links
        if weights.lowest:
            first_rows = self._rows_of(self.walk.visits("W", 1)[0])
            exposed[weights.lowest[0]] = max(exposed[weights.lowest[0]], first_rows)

        def cycles(links: Sequence[Ends]) -> float:
            return sum(max(exposed[upper], exposed[lower]) for upper, lower in links)

        parts = [cycles(links.shared) for links in (weights, inputs)]
        own = [cycles(links.private) for links in (weights, inputs)]
        return onloading(parts[0], own[0], parts[1], own[1]), cycles(outputs.all)

    def _rounds(self, operand: str) -> Fraction:
        """All steps over those before a tile is wanted from its beginning again.

        Of outputs, over those after none is as it was at the end of all before.
        """
        steps, relevant = self.walk.steps, self.walk.layer.relevant(operand)
        outside = list(
            itertools.takewhile(
                lambda place: self.walk.loops[place][0] not in relevant,
                reversed(range(len(self.walk.loops))),
            )
        )
        at = steps[-1 if operand == "O" else 0].counters
        within = [s for s in steps if all(s.counters[place] == at[place] for place in outside)]
        return Fraction(len(steps), len(within))

    def _spare(self, port: PortUse, computing: float) -> float:
        """Cycles that periodic loads leave of a port: whole bits per cycle, on average."""
        taken = 0
        for place, _, _ in port.loads:
            movement = self.plan.movements[place]
            visits = self._visits(movement)
            if len(visits) > 1:
                of = self.walk.laid.operands[movement.operand]
                fan = of.fan_whole[movement.boundary] if movement.upper else 1
                bits = sum(self._bits(movement, visit) for visit in visits)
                taken += math.ceil(math.floor(bits / len(self.walk.steps) * fan) / self.rate)
        return max(0.0, (port.bandwidth - taken) / port.bandwidth * computing)

    def _visits(self, movement: Movement) -> list[Visit]:
        return self.walk.visits(OPERANDS[movement.operand], movement.boundary)

    def _outside_visit(self, movement: Movement) -> Visit:
        """The visit that is loaded before computing, or unloaded after it."""
        unloads = OPERANDS[movement.operand] == "O" and not movement.back
        return self._visits(movement)[-1 if unloads else 0]

    def _outside(self, movement: Movement) -> int:
        return self.busy(movement, self._outside_visit(movement))

    def _rows(self) -> int:
        """Cycles of all loads of the array but the first."""
        if len(self.walk.model.boundaries["W"]) < 2:
            return 0
        return sum(self._rows_of(visit) for visit in self.walk.visits("W", 1)[1:])

    def _rows_of(self, visit: Visit) -> int:
        """Cycles to write the rows of the array for one visit."""
        layer, cells = self.walk.layer, self.walk.model.accelerator.cells
        depth = math.prod(visit.lengths(sorted(layer.plain_dims("W"))).values())
        writing = cells.port_of("W", Direction.FROM_HIGH)
        row: int = cycles_per_row(depth, layer.precision.W, writing)
        return self.walk.laid.mapped_rows * row
