"""How many problems go to a worker together."""

from __future__ import annotations

from dataclasses import dataclass

TASK_S = 5.0
"""Seconds that a task is to take, where its size is free: what a kill costs at most."""

MOST_TOGETHER = 100
"""Problems of the largest task of free size."""

_SHARES = 4
"""Tasks that are left for each worker, at least, so that none idles long at the end."""

_WEIGHT = 0.5
"""How much the last task counts in the time of a problem."""


@dataclass
class Pace:
    """The size of the next task.

    Neighbouring problems have much in common, which a worker works out once; so tasks grow as far
    as their time allows.

    Attributes
    ----------
    least
        Problems of a task at least, and of all tasks where the size is not free.
    workers
        Workers side by side.
    is_free
        Whether tasks may be larger.
    problem_s
        Seconds of a problem, as the last tasks had it; ``None`` before the first one came back.
    """

    least: int
    workers: int = 1
    is_free: bool = False
    problem_s: float | None = None

    def hear(self, problems: int, seconds: float) -> None:
        """Hear how long a task took."""
        if problems:
            latest = seconds / problems
            before = latest if self.problem_s is None else self.problem_s
            self.problem_s = _WEIGHT * latest + (1 - _WEIGHT) * before

    def together(self, left: int) -> int:
        """Return the problems of the next task, where about so many are left in all."""
        if not self.is_free or self.problem_s is None:
            return self.least
        in_time = int(TASK_S / max(self.problem_s, TASK_S / MOST_TOGETHER))
        return max(self.least, min(in_time, left // (_SHARES * self.workers)))
