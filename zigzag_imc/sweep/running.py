"""A sweep under way: problems out to workers, answers into the store, news of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from zigzag_imc.core.objective import Stopped
from zigzag_imc.runs.run import INTERRUPT_GRACE_S, Flag
from zigzag_imc.sweep.problems import Problem
from zigzag_imc.sweep.record import FAILED, failed
from zigzag_imc.sweep.store import Store
from zigzag_imc.sweep.task import Found, Task

MOST_LOST = 2
"""Times that a problem may lose its worker before it is given up."""

_PATIENCE_S = 0.2


@dataclass(slots=True)
class Counts:
    """How far a sweep is.

    Attributes
    ----------
    total
        Points, which are layers on accelerators under questions, of the accelerators looked at so
        far; equal ones count as often as they are asked.
    expected
        Points of all accelerators, as those looked at so far let expect.
    done
        Those that need nothing more.
    solved, failed
        Those that were solved in this sweep, and those among them that met a fault.
    """

    total: int = 0
    expected: int = 0
    done: int = 0
    solved: int = 0
    failed: int = 0

    @property
    def known(self) -> int:
        """Points that needed no search: equal ones, and those solved before."""
        return self.done - self.solved


ProgressCallback = Callable[[Counts], None]


class SweepRun:
    """Gives tasks to workers and keeps what they find.

    An `zigzag_imc.runs.workers.Assigner`.

    Parameters
    ----------
    tasks
        What there is to do; made while workers are busy.
    store
        Where answers go, a transaction for each task.
    counts
        How far the sweep is; changed as it goes on.
    """

    def __init__(
        self,
        tasks: Iterator[Task],
        store: Store,
        counts: Counts,
        workers: int,
        flag: Flag,
        progress: ProgressCallback | None = None,
    ) -> None:
        self.workers, self.flag, self.counts = workers, flag, counts
        self.stopped: Stopped | None = None
        self._tasks, self._store, self._progress = tasks, store, progress
        self._again: deque[Task] = deque()
        self._next: Task | None = None
        self._given: dict[int, Task] = {}
        self._number = 0
        self._lost: dict[bytes, int] = {}
        self._gives_up_at = float("inf")

    # ------------------------------------------------------------------ for the workers
    @property
    def is_open(self) -> bool:
        """Whether any task is left."""
        if self._next is None:
            self._next = self._again.popleft() if self._again else next(self._tasks, None)
        return self._next is not None

    @property
    def is_stopped(self) -> bool:
        """Whether no more tasks are given away."""
        return self.stopped is not None

    @property
    def gave_up(self) -> bool:
        """Whether workers that have not come back by now are left behind."""
        return time.monotonic() >= self._gives_up_at

    def take(self) -> tuple[int, Task]:
        """Give away the next task."""
        assert self.is_open
        assert self._next is not None
        task, self._next = self._next, None
        self._number += 1
        self._given[self._number] = task
        return self._number, task

    def finish(self, index: int, found: Found) -> None:
        """Write what a task found; problems without an answer are given away again."""
        task = self._given.pop(index)
        self._keep(found)
        answered = {key for key, _ in found}
        if not self.is_stopped:
            self._give_again(one for one in task.problems if one.key not in answered)

    def lose(self, index: int) -> None:
        """Give the problems of a lost worker to others, one by one; not forever."""
        self._give_again(self._given.pop(index).problems)

    def _give_again(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self._lost[problem.key] = self._lost.get(problem.key, 0) + 1
            if self._lost[problem.key] <= MOST_LOST:
                self._again.append(Task((problem,)))
            else:
                reason = "its worker process was killed again and again (out of memory?)"
                self._keep(((problem.key, failed(reason).text()),))

    def check_deadline(self) -> None:
        """Do nothing: a sweep has no deadline."""

    def patience_s(self) -> float:
        """Seconds to wait for news."""
        return _PATIENCE_S

    # ------------------------------------------------------------------ for Ctrl-C
    def stop(self, why: Stopped) -> None:
        """Ask all searches to come back."""
        self.stopped = why
        self.flag.value = True
        self._gives_up_at = time.monotonic() + INTERRUPT_GRACE_S

    def give_up(self) -> None:
        """Leave behind all workers that have not come back."""
        self._gives_up_at = 0.0

    # ------------------------------------------------------------------ parts
    def _keep(self, found: Found) -> None:
        self._store.keep(found)
        self.counts.done += len(found)
        self.counts.solved += len(found)
        self.counts.failed += sum(f'"status":"{FAILED}"' in text for _, text in found)
        if self._progress is not None:
            self._progress(self.counts)
