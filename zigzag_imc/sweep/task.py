"""Problems that go to a worker together, and what it sends back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from zigzag_imc.core.errors import ZigzagImcError
from zigzag_imc.core.one_line import one_line
from zigzag_imc.sweep.kept_record import KeptRecord
from zigzag_imc.sweep.network_problem import NetworkProblem
from zigzag_imc.sweep.pace import Pace
from zigzag_imc.sweep.problems import Problem
from zigzag_imc.sweep.record import PointRecord, failed

AnyProblem = Problem | NetworkProblem
"""A layer, or a network whose layers are mapped together."""

Found = tuple[tuple[bytes, str], ...]
"""Keys of problems, and the records of their solutions as text."""

_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Task:
    """Problems that one worker solves one after the other.

    Attributes
    ----------
    problems
        What to solve; those on the same accelerator share it.
    """

    problems: tuple[AnyProblem, ...]

    def run(self, should_stop: Callable[[], bool]) -> Found:
        """Solve them; those that were not begun when a stop was asked for are left out."""
        found = []
        for problem in self.problems:
            if should_stop():
                break
            record = solved(problem, should_stop)
            is_cut_short = should_stop() and not record.is_proved
            if not is_cut_short:
                found.append((problem.key, record.text()))
        return tuple(found)

    def split(self) -> tuple[Task, ...]:
        """Return a task for each problem."""
        return tuple(Task((problem,)) for problem in self.problems)


class Tasks(Iterator[Task]):
    """Problems cut into tasks, as they come.

    Parameters
    ----------
    problems
        What there is to solve.
    pace
        Says how many problems make a task, and hears how long tasks took.
    left
        Says about how many problems are left.
    """

    def __init__(self, problems: Iterable[AnyProblem], pace: Pace, left: Callable[[], int]) -> None:
        self._problems, self.pace, self._left = iter(problems), pace, left

    def __next__(self) -> Task:
        found = tuple(islice(self._problems, self.pace.together(self._left())))
        if not found:
            raise StopIteration
        return Task(found)


def solved(problem: AnyProblem, should_stop: Callable[[], bool]) -> PointRecord | KeptRecord:
    """Solve a problem; whatever goes wrong is its answer, so that the rest can go on."""
    try:
        return problem.solve(should_stop)
    except ZigzagImcError as error:
        return failed(one_line(str(error))[:_LONGEST_REASON])
    except Exception as error:  # a fault of one point must not end a sweep of thousands
        return failed(one_line(f"{type(error).__name__}: {error}")[:_LONGEST_REASON])
