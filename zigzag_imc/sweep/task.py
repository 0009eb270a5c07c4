"""Problems that go to a worker together, and what it sends back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from zigzag_imc.core.errors import ZigzagImcError
from zigzag_imc.core.one_line import one_line
from zigzag_imc.models.profile import profile_named
from zigzag_imc.runs.job import Job, run_job
from zigzag_imc.solver.solution import SearchOptions
from zigzag_imc.sweep.problems import Problem
from zigzag_imc.sweep.record import PointRecord, failed

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

    problems: tuple[Problem, ...]

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


def cut(problems: Iterable[Problem], most: int) -> Iterator[Task]:
    """Cut problems into tasks of so many, as they come."""
    left = iter(problems)
    while together := tuple(islice(left, most)):
        yield Task(together)


def solved(problem: Problem, should_stop: Callable[[], bool]) -> PointRecord:
    """Solve a problem; whatever goes wrong is its answer, so that the rest can go on."""
    question = problem.question
    options = SearchOptions(
        time_limit_s=question.time_limit_s,
        gap=question.gap,
        space=question.space(problem.constraints),
        counted=False,
    )
    try:
        job = Job(
            problem.layer,
            problem.accelerator,
            profile_named(question.cost_model),
            question.objective,
            options,
        )
        outcome = run_job(job, should_stop)
        return PointRecord.of(problem.layer, problem.accelerator, outcome, question.time_limit_s)
    except ZigzagImcError as error:
        return failed(one_line(str(error))[:_LONGEST_REASON])
    except Exception as error:  # a fault of one point must not end a sweep of thousands
        return failed(one_line(f"{type(error).__name__}: {error}")[:_LONGEST_REASON])
