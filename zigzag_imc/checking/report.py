"""What came of checking a result without the solver."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """Outcome of a check.

    Attributes
    ----------
    problems
        What does not hold, one line each; empty when all holds.
    layers, mappings, pareto_points
        Distinct layers, mappings scored again, and points of fronts scored again.
    proofs, reproved
        Layers that claim to be optimal, and those of them proved again by enumeration.
    totals_checked
        Whether the totals were compared with the sum of the layers, as they are where all layers
        hold.
    """

    problems: tuple[str, ...]
    layers: int
    mappings: int
    pareto_points: int
    proofs: int
    reproved: int = 0
    totals_checked: bool = True

    @property
    def holds(self) -> bool:
        """Whether all holds."""
        return not self.problems
