"""A mapping walked step by step: every iteration, with the indices it works on.

What crosses a boundary is counted from the iterations themselves, however long each tile is; no
formula of the cost model is used, but for what a spatial mapping alone decides.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tests.mappings import sunk_cuts
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import LayerMapping, Loop
from zigzag_imc.models.evaluate import CostModel

SLACK = 1e-9
"""Averages are floats: an excess this small is none."""

Indices = dict[str, int]


@dataclass(frozen=True)
class Step:
    """One activation: when, the counters of all loops, and the index of every dimension."""

    time: int
    counters: tuple[int, ...]
    indices: Indices


def walk(loops: Sequence[Loop], sizes: dict[str, int]) -> list[Step]:
    """Run the loops, innermost first in the list, but for what lies beyond a dimension's end."""
    strides: list[int] = []
    below = dict.fromkeys(sizes, 1)
    for dim, steps in loops:
        strides.append(below[dim])
        below[dim] *= steps
    found: list[Step] = []
    for outer_first in itertools.product(*(range(steps) for _, steps in reversed(loops))):
        counters = outer_first[::-1]
        indices = dict.fromkeys(sizes, 0)
        for (dim, _), stride, counter in zip(loops, strides, counters, strict=True):
            indices[dim] += stride * counter
        if all(indices[dim] < size for dim, size in sizes.items()):
            found.append(Step(len(found), counters, indices))
    return found


@dataclass(frozen=True, eq=False)
class Visit:
    """A period of a boundary: its steps, in order; loops from ``place`` on stand still."""

    steps: tuple[Step, ...]
    place: int

    @cached_property
    def worked_on(self) -> dict[str, set[int]]:
        """Along each dimension, the indices that are worked on."""
        return {dim: {s.indices[dim] for s in self.steps} for dim in self.steps[0].indices}

    def lengths(self, dims: Sequence[str]) -> dict[str, int]:
        """Along each dimension, how many indices are worked on."""
        return {dim: len(self.worked_on[dim]) for dim in dims}

    def corner(self, dims: Sequence[str]) -> tuple[int, ...]:
        """Tell the tile from others: its smallest index along each dimension."""
        return tuple(min(self.worked_on[dim]) for dim in dims)

    def round_at(self, run: range, which: int) -> list[Step]:
        """Steps of the first or the last iteration of some of its loops."""
        chosen = [self.steps[which].counters[place] for place in run]
        return [s for s in self.steps if [s.counters[place] for place in run] == chosen]


class Walk:
    """All visits of every boundary of a mapping, with what they carry."""

    def __init__(self, model: CostModel, mapping: LayerMapping) -> None:
        self.model, self.mapping, self.layer = model, mapping, model.layer
        self.laid = model.spread(mapping.spatial)
        self.loops = mapping.temporal.loops
        self.steps = walk(self.loops, dict(self.laid.temporal))
        self._visits: dict[tuple[str, int], list[Visit]] = {}

    def place(self, operand: str, boundary: int) -> int:
        """How many loops are below a boundary."""
        relevant, loops = self.layer.relevant(operand), self.loops
        if boundary:
            cuts = (*sunk_cuts(self.mapping.temporal, operand, relevant), len(loops))
            return cuts[boundary - 1]
        if operand == "O":
            return 0
        idle = itertools.takewhile(lambda loop: loop[0] not in relevant, loops)
        return len(list(idle))

    def visits(self, operand: str, boundary: int) -> list[Visit]:
        """Return the periods of a boundary."""
        key = (operand, boundary)
        if key not in self._visits:
            self._visits[key] = self._visits_of(operand, boundary)
        return self._visits[key]

    def _visits_of(self, operand: str, boundary: int) -> list[Visit]:
        place = self.place(operand, boundary)
        groups = itertools.groupby(self.steps, key=lambda step: step.counters[place:])
        return [Visit(tuple(steps), place) for _, steps in groups]

    def elements(self, operand: str, boundary: int, visit: Visit, whole: bool) -> float:
        """Elements of the tile of a visit, in one instance below the boundary."""
        of = self.laid.operands[OPERANDS.index(operand)]
        layer = self.layer
        windows = layer.windows_of(operand)
        plain = list(layer.plain_dims(operand))
        unrolled = of.whole[boundary] if whole else of.average[boundary]
        elements = unrolled * math.prod(visit.lengths(plain).values())
        if not boundary:  # a single element
            return elements
        pairs = of.window_whole[boundary] if whole else of.window_average[boundary]
        for window, (outputs, taps) in zip(windows, pairs, strict=True):
            both = [d for d in (window.output_dim, window.filter_dim) if d in layer.sizes]
            lengths = visit.lengths(both)
            reach = lengths.get(window.output_dim, 1) * outputs
            filters = lengths.get(window.filter_dim, 1) * taps
            elements *= window.extent(reach, filters)
        return elements

    def is_partial(self, boundary: int) -> bool:
        """Whether outputs are partial sums at a boundary: some tile comes there twice."""
        relevant = sorted(self.layer.relevant("O") & set(self.layer.sizes))
        corners = [visit.corner(relevant) for visit in self.visits("O", boundary)]
        unrolled = self.laid.operands[2].reduced_above[boundary]
        return bool(unrolled) or len(set(corners)) < len(corners)

    def element_bits(self, operand: str, boundary: int) -> int:
        """Bits of an element that crosses a boundary."""
        precision = self.layer.precision
        if operand == "O":
            return precision.O if self.is_partial(boundary) else precision.O_final
        return precision.bits(operand)

    def resting_bits(self, operand: str, level: int) -> int:
        """Bits of an element in a memory: partial sums also where it gets only a part of them."""
        bits = self.element_bits(operand, level + 1)
        is_part = operand == "O" and self.laid.operands[2].reduced_above[level]
        return self.layer.precision.O if is_part else bits

    def carried(self, operand: str, boundary: int, back: bool) -> list[Visit]:
        """Return the visits with data: partial sums come down unless it is the first visit."""
        visits = self.visits(operand, boundary)
        if not back:
            return visits
        if not self.is_partial(boundary):
            return []
        relevant = sorted(self.layer.relevant("O") & set(self.layer.sizes))
        seen: set[tuple[int, ...]] = set()
        again = []
        for visit in visits:
            corner = visit.corner(relevant)
            if corner in seen:
                again.append(visit)
            seen.add(corner)
        return again

    # ------------------------------------------------------------------ words
    def words(self) -> list[float]:
        """Accesses of full width along every way, in the order of the cost model's terms."""
        found = []
        for operand in OPERANDS:
            of = self.laid.operands[OPERANDS.index(operand)]
            for boundary in self.model.boundaries[operand]:
                a = boundary.index
                for access in (*boundary.down, *boundary.up):
                    back = operand == "O" and access in boundary.down
                    low, high = access.port.bandwidth_min, access.port.bandwidth_max
                    fan = of.fan_average[a] if access.upper else 1
                    bits = self.element_bits(operand, a)
                    pieces = 0
                    for visit in self.carried(operand, a, back):
                        amount = self.elements(operand, a, visit, whole=False) * bits * fan
                        pieces += math.ceil(amount / low - SLACK)
                    found.append(pieces * low / high * of.instances[a + access.upper])
        return found

    def memory_pj(self) -> float:
        """Energy of all accesses."""
        accesses = [
            access
            for operand in OPERANDS
            for boundary in self.model.boundaries[operand]
            for access in (*boundary.down, *boundary.up)
        ]
        return sum(a.energy_pj * n for a, n in zip(accesses, self.words(), strict=True))

    def weight_rests(self) -> int:
        """How often other weights are selected."""
        return len(self.visits("W", 0))
