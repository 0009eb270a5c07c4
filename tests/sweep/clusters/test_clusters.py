"""Sweeps on a cluster find what they find here, whatever happens to its workers."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sweep.studies import COLUMNS, ROWS, write_study
from zigzag_imc.core.errors import OptionError
from zigzag_imc.sweep.clusters.shards import SUFFIX, answers_in, solve_into, take_leftovers
from zigzag_imc.sweep.frames import sweep_table
from zigzag_imc.sweep.places import JOBS_FOLDER, Place
from zigzag_imc.sweep.plan import Plan
from zigzag_imc.sweep.running import Counts
from zigzag_imc.sweep.store import Store
from zigzag_imc.sweep.study.reading import read_study
from zigzag_imc.sweep.sweeping import SweepReport, sweep_study
from zigzag_imc.sweep.task import Task

# Deprecations inside the engines are no faults of ours.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Twelve arrays, and their tables as a sweep here makes them, in ``here``."""
    ranges = {ROWS: [8, 16, 24, 32], COLUMNS: [2, 4, 8]}
    accelerators = {"accelerator": "mine.yaml", "name": "arrays", "ranges": ranges}
    path = write_study(tmp_path, accelerators=accelerators)
    sweep_study(path, tmp_path / "here", jobs=1, cache=tmp_path / "here.sqlite")
    return path


def assert_as_here(report: SweepReport, folder: Path) -> None:
    assert (report.counts.total, report.counts.failed) == (24, 0)
    for name in ("layers", "networks"):
        here, there = (
            sweep_table(where, name).drop("solve_s") for where in (folder / "here", report.folder)
        )
        assert there.equals(here)


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A scheduler and two worker processes on this machine."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made


def test_a_worker_of_dask_may_be_killed(study: Path, cluster: Any, tmp_path: Path) -> None:
    workers = list(cluster.workers.values())
    killed: list[int] = []

    def kill_one(counts: Counts) -> None:
        if not killed:
            pid = int(workers[0].process.pid)
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    place = Place(dask=cluster.scheduler_address, points_a_task=2)
    report = sweep_study(study, tmp_path / "there", place=place, progress=kill_one)
    assert killed
    assert report.counts.solved == 24
    assert_as_here(report, tmp_path)


def test_no_scheduler_is_one_line(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("zigzag_imc.sweep.clusters.on_dask._CONNECT_S", 0.5)
    place = Place(dask="tcp://127.0.0.1:9")
    with pytest.raises(OptionError, match=r"^dask: no scheduler answers at tcp://127.0.0.1:9: "):
        sweep_study(study, tmp_path / "there", place=place)


def test_jobs_without_slurm_are_processes(study: Path, tmp_path: Path) -> None:
    pytest.importorskip("submitit")
    place = Place(jobs=2, submitit=True, points_a_task=8)
    report = sweep_study(study, tmp_path / "there", place=place)
    assert report.counts.solved == 24
    assert_as_here(report, tmp_path)
    assert not list((tmp_path / "there" / JOBS_FOLDER).glob(f"*{SUFFIX}"))


def test_options_that_submitit_does_not_know_are_one_line(study: Path, tmp_path: Path) -> None:
    pytest.importorskip("submitit")
    place = Place(submitit=True, slurm={"slurm_partion": "short"})
    with pytest.raises(OptionError, match=r"^submitit: .*slurm_partion"):
        sweep_study(study, tmp_path / "there", place=place)


def test_answers_of_a_killed_parent_are_not_lost(study: Path, tmp_path: Path) -> None:
    """Two whole lines and one that is cut off: two problems need no search."""
    plan = Plan(read_study(study))
    problems = [one for array in plan.arrays() for one in array.problems().values()][:3]
    jobs = tmp_path / "there" / JOBS_FOLDER
    jobs.mkdir(parents=True)
    file = jobs / f"left{SUFFIX}"
    solve_into(Task(tuple(problems)), file)
    assert [key for key, _ in answers_in(file)] == [problem.key for problem in problems]
    file.write_bytes(file.read_bytes()[:-20])
    report = sweep_study(study, tmp_path / "there", jobs=1)
    assert report.counts.solved == 22
    assert not file.exists()
    assert_as_here(report, tmp_path)


def test_there_may_be_no_leftovers(tmp_path: Path) -> None:
    with Store(tmp_path / "points.sqlite") as store:
        assert take_leftovers(tmp_path / "nowhere", store) == 0


def test_one_cluster_at_a_time() -> None:
    with pytest.raises(OptionError, match="together with submitit"):
        Place(dask="tcp://host:8786", submitit=True)
