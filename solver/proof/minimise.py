"""The proof loop: survey all spatial mappings, then close those that are left, batch by batch.

1. The survey (`survey.py`) bounds every spatial mapping and keeps those that can still beat the
  best mapping found.
2. By rising bound, they go into CP-SAT models (`batch.py`), which find better mappings or prove
  that there are none. With the last batch closed, the best mapping is proved optimal; before that,
  the least of the bounds of closed and open batches is a certified bound.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.survey import Standing, survey
from zigzag_imc.solver.presolve.workbench import Incumbent, Workbench
from zigzag_imc.solver.proof.batch import RESOLUTION, STOPPED, Batch, at_the_gap


@dataclass(frozen=True, slots=True)
class Outcome:
    """Best mapping for a goal, and a certified lower bound of the objective.

    ``proved`` with a mapping means optimal, without one that no mapping keeps the goal's limits.
    """

    best: Incumbent | None
    bound: float
    proved: bool
    reason: str | None = None


def minimise(bench: Workbench, goal: Goal) -> Outcome:
    """Find and prove the best mapping within the goal's limits."""
    standing = Standing(bench.scored_so_far(goal), bench.options.cutoff)
    unseen = survey(bench, goal, standing)
    waiting = deque(sorted(standing.options, key=lambda option: option[0]))
    if unseen is not None:
        floor = min([unseen, *(bound for bound, _ in waiting)])
        return _outcome(standing, floor, "stopped before all spatial mappings were bounded")
    closed, reason = math.inf, None
    while waiting:
        least = waiting[0][0]
        if least >= standing.value * (1 - RESOLUTION):
            closed = min(closed, least)  # nothing that waits can be better
            break
        if standing.best is not None and least >= standing.value * (1 - bench.options.gap):
            closed, reason = min(closed, least), reason or at_the_gap(bench.options.gap)
            break
        if bench.stopping():
            closed, reason = min(closed, least), STOPPED
            break
        verdict = Batch(bench, goal, standing, waiting).prove()
        closed = min(closed, verdict.bound)
        if verdict.stopped:  # whatever ended a batch before, this is why the gap is not smaller
            closed, reason = min([closed, *(bound for bound, _ in waiting)]), verdict.reason
            break
        reason = reason or verdict.reason
    return _outcome(standing, closed, reason)


def _outcome(standing: Standing, bound: float, reason: str | None) -> Outcome:
    """Proved where nothing ended the search early, and where what a batch left open was closed by a
    better mapping.
    """
    if bound >= standing.value * (1 - RESOLUTION):
        reason = None
    return Outcome(standing.best, min(bound, standing.value), reason is None, reason)
