"""A sweep under way: problems out to workers, answers into the store, news of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from zigzag_imc.runs.run import Flag
from zigzag_imc.sweep.endless import MOST_LOST, EndlessRun
from zigzag_imc.sweep.record import FAILED, failed
from zigzag_imc.sweep.store import Store
from zigzag_imc.sweep.task import AnyProblem, Found, Task, Tasks


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


class SweepRun(EndlessRun):
    """Gives tasks to workers and keeps what they find.

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
        tasks: Tasks,
        store: Store,
        counts: Counts,
        workers: int,
        flag: Flag,
        progress: ProgressCallback | None = None,
    ) -> None:
        super().__init__(workers, flag)
        self.counts = counts
        self._tasks, self._store, self._progress = tasks, store, progress
        self._again: deque[Task] = deque()
        self._next: Task | None = None
        self._given: dict[int, Task] = {}
        self._since: dict[int, float] = {}
        self._number = 0
        self._lost: dict[bytes, int] = {}

    # ------------------------------------------------------------------ for the workers
    @property
    def is_open(self) -> bool:
        """Whether any task is left."""
        if self._next is None:
            self._next = self._again.popleft() if self._again else next(self._tasks, None)
        return self._next is not None

    def take(self) -> tuple[int, Task]:
        """Give away the next task."""
        assert self.is_open
        assert self._next is not None
        task, self._next = self._next, None
        self._number += 1
        self._given[self._number] = task
        self._since[self._number] = time.monotonic()
        return self._number, task

    def finish(self, index: int, found: Found) -> None:
        """Write what a task found; problems without an answer are given away again."""
        task = self._given.pop(index)
        self._tasks.pace.hear(len(found), time.monotonic() - self._since.pop(index))
        self._keep(found)
        answered = {key for key, _ in found}
        if not self.is_stopped:
            self._give_again(one for one in task.problems if one.key not in answered)

    def lose(self, index: int) -> None:
        """Give the problems of a lost worker to others, one by one; not forever."""
        self._since.pop(index)
        self._give_again(self._given.pop(index).problems)

    def _give_again(self, problems: Iterable[AnyProblem]) -> None:
        for problem in problems:
            self._lost[problem.key] = self._lost.get(problem.key, 0) + 1
            if self._lost[problem.key] <= MOST_LOST:
                self._again.append(Task((problem,)))
            else:
                reason = "its worker process was killed again and again (out of memory?)"
                self._keep(((problem.key, failed(reason).text()),))

    # ------------------------------------------------------------------ parts
    def _keep(self, found: Found) -> None:
        self._store.keep(found)
        self.counts.done += len(found)
        self.counts.solved += len(found)
        self.counts.failed += sum(f'"status":"{FAILED}"' in text for _, text in found)
        if self._progress is not None:
            self._progress(self.counts)
