"""Accelerators that are solved: the best of them, and those that no other beats in everything."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from zigzag_imc.sweep.explore.goal import Figures, HardwareGoal
from zigzag_imc.sweep.explore.point import Point

RANKED = 2
"""The best and the runner-up are proved: nothing else is better than the latter."""


@dataclass
class Frontier:
    """Accelerators whose cost is known.

    Attributes
    ----------
    goal
        What makes one better than another.
    solved
        All of them.
    """

    goal: HardwareGoal
    solved: list[Point] = field(default_factory=list)

    def add(self, point: Point) -> None:
        """Take one more."""
        self.solved.append(point)
        self.solved.sort(key=lambda one: (one.bound(self.goal), one.number))

    @property
    def ranking(self) -> list[Point]:
        """Those that count, the best first; of equal ones, the first in the study."""
        return [point for point in self.solved if math.isfinite(point.bound(self.goal))]

    @property
    def threshold(self) -> float:
        """Value of the runner-up: nothing that is no better is asked for."""
        ranking = self.ranking
        return ranking[RANKED - 1].bound(self.goal) if len(ranking) >= RANKED else math.inf

    def dominates(self, figures: Figures) -> bool:
        """Whether one of them is better in something and no worse in anything."""
        return any(
            figures != (known := point.figures()) and figures.no_better_than(known)
            for point in self.solved
        )

    def front(self) -> list[Point]:
        """Return those that none of the others dominates, by rising energy."""
        front = [point for point in self.solved if not self.dominates(point.figures())]
        return sorted(front, key=lambda point: (*point.figures(), point.number))
