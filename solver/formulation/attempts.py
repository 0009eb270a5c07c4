"""Attempts at a model: two settings of CP-SAT in turn, each time with more conflicts.

No setting suits all models. Where the product of energy and latency is finer than any difference of
theirs, a model of some dozens of constraints may raise its bound by one part in a hundred million
per conflict, and the linear relaxation proves it at once; elsewhere that takes longer than it
spares. Conflicts are counted, not seconds: so the same model gives the same answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from ortools.sat.python import cp_model

FIRST_CONFLICTS = 10_000
"""Conflicts of the first attempt with either setting; hardly any model needs half as many."""

GROWTH = 4
"""How many times as many conflicts the next attempt with the same setting has."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt.

    Attributes
    ----------
    most_conflicts
        Conflicts after which it is given up.
    is_relaxed
        Whether CP-SAT presolves the model, sees the linear relaxation of all of it, and looks for
        no symmetry; else it has the settings of the session.
    """

    most_conflicts: int
    is_relaxed: bool

    def set(self, solver: cp_model.CpSolver) -> None:
        """Set the parameters of CP-SAT."""
        parameters = solver.parameters
        parameters.max_number_of_conflicts = self.most_conflicts
        if self.is_relaxed:
            parameters.cp_model_presolve = True
            parameters.linearization_level = 2
            parameters.symmetry_level = 0


def attempts() -> Iterator[Attempt]:
    """Yield attempts without end."""
    for number in itertools.count():
        for is_relaxed in (False, True):
            yield Attempt(FIRST_CONFLICTS * GROWTH**number, is_relaxed)


def is_decided(status: cp_model.CpSolverStatus) -> bool:
    """Whether a model needs no further attempt."""
    return status not in (cp_model.UNKNOWN, cp_model.FEASIBLE)
