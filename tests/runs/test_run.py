"""The state of a run at a clock that the tests set: shares, grace, patience."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.profile import IMC
from zigzag_imc.runs.job import Job, Outcome
from zigzag_imc.runs.local import HereFlag
from zigzag_imc.runs.run import Run
from zigzag_imc.solver.solution import SearchOptions, Solution

AIMC = load_accelerator("aimc")
CUT = Solution("UNKNOWN", "edp", reason="stopped")
FOUND = Solution("OPTIMAL", "edp")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return what sets the clock; it stands at 0 s."""

    def set_clock(seconds: float) -> None:
        monkeypatch.setattr("time.monotonic", lambda: seconds)

    set_clock(0.0)
    return set_clock


def _run(count: int, limit_s: float | None, own_limit_s: float | None = None) -> Run:
    """A run of equal jobs for one worker."""
    options = SearchOptions(time_limit_s=own_limit_s)
    layer = matmul_layer("layer", rows=2, out_channels=2, in_channels=2)
    jobs = [Job(layer, AIMC, IMC, "edp", options) for _ in range(count)]
    return Run(jobs, 1, HereFlag(), Budget.of(limit_s), None)


def test_equal_jobs_start_in_their_order(at: Callable[[float], None]) -> None:
    run = _run(3, None)
    assert [run.take()[0] for _ in range(3)] == [0, 1, 2]


def test_a_fifth_of_a_share_is_kept_back(at: Callable[[float], None]) -> None:
    """Of 100 s for four, 25 s each, of which 20 s are given."""
    assert _run(4, 100.0).take()[1].options.time_limit_s == pytest.approx(20.0)


def test_the_last_job_gets_all_that_is_left(at: Callable[[float], None]) -> None:
    run = _run(1, 100.0)
    at(30.0)
    assert run.take()[1].options.time_limit_s == pytest.approx(70.0)


def test_a_limit_of_its_own_that_is_shorter_stays(at: Callable[[float], None]) -> None:
    run = _run(4, 100.0, own_limit_s=5.0)
    index, job = run.take()
    assert job.options.time_limit_s == 5.0
    run.finish(index, Outcome(CUT, seconds=5.0))
    assert run.ended_by is None


def test_without_a_total_limit_jobs_stay_as_they_are(at: Callable[[float], None]) -> None:
    run = _run(1, None)
    assert run.take()[1] is run.jobs[0]


def test_a_search_cut_short_starts_again_with_what_is_left(at: Callable[[float], None]) -> None:
    """Of 25 s for two, 0.8 x 12.5 s = 10 s are the first one's; at least 20 s are wanted then.

    The clock stands at 1 s when the other one is done: 24 s are left, all for the first one.
    """
    run = _run(2, 25.0)
    first, job = run.take()
    assert job.options.time_limit_s == pytest.approx(10.0)
    at(1.0)
    run.finish(first, Outcome(CUT, seconds=10.0))
    second, _ = run.take()
    run.finish(second, Outcome(FOUND))
    assert run.open == [first]
    assert run.take()[1].options.time_limit_s == pytest.approx(24.0)


def test_too_little_time_for_twice_as_long_is_left_unused(at: Callable[[float], None]) -> None:
    """5 s are left, a search that took 10 s would need more than 20 s."""
    run = _run(2, 25.0)
    first, _ = run.take()
    at(20.0)
    run.finish(first, Outcome(CUT, seconds=10.0))
    second, _ = run.take()
    run.finish(second, Outcome(FOUND))
    assert run.open == []
    assert run.ended_by == "total time limit"


def test_after_the_limit_searches_get_a_tenth_of_it_and_half_a_second(
    at: Callable[[float], None],
) -> None:
    """10 s and then 0.1 x 10 s + 0.5 s: given up at 11.5 s."""
    run = _run(1, 10.0)
    at(9.9)
    run.check_deadline()
    assert not run.flag.value
    at(10.0)
    run.check_deadline()
    assert run.ended_by == "total time limit"
    at(11.4)
    assert not run.gave_up
    at(11.5)
    assert run.gave_up


def test_after_ctrl_c_searches_get_ten_seconds(at: Callable[[float], None]) -> None:
    run = _run(1, None)
    run.stop("interrupted")
    at(9.9)
    assert not run.gave_up
    at(10.0)
    assert run.gave_up


def test_a_second_ctrl_c_gives_up_at_once(at: Callable[[float], None]) -> None:
    run = _run(1, None)
    run.stop("interrupted")
    run.give_up()
    assert run.gave_up


def test_ctrl_c_is_told_after_the_limit_too(at: Callable[[float], None]) -> None:
    run = _run(1, None)
    run.stop("total time limit")
    run.stop("interrupted")
    run.stop("total time limit")
    assert run.stopped == "interrupted"


def test_patience_ends_at_the_limit(at: Callable[[float], None]) -> None:
    """Looks every 0.2 s, and 0.05 s before the limit after 0.05 s."""
    run = _run(1, 1.0)
    assert run.patience_s() == pytest.approx(0.2)
    at(0.95)
    assert run.patience_s() == pytest.approx(0.05)
    assert _run(1, None).patience_s() == pytest.approx(0.2)
