"""Tasks of a sweep are as large as their time and the others' share allow."""

from __future__ import annotations

from typing import Any

from zigzag_imc.sweep.pace import MOST_TOGETHER, TASK_S, Pace
from zigzag_imc.sweep.task import Tasks

MANY = 10_000


def test_tasks_of_a_size_that_was_asked_for_stay_so() -> None:
    pace = Pace(200)
    pace.hear(200, 1000.0)
    assert pace.together(MANY) == 200


def test_the_first_tasks_are_small() -> None:
    assert Pace(8, is_free=True).together(MANY) == 8


def test_tasks_grow_as_far_as_their_time_allows() -> None:
    for problem_s, size in ((1e-6, MOST_TOGETHER), (TASK_S / 50, 50), (60.0, 8)):
        pace = Pace(8, is_free=True)
        pace.hear(8, 8 * problem_s)
        assert abs(pace.together(MANY) - size) <= 1


def test_slow_problems_make_tasks_small_again() -> None:
    pace = Pace(8, is_free=True)
    pace.hear(8, 0.008)
    for _ in range(10):
        pace.hear(100, 100.0)
    assert pace.together(MANY) == 8


def test_the_last_tasks_are_shared_out() -> None:
    pace = Pace(8, workers=2, is_free=True)
    pace.hear(8, 0.008)
    assert pace.together(400) == 50
    assert pace.together(10) == 8


def test_every_problem_is_in_one_task() -> None:
    pace = Pace(8, is_free=True)
    problems: list[Any] = list(range(1000))
    tasks = Tasks(problems, pace, lambda: MANY)
    found: list[Any] = []
    for task in tasks:
        found += task.problems
        pace.hear(len(task.problems), 1e-3)
    assert found == problems
