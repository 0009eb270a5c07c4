"""The proof loop: survey all spatial mappings, then close those that are left, batch by batch.

1. The survey (`presolve.survey`) bounds every spatial mapping and keeps those that can still beat
  the incumbent.
2. By rising bound, they go into CP-SAT models (`batch`), which find better mappings or prove that
  there are none.
3. CP-SAT has the last word on what remains (`remaining`): when it says that nothing can be better,
  the incumbent is proved optimal; before that, the least of the bounds of closed and open batches
  is a certified bound.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.standing import Standing
from zigzag_imc.solver.presolve.survey import IN_VAIN, survey
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.batch import Batch
from zigzag_imc.solver.proof.remaining import Remaining
from zigzag_imc.solver.proof.verdict import UNBOUNDED, Verdict
from zigzag_imc.solver.solution import STOPPED, at_the_gap

if TYPE_CHECKING:
    from zigzag_imc.solver.proof.deepening import Deepening


def minimise(bench: Workbench, goal: Goal) -> Verdict:
    """Find and prove the best mapping within the goal's limits.

    Where tiles may have any sizes, the best of those that divide is a first mapping.
    """
    bench.listings = [listing.prepared(goal) for listing in bench.listings]
    if bench.has_any_sizes:
        score_among_divisors(bench, goal)
    standing = Standing(bench.scores.best_for(goal), bench.options.cutoff)
    unseen = survey(bench, goal, standing, partial(_look_for_better, bench, goal, standing))
    may_be_better = unseen < standing.value * (1 - RESOLUTION)
    if may_be_better:
        return Verdict(standing.best, min(unseen, standing.least_waiting), UNBOUNDED)
    standing.sort_waiting()
    return _Loop(bench, goal, standing).to_the_end(_Closed(unseen))


def _look_for_better(bench: Workbench, goal: Goal, standing: Standing) -> None:
    """Let CP-SAT look for a better mapping under the first of the spatial mappings that wait.

    A better one spares the survey what cannot beat it. Nothing is said to be proved: all of them
    wait as before.
    """
    if bench.has_any_sizes or not standing.waiting or bench.budget.is_over():
        return
    standing.sort_waiting()
    trial = Standing(standing.best, standing.cutoff, standing.waiting.copy())
    Batch(bench, goal, trial).prove()
    taken = itertools.islice(standing.waiting, len(standing.waiting) - len(trial.waiting))
    bench.ledger.leave(each.place for each in taken)
    standing.offer(trial.best)


def score_among_divisors(bench: Workbench, goal: Goal) -> None:
    """Score good mappings whose tiles divide, as a rule the best; all scores are kept.

    Nothing is proved of them: the survey ends where it meets no better ones any more.
    """
    among = bench.among_divisors()
    standing = Standing(among.scores.best_for(goal), among.options.cutoff)
    survey(among, goal, standing, partial(_look_for_better, among, goal, standing), IN_VAIN)
    standing.sort_waiting()
    _Loop(among, goal, standing).to_the_end(_Closed())


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


def _deepening(bench: Workbench, goal: Goal, standing: Standing) -> Deepening:
    """Return what closes spatial mappings whose tiles may have any size."""
    from zigzag_imc.solver.proof.corner import prove_corner
    from zigzag_imc.solver.proof.deepening import Deepening

    return Deepening(bench, goal, standing, partial(prove_corner, bench))


class _Loop:
    """Batches closed one after the other, until CP-SAT refutes all that remains."""

    def __init__(self, bench: Workbench, goal: Goal, standing: Standing) -> None:
        self._bench, self._goal, self._standing = bench, goal, standing
        self._remaining = Remaining(bench, standing)
        self._deepening = _deepening(bench, goal, standing) if bench.has_any_sizes else None

    def to_the_end(self, closed: _Closed) -> Verdict:
        """Close batch after batch, by rising bound, as long as one can hold a better mapping."""
        while not closed.is_last and self._may_hold_better():
            closed = self._go_on(closed)
        return self._verdict(closed)

    def _may_hold_better(self) -> bool:
        """Whether one of the spatial mappings that wait can hold a better mapping.

        CP-SAT says so; what no longer waits, it does not say it of.
        """
        if self._remaining.is_refuted():
            return False
        return self._standing.least_waiting < self._remaining.most

    def _go_on(self, closed: _Closed) -> _Closed:
        """Close one more batch, or say why not."""
        if self._within_the_gap():
            return closed.and_at_the_gap(self._bench.options.gap)
        if self._bench.budget.is_over():
            return closed.and_stopped()
        waited = tuple(self._standing.waiting)
        batch = self._deepening or Batch(self._bench, self._goal, self._standing)
        verdict = batch.prove()
        of_batch = waited[: len(waited) - len(self._standing.waiting)]
        self._remaining.take(of_batch, batch, verdict)
        return closed.and_batch(verdict)

    def _within_the_gap(self) -> bool:
        """Whether the incumbent is as close to the bound of all that waits as was asked for."""
        standing = self._standing
        if standing.best is None:
            return False
        return standing.least_waiting >= standing.value * (1 - self._bench.options.gap)

    def _verdict(self, closed: _Closed) -> Verdict:
        """Say what is proved: the optimum where CP-SAT has refuted all that remains.

        That may be so though a batch was left open: a better mapping has closed it since.
        """
        best, value, waiting = self._standing.best, self._standing.value, self._standing
        if self._remaining.is_refuted():
            # What waits cannot be better, though its own bound may not say so.
            of_waiting = max(waiting.least_waiting, self._remaining.most)
            return Verdict(best, min(closed.bound, of_waiting, value))
        bound = min(closed.bound, waiting.least_waiting, value)
        return Verdict(best, bound, closed.reason or STOPPED)
