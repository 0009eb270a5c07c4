"""Conflicts: constraints that no mapping keeps together, as few as can be.

A deletion filter. One constraint after the other is left out; where there is still no mapping, it
takes no part in the conflict and stays out. What is left has no mapping, and without any one of it
there is one: the conflict is minimal. There may be others of fewer constraints.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from zigzag_imc.core.constraints import Constraints, texts_of
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.minimise import minimise
from zigzag_imc.solver.solution import NOTHING_KEEPS

ANY_MAPPING = 0.999
"""Gap at which the question whether there is any mapping ends."""


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
    """Whether any mapping keeps constraints; ``None`` where there was no time to tell."""
    space = replace(bench.options.space, constraints=constraints)
    options = replace(bench.options, space=space, gap=ANY_MAPPING)
    asked = Workbench(bench.costs, options, bench.budget, with_latency=False)
    verdict = minimise(asked, Goal("energy"))
    if verdict.best is not None:
        return True
    return False if verdict.proved and asked.complete else None
