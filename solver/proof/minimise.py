"""The proof loop: survey all spatial mappings, then close those that are left, batch by batch.

1. The survey (`presolve.survey`) bounds every spatial mapping and keeps those that can still beat
  the incumbent.
2. By rising bound, they go into CP-SAT models (`batch`), which find better mappings or prove that
  there are none. With the last batch closed, the incumbent is proved optimal; before that, the
  least of the bounds of closed and open batches is a certified bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.standing import Standing
from zigzag_imc.solver.presolve.survey import survey
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.batch import Batch
from zigzag_imc.solver.proof.deepening import Deepening
from zigzag_imc.solver.proof.verdict import UNBOUNDED, Verdict, at_the_gap
from zigzag_imc.solver.solution import STOPPED


def minimise(bench: Workbench, goal: Goal) -> Verdict:
    """Find and prove the best mapping within the goal's limits.

    Where tiles may have any sizes, the best of those that divide is a first mapping.
    """
    if bench.has_any_sizes:
        score_among_divisors(bench, goal)
    standing = Standing(bench.scores.best_for(goal), bench.options.cutoff)
    unseen = survey(bench, goal, standing)
    if math.isfinite(unseen):
        return _verdict(standing, min(unseen, standing.least_waiting), UNBOUNDED)
    standing.sort_waiting()
    closed = _close_batches(bench, goal, standing)
    # Every mapping is in a batch that is closed, or waits, or is not better than the incumbent.
    return _verdict(standing, min(closed.bound, standing.least_waiting), closed.reason)


def score_among_divisors(bench: Workbench, goal: Goal) -> None:
    """Score the best mapping whose tiles divide, among others; all scores are kept."""
    minimise(bench.among_divisors(), goal)


@dataclass(frozen=True, slots=True)
class _Closed:
    """What is proved of the batches so far.

    Attributes
    ----------
    bound
        The least of their bounds.
    reason
        Why one of them, or the search, ended early; ``None`` where none did.
    is_last
        Whether the search ends with them.
    """

    bound: float = math.inf
    reason: str | None = None
    is_last: bool = False

    def and_batch(self, verdict: Verdict) -> _Closed:
        """Add a batch."""
        bound = min(self.bound, verdict.bound)
        if verdict.stopped:  # whatever ended a batch before, this is why the gap is not smaller
            return _Closed(bound, verdict.reason, is_last=True)
        return _Closed(bound, self.reason or verdict.reason)

    def and_stopped(self) -> _Closed:
        """End where a limit or the user says so."""
        return _Closed(self.bound, STOPPED, is_last=True)

    def and_at_the_gap(self, gap: float) -> _Closed:
        """End at the gap asked for."""
        return _Closed(self.bound, self.reason or at_the_gap(gap), is_last=True)


def _close_batches(bench: Workbench, goal: Goal, standing: Standing) -> _Closed:
    """Close batch after batch, by rising bound, as long as one can hold a better mapping."""
    closed, close = _Closed(), _closing(bench, goal, standing)
    while not closed.is_last and _may_hold_better(standing):
        closed = _go_on(bench, standing, closed, close)
    return closed


def _closing(bench: Workbench, goal: Goal, standing: Standing) -> Callable[[], Verdict]:
    """Return what closes the next of the spatial mappings that wait."""
    if bench.has_any_sizes:
        return Deepening(bench, goal, standing).go_on
    return lambda: Batch(bench, goal, standing).prove()


def _may_hold_better(standing: Standing) -> bool:
    """Whether one of the spatial mappings that wait can hold a better mapping."""
    return standing.least_waiting < standing.value * (1 - RESOLUTION)


def _go_on(
    bench: Workbench, standing: Standing, closed: _Closed, close: Callable[[], Verdict]
) -> _Closed:
    """Close one more batch, or say why not."""
    if _within_the_gap(bench, standing):
        return closed.and_at_the_gap(bench.options.gap)
    if bench.budget.is_over():
        return closed.and_stopped()
    return closed.and_batch(close())


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
    is_proved = bound >= standing.value * (1 - RESOLUTION)
    return Verdict(standing.best, min(bound, standing.value), None if is_proved else reason)
