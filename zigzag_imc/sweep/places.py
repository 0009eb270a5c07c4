"""Where the tasks of a sweep are done: in this process, in workers beside it, on a cluster."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zigzag_imc.core.arguments import whole
from zigzag_imc.core.errors import OptionError
from zigzag_imc.runs.cores import available_cores
from zigzag_imc.runs.job import prepare
from zigzag_imc.runs.local import HereFlag, ctrl_c_stops
from zigzag_imc.runs.workers import run_in_processes, shared_flag
from zigzag_imc.sweep.pace import Pace
from zigzag_imc.sweep.running import Counts, ProgressCallback, SweepRun
from zigzag_imc.sweep.store import Store
from zigzag_imc.sweep.task import AnyProblem, Tasks

TOGETHER_HERE = 8
"""Problems of one task here, at first: enough to outweigh handing them over."""

TOGETHER_THERE = 200
"""Problems of one task on a cluster, where starting one takes longer than solving some."""

JOBS_FOLDER = "jobs"
"""Folder of the jobs of a cluster, beside the tables."""


@dataclass(frozen=True)
class Place:
    """Where tasks are done.

    Attributes
    ----------
    jobs
        Workers side by side; as many as there are cores by default.
    dask
        Address of a Dask scheduler, such as ``tcp://host:8786``.
    submitit
        Whether jobs of SLURM do them; local processes where there is no SLURM.
    slurm
        Options of these, such as ``slurm_partition`` and ``timeout_min``.
    points_a_task
        Problems of one task; by default 200 on a cluster, and here as many as take some seconds.
    """

    jobs: int | None = None
    dask: str | None = None
    submitit: bool = False
    slurm: Mapping[str, Any] = field(default_factory=dict)
    points_a_task: int | None = None

    def __post_init__(self) -> None:
        for name in ("jobs", "points_a_task"):
            found = getattr(self, name)
            object.__setattr__(self, name, None if found is None else whole(name, found))
        if self.dask is not None and self.submitit:
            raise OptionError("dask: found together with submitit, expected one of them")

    @property
    def is_cluster(self) -> bool:
        """Whether tasks are done elsewhere."""
        return self.dask is not None or self.submitit

    def pace(self) -> Pace:
        """Return what says how many problems make a task."""
        is_free = self.points_a_task is None and not self.is_cluster
        usual = TOGETHER_THERE if self.is_cluster else TOGETHER_HERE
        return Pace(self.points_a_task or usual, self.workers, is_free)

    @property
    def workers(self) -> int:
        """Workers side by side on this machine; a process that may have no children has none."""
        if multiprocessing.current_process().daemon:
            return 1
        return self.jobs or available_cores()


def work(
    problems: Iterable[AnyProblem],
    store: Store,
    counts: Counts,
    place: Place,
    folder: Path,
    progress: ProgressCallback | None = None,
) -> SweepRun:
    """Solve problems in a place; return the state of the run when none is left, or it stopped."""
    tasks = Tasks(problems, place.pace(), lambda: counts.expected - counts.done)
    is_beside = not place.is_cluster and place.workers > 1
    flag = shared_flag() if is_beside else HereFlag()
    run = SweepRun(tasks, store, counts, place.workers, flag, progress)
    with ctrl_c_stops(run):
        if not run.is_open:
            pass  # no worker need be started
        elif place.dask is not None:
            from zigzag_imc.sweep.clusters.on_dask import run_on_dask

            run_on_dask(run, place.dask)
        elif place.submitit:
            from zigzag_imc.sweep.clusters.on_slurm import Slurm, run_on_slurm

            run_on_slurm(run, Slurm(folder / JOBS_FOLDER, place.slurm, place.workers))
        elif is_beside:
            run_in_processes(run)
        else:
            _work_here(run)
    return run


def _work_here(run: SweepRun) -> None:
    """Do the tasks one by one."""
    prepare()
    while run.is_open and not run.is_stopped:
        number, task = run.take()
        run.finish(number, task.run(lambda: bool(run.flag.value)))
