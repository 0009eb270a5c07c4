"""What makes one accelerator better than another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from zigzag_imc.core.objective import Objective
from zigzag_imc.library.query import one_of

HardwareObjective = Literal["energy", "latency", "edp", "tops_per_w", "tops_per_mm2"]
"""Of all networks together: least energy, delay, or their product; most operations per energy, or
per time and area."""

_MAPPED_FOR: dict[HardwareObjective, Objective] = {
    "energy": "energy",
    "latency": "latency",
    "edp": "edp",
    "tops_per_w": "energy",
    "tops_per_mm2": "latency",
}
"""What every layer is mapped for."""


class Figures(NamedTuple):
    """What an accelerator takes for all networks, or takes at least.

    Attributes
    ----------
    energy_pj, delay_ns
        Sums over all layers.
    area_mm2
        Its area.
    """

    energy_pj: float
    delay_ns: float
    area_mm2: float

    def no_better_than(self, other: Figures) -> bool:
        """Whether another one is at least as good in all three."""
        return all(mine >= theirs for mine, theirs in zip(self, other, strict=True))


@dataclass(frozen=True, slots=True)
class HardwareGoal:
    """An objective of hardware, as a value to be made least.

    Attributes
    ----------
    objective
        What is asked for.
    energy_limit_pj
        Energy above which an accelerator does not count.
    with_front
        Whether all that no other beats in energy, delay and area are asked for, too.
    """

    objective: HardwareObjective = "edp"
    energy_limit_pj: float = math.inf
    with_front: bool = False

    def __post_init__(self) -> None:
        one_of("objective", self.objective, get_args(HardwareObjective))

    @property
    def mapped_for(self) -> Objective:
        """What every layer is mapped for."""
        return _MAPPED_FOR[self.objective]

    @property
    def needs_delay(self) -> bool:
        """Whether the delay takes part in what is asked."""
        return self.with_front or self.mapped_for != "energy"

    def value(self, figures: Figures) -> float:
        """Return the value; it rises with each of the figures, so that bounds give a bound.

        Operations are the same on all accelerators: most operations per energy means least energy,
        most operations per time and area the least product of both.
        """
        if figures.energy_pj > self.energy_limit_pj:
            return math.inf
        match self.objective:
            case "energy" | "tops_per_w":
                return figures.energy_pj
            case "latency":
                return figures.delay_ns
            case "edp":
                return figures.energy_pj * figures.delay_ns
            case "tops_per_mm2":
                return figures.delay_ns * figures.area_mm2
