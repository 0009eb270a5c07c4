"""Latency of a mapping walked step by step: which steps lie in which window, port by port."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.models.stepwise import SLACK, Visit, Walk
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.timing.ports import Movement, PortPlan
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

    def window(self, place: Place, visit: Visit) -> set[int]:
        """Steps of a visit during which the next tile may come."""
        run = self.run(place, relevant=False)
        if place in self.single and run:
            return {step.time for step in visit.round_at(run, -1)}
        return {step.time for step in visit.steps}

    def busy(self, movement: Movement, visit: Visit) -> int:
        """Cycles of one transfer."""
        operand = OPERANDS[movement.operand]
        bits = self.walk.elements(operand, movement.boundary, visit, whole=True)
        bits *= self.walk.element_bits(operand, movement.boundary)
        of = self.walk.laid.operands[movement.operand]
        fan = of.fan_whole[movement.boundary] if movement.upper else 1
        return math.ceil(bits * fan / movement.bandwidth)

    def stalls(self) -> dict[tuple[str, str], int]:
        """Stall cycles of every port and of the rows of the array."""
        found = {}
        for port in self.plan.ports:
            moving = [self.plan.movements[place] for place, _ in port.uses]
            moving = [
                m for m in moving if not m.back or self.walk.is_partial(m.boundary)
            ]
            if moving:
                found[port.memory, port.port] = self._stall(moving)
        found[self.walk.model.accelerator.cells.name, "rows"] = self._rows()
        return found

    def _stall(self, moving: list[Movement]) -> int:
        own = slack = together = 0
        covered: set[int] = set()
        for movement in moving:
            place = (OPERANDS[movement.operand], movement.boundary)
            visits = self.walk.visits(*place)
            unloads = place[0] == "O" and not movement.back
            for visit in visits:
                covered |= self.window(place, visit)
            for visit in visits[:-1] if unloads else visits[1:]:
                missing = self.busy(movement, visit) - self.rate * len(self.window(place, visit))
                own += max(0, missing)
                slack += missing
                together += self.busy(movement, visit)
        if len(moving) == 1:
            return own or slack
        return max(own, together - self.rate * len(covered))

    def _rows(self) -> int:
        """Cycles of all loads of the array but the first."""
        if len(self.walk.model.boundaries["W"]) < 2:
            return 0
        layer, cells = self.walk.layer, self.walk.model.accelerator.cells
        weights = sorted(layer.plain_dims("W"))
        writing = next((p for p in cells.ports for o, d in p.allocation if d.value == "fh"), None)
        return self.walk.laid.mapped_rows * sum(
            cycles_per_row(math.prod(v.lengths(weights).values()), layer.precision.W, writing)
            for v in self.walk.visits("W", 1)[1:]
        )
