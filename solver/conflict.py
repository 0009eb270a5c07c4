"""Conflicts: constraints that no mapping keeps together, as few as can be.

A deletion filter. One constraint after the other is left out; where there is still no mapping, it
takes no part in the conflict and stays out. What is left has no mapping, and without any one of it
there is one: the conflict is minimal. There may be others of fewer constraints.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.constraints import Constraints, texts_of
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.minimise import minimise
from zigzag_imc.solver.scoring.scores import KeptScores
from zigzag_imc.solver.solution import NOTHING_KEEPS


@dataclass(frozen=True, slots=True)
class Conflict:
    """Constraints that no mapping keeps together.

    Attributes
    ----------
    constraints
        The fewest, or as few as there was time to find.
    minimal
        Whether there is a mapping without any one of them, proved for each.
    """

    constraints: Constraints
    minimal: bool

    @property
    def reason(self) -> str:
        """Say which they are."""
        told = "; ".join(texts_of(self.constraints))
        if not self.minimal:
            return f"{NOTHING_KEEPS}; among them are (stopped before fewer were found): {told}"
        if len(self.constraints) == 1:
            return f"no mapping that fits keeps the constraint: {told}"
        return f"no mapping that fits keeps these constraints together: {told}"


def conflict_in(bench: Workbench) -> Conflict | None:
    """Find a conflict of constraints that have no mapping.

    ``None`` where there are no constraints, or no mapping without them either.
    """
    left = bench.options.constraints
    if not left or _has_mapping(bench, ()) is False:
        return None
    minimal = True
    for one in left:
        without = tuple(other for other in left if other != one)
        has_mapping = _has_mapping(bench, without)
        if has_mapping is False:
            left = without
        minimal = minimal and has_mapping is not None
    return Conflict(left, minimal)


def _has_mapping(bench: Workbench, constraints: Constraints) -> bool | None:
    """Whether any mapping keeps constraints; ``None`` where there was no time to tell.

    The search ends with the first mapping that is scored.
    """
    space = replace(bench.options.space, constraints=constraints)
    options = replace(bench.options, space=space)
    search = _UntilOneIsFound(bench.budget)
    asked = Workbench(bench.costs, options, search.budget, with_latency=False)
    search.scores = asked.scores
    verdict = minimise(asked, Goal("energy"))
    if verdict.best is not None:
        return True
    return False if verdict.proved and asked.complete else None


class _UntilOneIsFound:
    """A budget that is over with the first mapping scored.

    Attributes
    ----------
    budget
        The budget; no longer than another one.
    scores
        The scores that are watched; none before there are any.
    """

    def __init__(self, most: Budget) -> None:
        self.scores: KeptScores | None = None
        self.budget = Budget.of(most.left_s, self._is_over)
        self._most = most

    def _is_over(self) -> bool:
        is_found = self.scores is not None and self.scores.count > 0
        return is_found or self._most.is_over()
