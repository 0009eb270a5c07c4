"""What lies below a front: its points as corners of a staircase, and what a search below finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zigzag_imc.core.tolerances import RESOLUTION, TOLERANCE
from zigzag_imc.solver.solution import ParetoPoint

MARGIN = 2 * RESOLUTION
"""Relative distance below a point within which a mapping is as good as it. The walk along a front
proves energies to `RESOLUTION`, and then takes a mapping that has as little to `TOLERANCE`."""


@dataclass(frozen=True, slots=True)
class Corner:
    """What a point of a front costs.

    Attributes
    ----------
    latency_cycles, energy_pj
        Its latency in clock cycles and its energy in pJ.
    """

    latency_cycles: float
    energy_pj: float

    def is_below(self, corners: Sequence[Corner]) -> bool:
        """Whether none of some points is as good as this one."""
        return not any(
            corner.latency_cycles * (1 - TOLERANCE) < self.latency_cycles
            and corner.energy_pj * (1 - MARGIN) < self.energy_pj
            for corner in corners
        )


@dataclass(frozen=True, slots=True)
class Underside:
    """What is known of the mappings below a staircase.

    Attributes
    ----------
    gaps
        How many gaps there are: one more than points.
    closed
        Gaps in which it is proved that there is no mapping.
    found
        A mapping below the staircase, where one was met.
    reason
        Why a gap is open.
    exact_scores, seconds
        As of a `Solution`.
    """

    gaps: int
    closed: int
    found: ParetoPoint | None = None
    reason: str | None = None
    exact_scores: int = 0
    seconds: float = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether it is proved that no mapping lies below the staircase."""
        return self.found is None and self.closed == self.gaps

    @property
    def is_settled(self) -> bool:
        """Whether more time cannot change it."""
        return self.found is not None or self.is_empty

    @property
    def rank(self) -> tuple[bool, int]:
        """How much is known; of two searches, the one with the higher rank counts."""
        return self.found is not None, self.closed
