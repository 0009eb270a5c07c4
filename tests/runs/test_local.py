"""Searches side by side: order, limits, interruption, faults."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.context import SpawnProcess

import pytest

from tests.commands.networks import small_layer
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.errors import MappingError, OptionError
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.profile import IMC
from zigzag_imc.runs import local as parallel
from zigzag_imc.runs.job import Job, Outcome
from zigzag_imc.runs.local import run_jobs
from zigzag_imc.runs.run import Progress
from zigzag_imc.solver.solution import SearchOptions, Solution

AIMC = load_accelerator("aimc")
Search = Callable[[Job, Callable[[], bool]], Outcome]


def _jobs(*sizes: int, time_limit: float | None = None) -> list[Job]:
    options = SearchOptions(time_limit_s=time_limit)
    return [
        Job(
            matmul_layer(f"layer{size}", rows=size, out_channels=8, in_channels=8),
            AIMC,
            IMC,
            "edp",
            options,
        )
        for size in sizes
    ]


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch) -> Callable[[Search], None]:
    """Return a function that puts another search in the place of the real one.

    For runs in this process.
    """

    def put(stand_in: Search) -> None:
        monkeypatch.setattr(parallel, "run_job", stand_in)
        monkeypatch.setattr(parallel, "prepare", lambda: None)

    return put


class _Clock:
    """A clock that stands still but while a stand-in says that it searches."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def pass_by(self, seconds: float) -> None:
        self.now_s += seconds

    def budget(self, limit_s: float) -> Budget:
        return Budget.of(limit_s, clock=self)


def _found(job: Job, should_stop: Callable[[], bool]) -> Outcome:
    return Outcome(Solution("UNKNOWN", "edp", reason=job.layer.name))


def _ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def _until_interrupted(job: Job, should_stop: Callable[[], bool]) -> Outcome:
    _ctrl_c()
    return _until_stopped(job, should_stop)


def _until_stopped(job: Job, should_stop: Callable[[], bool]) -> Outcome:
    while not should_stop():
        time.sleep(0.01)
    return Outcome(Solution("UNKNOWN", "edp", reason="stopped"))


def _reasons(outcomes: list[Outcome]) -> list[str | None]:
    return [outcome.solution.reason if outcome.solution else None for outcome in outcomes]


def test_results_keep_the_order_though_the_largest_starts_first(
    search: Callable[[Search], None],
) -> None:
    search(_found)
    news: list[Progress] = []
    outcomes, stopped = run_jobs(_jobs(2, 16, 4), 1, progress=news.append)
    assert _reasons(outcomes) == ["layer2", "layer16", "layer4"]
    assert [item.layer for item in news if item.status is None] == ["layer16", "layer4", "layer2"]
    assert [(item.done, item.total) for item in news if item.status] == [(1, 3), (2, 3), (3, 3)]
    assert stopped is None


def test_total_limit_stops_what_runs_and_skips_the_rest(search: Callable[[Search], None]) -> None:
    search(_until_stopped)
    started = time.monotonic()
    outcomes, stopped = run_jobs(_jobs(2, 4), 1, budget=Budget.of(0.3))
    assert time.monotonic() - started < 0.3 * 1.1 + 1
    assert stopped == "total time limit"
    assert _reasons(outcomes) == [
        "the total time limit was over before its search found a mapping",
        "stopped",
    ]


def test_a_search_that_does_not_stop_is_left_behind(search: Callable[[Search], None]) -> None:
    release = threading.Event()

    def deaf(job: Job, should_stop: Callable[[], bool]) -> Outcome:
        release.wait(30)
        return _found(job, should_stop)

    search(deaf)
    started = time.monotonic()
    outcomes, stopped = run_jobs(_jobs(2), 1, budget=Budget.of(0.2))
    release.set()
    assert time.monotonic() - started < 0.2 * 1.1 + 1
    assert stopped == "total time limit"
    assert outcomes[0].status == "UNKNOWN"


def test_every_layer_gets_a_share_of_the_total_limit(search: Callable[[Search], None]) -> None:
    clock, limits = _Clock(), list[float | None]()

    def note(job: Job, should_stop: Callable[[], bool]) -> Outcome:
        limits.append(job.options.time_limit_s)
        return _found(job, should_stop)

    search(note)
    run_jobs(_jobs(2, 4, 8, 16), 1, budget=clock.budget(100))
    # A part is kept back except for the last one; what is not used passes on.
    assert limits == pytest.approx([0.8 * 25, 0.8 * 100 / 3, 0.8 * 50, 100])
    limits.clear()
    run_jobs(_jobs(2, 4, time_limit=3), 1, budget=clock.budget(100))
    assert limits == [3, 3]


def test_ctrl_c_collects_what_was_found(search: Callable[[Search], None]) -> None:
    search(_until_interrupted)
    outcomes, stopped = run_jobs(_jobs(2, 4), 1)
    assert stopped == "interrupted"
    assert _reasons(outcomes) == [
        "the run was interrupted before its search found a mapping",
        "stopped",
    ]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_time_that_is_left_goes_to_searches_cut_short(search: Callable[[Search], None]) -> None:
    clock, limits = _Clock(), dict[str, list[float]]()

    def one_is_slow(job: Job, should_stop: Callable[[], bool]) -> Outcome:
        limit = job.options.time_limit_s
        assert limit is not None
        limits.setdefault(job.label, []).append(limit)
        if job.label == "layer8" and limit < 0.5:
            clock.pass_by(limit)
            return Outcome(Solution("UNKNOWN", "edp", reason="stopped"), seconds=limit)
        return Outcome(Solution("OPTIMAL", "edp"))

    search(one_is_slow)
    outcomes, stopped = run_jobs(_jobs(2, 4, 8), 1, budget=clock.budget(1.0))
    assert limits["layer8"] == pytest.approx([0.8 / 3, 1 - 0.8 / 3])
    assert (len(limits["layer2"]), len(limits["layer4"])) == (1, 1)
    assert [outcome.status for outcome in outcomes] == ["OPTIMAL"] * 3
    assert stopped is None


def test_searches_that_their_own_limit_ends_are_not_cut_short(
    search: Callable[[Search], None],
) -> None:
    clock, limits = _Clock(), list[float]()

    def one_is_slow(job: Job, should_stop: Callable[[], bool]) -> Outcome:
        limit = job.options.time_limit_s
        assert limit is not None
        if job.label != "layer8":
            return Outcome(Solution("OPTIMAL", "edp"))
        limits.append(limit)
        clock.pass_by(limit)
        return Outcome(Solution("UNKNOWN", "edp", reason="stopped"), seconds=limit)

    search(one_is_slow)
    _, stopped = run_jobs(_jobs(2, 4, 8, time_limit=0.8), 1, budget=clock.budget(2.0))
    assert limits == pytest.approx([0.8 * 2 / 3, 0.8])  # its share, then all of its own limit
    assert stopped is None


def test_no_time_left_for_searches_cut_short_is_said(search: Callable[[Search], None]) -> None:
    clock = _Clock()

    def slow(job: Job, should_stop: Callable[[], bool]) -> Outcome:
        assert job.options.time_limit_s is not None
        clock.pass_by(job.options.time_limit_s)
        return Outcome(
            Solution("UNKNOWN", "edp", reason="stopped"), seconds=job.options.time_limit_s
        )

    search(slow)
    outcomes, stopped = run_jobs(_jobs(2, 4), 1, budget=clock.budget(0.5))
    assert _reasons(outcomes) == ["stopped", "stopped"]
    assert stopped == "total time limit"


def test_a_second_ctrl_c_keeps_what_has_come_back(search: Callable[[Search], None]) -> None:
    release = threading.Event()

    def deaf(job: Job, should_stop: Callable[[], bool]) -> Outcome:
        if job.label == "layer2":
            _until_interrupted(job, should_stop)
            _ctrl_c()
            release.wait(30)
        return _found(job, should_stop)

    search(deaf)
    outcomes, stopped = run_jobs(_jobs(2, 4), 1)
    release.set()
    assert stopped == "interrupted"
    assert _reasons(outcomes) == [
        "the run was interrupted before its search found a mapping",
        "layer4",
    ]


def test_errors_of_a_search_reach_the_caller(search: Callable[[Search], None]) -> None:
    def broken(job: Job, should_stop: Callable[[], bool]) -> Outcome:
        raise MappingError("of no use")

    search(broken)
    with pytest.raises(MappingError, match="of no use"):
        run_jobs(_jobs(2), 1)


def test_no_jobs_are_no_work() -> None:
    assert run_jobs([]) == ([], None)


def test_processes_find_the_same_as_one() -> None:
    objectives: dict[str, Objective] = {"a": "energy", "b": "latency", "c": "edp"}
    jobs = [
        Job(small_layer().replace(name=name), AIMC, IMC, objective, SearchOptions())
        for name, objective in objectives.items()
    ]
    news: list[Progress] = []
    apart, stopped = run_jobs(jobs, 2, progress=news.append)
    together, _ = run_jobs(jobs, 1)
    assert stopped is None
    assert {item.layer for item in news if item.status == "OPTIMAL"} == {"a", "b", "c"}
    for one, other in zip(apart, together, strict=True):
        assert one.solution is not None
        assert other.solution is not None
        assert one.solution.mapping == other.solution.mapping
        assert one.solution.objective_value == other.solution.objective_value
        assert one.solution.cost is not None
        assert other.solution.cost is not None
        assert one.solution.cost.terms == other.solution.cost.terms


def test_a_worker_that_dies_costs_only_its_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    from zigzag_imc.runs import workers

    killed: list[int] = []
    give = workers._Worker.give

    def kill_first(worker: workers._Worker, index: int, job: Job) -> None:
        if not killed:
            killed.append(index)
            worker.process.kill()
            worker.process.join()
        give(worker, index, job)

    monkeypatch.setattr(workers._Worker, "give", kill_first)
    outcomes, stopped = run_jobs(_jobs(2, 4, 8), 2)
    assert stopped is None
    reasons = _reasons(outcomes)
    assert reasons[killed[0]] == "its worker process was killed (out of memory?)"
    assert sorted(outcome.status for outcome in outcomes) == ["OPTIMAL", "OPTIMAL", "UNKNOWN"]


def test_workers_that_end_while_they_start_are_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from zigzag_imc.runs import workers

    monkeypatch.setattr(workers, "work", slice)  # takes what a worker is given, and ends
    with pytest.raises(OptionError, match=r"jobs: no worker process starts; .* end while they"):
        run_jobs(_jobs(2, 4, 8), 2)


@pytest.mark.parametrize("available", [0, 1])
def test_fewer_workers_where_the_system_gives_no_more(
    monkeypatch: pytest.MonkeyPatch, available: int
) -> None:
    from zigzag_imc.runs.starting import context

    started: list[object] = []
    start = context().Process.start

    def start_some(process: SpawnProcess) -> None:
        if len(started) >= available:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        started.append(process)
        start(process)

    monkeypatch.setattr(context().Process, "start", start_some)
    if not available:
        with pytest.raises(OptionError, match=r"no worker process starts; .* temporarily unavail"):
            run_jobs(_jobs(2, 4), 2)
        return
    outcomes, stopped = run_jobs(_jobs(2, 4), 2)
    assert stopped is None
    assert [outcome.status for outcome in outcomes] == ["OPTIMAL", "OPTIMAL"]


def test_a_search_without_memory_costs_only_its_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    from zigzag_imc.runs import job as jobs

    solve = jobs._solved

    def solve_some(job: Job, budget: Budget) -> Solution:
        if job.layer.name == "layer4":
            raise MemoryError
        return solve(job, budget)

    monkeypatch.setattr(jobs, "_solved", solve_some)
    outcomes, _ = run_jobs(_jobs(2, 4), 1)
    assert [outcome.status for outcome in outcomes] == ["OPTIMAL", "UNKNOWN"]
    assert _reasons(outcomes)[1] == "its search ran out of memory"
