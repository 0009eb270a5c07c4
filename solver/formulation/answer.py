"""What one call of CP-SAT answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """Result of one minimisation.

    Attributes
    ----------
    solutions
        Chosen candidates of every solution met, each better than the one before; none where the
        model has none.
    bound
        Proved lower bound of the objective: pJ, cycles, or pJ x cycles; infinite where it is proved
        that the model has no solution.
    proved
        Whether the last solution is optimal, or without one, that there is none.
    """

    solutions: tuple[tuple[int, ...], ...]
    bound: float
    proved: bool
