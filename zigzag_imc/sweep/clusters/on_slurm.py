"""Tasks of a sweep as job arrays of SLURM, by submitit; as local processes where there is none."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.one_line import one_line
from zigzag_imc.sweep.clusters.on_dask import HOW_TO_INSTALL
from zigzag_imc.sweep.clusters.shards import SUFFIX, answers_in, solve_into
from zigzag_imc.sweep.running import SweepRun
from zigzag_imc.sweep.task import Task

MOST_JOBS = 1000
"""Jobs of an array: what SLURM allows where nobody has changed it."""

_PATIENCE_S = 0.2


@dataclass(frozen=True)
class Slurm:
    """How jobs are submitted.

    Attributes
    ----------
    folder
        Where jobs keep their answers, logs and scripts: on a file system that all nodes share.
    options
        Options of submitit's executor, such as ``slurm_partition`` and ``timeout_min``.
    workers
        Jobs side by side where there is no SLURM.
    """

    folder: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    workers: int = 1


def run_on_slurm(run: SweepRun, slurm: Slurm) -> None:
    """Do the tasks of a sweep as jobs, in arrays; what they find is written as they end.

    Raises
    ------
    OptionError
        When submitit is not installed, or SLURM refuses the jobs.
    """
    executor = _executor(slurm)
    is_local = shutil.which("srun") is None
    most = slurm.workers if is_local else MOST_JOBS
    under_way: dict[int, tuple[Any, Path]] = {}
    while not run.gave_up and (under_way or (run.is_open and not run.is_stopped)):
        if run.is_stopped:
            for job, _ in under_way.values():
                job.cancel()
            break
        # An array is worth submitting once a good part of it is free; processes one by one.
        if len(under_way) <= (most - 1 if is_local else most // 2):
            under_way |= _submitted(run, executor, slurm, most - len(under_way))
        for number in [number for number, (job, _) in under_way.items() if job.done()]:
            job, path = under_way.pop(number)
            run.finish(number, answers_in(path))  # what is missing is given away again
            path.unlink(missing_ok=True)
        time.sleep(_PATIENCE_S)
    for number, (_, path) in under_way.items():
        run.finish(number, answers_in(path))
        path.unlink(missing_ok=True)


def _submitted(
    run: SweepRun, executor: Any, slurm: Slurm, room: int
) -> dict[int, tuple[Any, Path]]:
    """Submit as many tasks as there is room for, as one array."""
    numbers: list[int] = []
    tasks: list[Task] = []
    while len(tasks) < room and run.is_open and not run.is_stopped:
        number, task = run.take()
        numbers.append(number)
        tasks.append(task)
    paths = [slurm.folder / f"{uuid4().hex}{SUFFIX}" for _ in tasks]
    jobs: Sequence[Any] = []
    if tasks:
        try:
            jobs = executor.map_array(solve_into, tasks, paths)
        except Exception as error:  # submitit raises its own, and those of sbatch
            raise OptionError(f"submitit: {one_line(str(error))}") from None
    return dict(zip(numbers, zip(jobs, paths, strict=True), strict=True))


def _executor(slurm: Slurm) -> Any:
    try:
        import submitit
    except ImportError:
        raise OptionError(f"submitit: it is not installed; {HOW_TO_INSTALL} adds it") from None
    slurm.folder.mkdir(parents=True, exist_ok=True)
    executor = submitit.AutoExecutor(folder=slurm.folder / "%j")
    try:
        executor.update_parameters(**{"timeout_min": 240, "cpus_per_task": 1, **slurm.options})
    except (NameError, TypeError, ValueError) as error:
        raise OptionError(f"submitit: {one_line(str(error))}") from None
    return executor
