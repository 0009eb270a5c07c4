"""The state of a run of searches.

What is open, how long it may take, why it stops, and the news of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.objective import Stopped
from zigzag_imc.runs.job import Job, Outcome, combined, not_run

GRACE_S = 0.5
"""Seconds that searches get to come back after the total time limit, beside a tenth of the
limit."""

INTERRUPT_GRACE_S = 10.0
"""Seconds that searches get to come back after Ctrl-C."""

_PATIENCE_S = 0.2
"""Longest wait before looking at clock and flag again."""

_RESERVE = 0.2
"""Part of a share that is kept back for searches that take a little longer; what is left of it is
used later."""

_USED_UP = 0.9
"""Part of its share that a search has used where the share ended it."""

_LONGER = 2.0
"""A search that was cut short starts again only for so many times its time."""


@dataclass(frozen=True, slots=True)
class Progress:
    """News from a run: a search has started or finished.

    Attributes
    ----------
    layer
        Name of the layer, and of the engine where one searches.
    status
        ``None`` when its search has started, else how it ended.
    done, total
        Searches finished, and all.
    """

    layer: str
    status: str | None
    done: int
    total: int


ProgressCallback = Callable[[Progress], None]


class Flag(Protocol):
    """Something that can be raised once and read from everywhere."""

    value: bool


class Run:
    """State of one run: which jobs are open, how long they may take, why it stops.

    Parameters
    ----------
    jobs
        In the order of the results.
    workers
        How many run side by side.
    budget
        Time for all of them together.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        workers: int,
        flag: Flag,
        budget: Budget,
        progress: ProgressCallback | None,
    ) -> None:
        self.jobs, self.workers, self.flag = jobs, workers, flag
        self.open = sorted(range(len(jobs)), key=lambda index: (jobs[index].size, -index))
        self.outcomes: dict[int, Outcome] = {}
        self.stopped: Stopped | None = None
        self._grace: Budget | None = None
        self._shares: dict[int, float] = {}
        self._cut: set[int] = set()
        self._budget, self._progress = budget, progress

    def take(self) -> tuple[int, Job]:
        """Return the largest open job with its share of the time that is left.

        Time not used by a search passes to the later ones, so that every layer gets a fair chance
        of a mapping.
        """
        index = self.open.pop()
        job = self.jobs[index]
        left_s = self._budget.left_s
        if left_s is not None:
            job = self._limited(index, job, left_s)
        self._report(job, None)
        return index, job

    def _limited(self, index: int, job: Job, left_s: float) -> Job:
        """Return a job with its share of the time, where that is less than its own limit."""
        share_s = self._share_s(index, left_s)
        own_s = job.options.time_limit_s
        self._shares.pop(index, None)  # a search that its own limit ends is not cut short
        if own_s is not None and share_s >= own_s:
            return job
        self._shares[index] = share_s
        return replace(job, options=replace(job.options, time_limit_s=share_s))

    def _share_s(self, index: int, left_s: float) -> float:
        """Seconds for a job, so that all that wait get as much; for one that starts again, more."""
        again = index in self.outcomes
        waiting = 1 + len(self._cut if again else self.open)
        share_s = left_s * min(self.workers, waiting) / waiting
        if waiting > 1:
            share_s *= 1 - _RESERVE
        if again:
            share_s = min(left_s, max(share_s, _LONGER * self._shares[index]))
        return share_s

    def finish(self, index: int, outcome: Outcome) -> None:
        """Keep the outcome of a job.

        Once all have had their share, time that is left goes to those cut short.
        """
        known = self.outcomes.get(index)
        self.outcomes[index] = outcome if known is None else combined(known, outcome)
        if not self.outcomes[index].final:
            self._note_cut(index, outcome.seconds)
        self._report(self.jobs[index], self.outcomes[index].status)
        if self._cut and not self.open and not self.stopped:
            self._start_again()

    def _note_cut(self, index: int, seconds: float) -> None:
        """Note a search that its share of the time ended."""
        share_s = self._shares.pop(index, math.inf)
        if seconds >= _USED_UP * share_s:
            self._cut.add(index)
            self._shares[index] = seconds

    def _start_again(self) -> None:
        """Open the search that was cut short soonest, if there is time for a longer one."""
        left_s = self._budget.left_s
        if left_s is None:
            return
        shortest = min(self._cut, key=lambda cut: (self._shares[cut], cut))
        if left_s > max(_PATIENCE_S, _LONGER * self._shares[shortest]):
            self._cut.remove(shortest)
            self.open.append(shortest)

    def lose(self, index: int) -> None:
        """Note a job whose worker is gone: its search found nothing."""
        reason = "its worker process was killed (out of memory?)"
        self.finish(index, not_run(self.jobs[index], reason))

    @property
    def is_open(self) -> bool:
        """Whether jobs are left to be given away."""
        return bool(self.open)

    @property
    def is_stopped(self) -> bool:
        """Whether all searches are asked to come back."""
        return self.stopped is not None

    @property
    def ended_by(self) -> Stopped | None:
        """What ended the run, or a search of it, before its end."""
        return self.stopped or ("total time limit" if self._cut else None)

    def give_up(self) -> None:
        """Leave behind all searches that have not come back."""
        self._grace = Budget.of(0.0)

    def stop(self, why: Stopped) -> None:
        """Ask all searches to come back."""
        if self.stopped is not None and why != "interrupted":
            return
        self.stopped = why
        grace_s = GRACE_S + 0.1 * (self._budget.limit_s or 0.0)
        self._grace = Budget.of(INTERRUPT_GRACE_S if why == "interrupted" else grace_s)
        self.flag.value = True

    def check_deadline(self) -> None:
        """Stop when the total time limit is over."""
        if self._budget.is_over():
            self.stop("total time limit")

    def patience_s(self) -> float:
        """Seconds to wait for news before looking at the clock again."""
        due = self._grace if self.stopped else self._budget
        left_s = None if due is None else due.left_s
        return _PATIENCE_S if left_s is None else min(_PATIENCE_S, left_s)

    @property
    def gave_up(self) -> bool:
        """Whether searches that have not come back by now are left behind."""
        return self._grace is not None and self._grace.is_over()

    def results(self) -> list[Outcome]:
        """Return all outcomes in the order of the jobs."""
        why = (
            "the run was interrupted"
            if self.stopped == "interrupted"
            else "the total time limit was over"
        )
        return [
            self.outcomes.get(index) or not_run(job, f"{why} before its search found a mapping")
            for index, job in enumerate(self.jobs)
        ]

    def _report(self, job: Job, status: str | None) -> None:
        if self._progress is not None:
            self._progress(Progress(job.label, status, len(self.outcomes), len(self.jobs)))
