"""The proof loop: survey all spatial mappings, then close those that are left, batch by batch.

1. The survey (`presolve.survey`) bounds every spatial mapping and keeps those that can still beat
  the incumbent.
2. By rising bound, they go into CP-SAT models (`batch`), which find better mappings or prove that
  there are none. With the last batch closed, the incumbent is proved optimal; before that, the
  least of the bounds of closed and open batches is a certified bound.
"""

from __future__ import annotations

import math

from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.standing import Standing
from zigzag_imc.solver.presolve.survey import survey
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.batch import Batch
from zigzag_imc.solver.proof.verdict import UNBOUNDED, Verdict, at_the_gap
from zigzag_imc.solver.solution import STOPPED


def minimise(bench: Workbench, goal: Goal) -> Verdict:
    """Find and prove the best mapping within the goal's limits."""
    standing = Standing(bench.scores.best_for(goal), bench.options.cutoff)
    unseen = survey(bench, goal, standing)
    if math.isfinite(unseen):
        return _verdict(standing, min(unseen, standing.least_waiting), UNBOUNDED)
    standing.sort_waiting()
    closed, reason = _close_batches(bench, goal, standing)
    # Every mapping is in a batch that is closed, or waits, or is not better than the incumbent.
    return _verdict(standing, min(closed, standing.least_waiting), reason)


def _close_batches(bench: Workbench, goal: Goal, standing: Standing) -> tuple[float, str | None]:
    """Close batch after batch, by rising bound, as long as one can hold a better mapping.

    Return the least bound of those batches, and why the search ended early, where it did.
    """
    closed, reason = math.inf, None
    while standing.waiting and standing.least_waiting < standing.value * (1 - RESOLUTION):
        if _within_the_gap(bench, standing):
            return closed, reason or at_the_gap(bench.options.gap)
        if bench.budget.is_over():
            return closed, STOPPED
        verdict = Batch(bench, goal, standing).prove()
        closed = min(closed, verdict.bound)
        if verdict.stopped:  # whatever ended a batch before, this is why the gap is not smaller
            return closed, verdict.reason
        reason = reason or verdict.reason
    return closed, reason


def _within_the_gap(bench: Workbench, standing: Standing) -> bool:
    """Whether the incumbent is as close to the bound of all that waits as was asked for."""
    if standing.best is None:
        return False
    return standing.least_waiting >= standing.value * (1 - bench.options.gap)


def _verdict(standing: Standing, bound: float, reason: str | None) -> Verdict:
    """Say what is proved.

    The optimum where nothing ended the search early, and where a better mapping closed what a batch
    had left open.
    """
    if bound >= standing.value * (1 - RESOLUTION):
        reason = None
    return Verdict(standing.best, min(bound, standing.value), reason)
