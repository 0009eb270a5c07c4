"""What a million points cost on 1, 16 and 256 workers: python benchmarks/scale.py DIR.

``DIR`` holds the tables of a sweep, whose times of search are taken as they are: points are drawn
from them, dealt out in tasks of equal numbers, and each task goes to the worker that is free
first. Everything else is measured here: what a process takes to start, what building, asking the
cache and writing it take of the one process that does so.
"""

from __future__ import annotations

import argparse
import heapq
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zigzag_imc.sweep.frames import sweep_table
from zigzag_imc.sweep.plan import Plan
from zigzag_imc.sweep.store import Store
from zigzag_imc.sweep.study.keeping import kept_study

POINTS = 1_000_000
WORKERS = (1, 16, 256)
TASKS = (8, 200, 2000)
ANSWERS = 20_000


@dataclass(frozen=True)
class Measured:
    """What was measured here.

    Attributes
    ----------
    solve_s
        Times of search of the points of a sweep.
    start_s
        A worker's start.
    plan_s
        Building an accelerator and the keys of its problems, by problem.
    ask_s, keep_s
        Asking the cache and writing it, by problem.
    bytes_a_point
        Size of the cache by problem.
    """

    solve_s: np.ndarray[tuple[int], np.dtype[np.float64]]
    start_s: float
    plan_s: float
    ask_s: float
    keep_s: float
    bytes_a_point: float


def measured(folder: Path) -> Measured:
    """Measure all of it."""
    solve_s = sweep_table(folder, "layers")["solve_s"].to_numpy()
    return Measured(solve_s[solve_s > 0], _start_s(), _plan_s(folder), *_store())


def _start_s() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import zigzag_imc.solver.search"], check=True)
    return time.perf_counter() - started


def _plan_s(folder: Path) -> float:
    plan = Plan(kept_study(folder))
    started = time.process_time()
    problems = sum(len(array.problems()) for array in plan.arrays())
    return (time.process_time() - started) / problems


def _store() -> tuple[float, float, float]:
    """Seconds of asking and of writing by answer, and bytes by answer, of texts as they are."""
    text = '{"status":"OPTIMAL"' + ',"energy_pj":1234567.890123456' * 45 + "}"
    keys = [os.urandom(32) for _ in range(ANSWERS)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "points.sqlite"
        with Store(path) as store:
            started = time.perf_counter()
            for start in range(0, ANSWERS, 8):
                store.keep([(key, text) for key in keys[start : start + 8]])
            keep_s = (time.perf_counter() - started) / ANSWERS
        size = path.stat().st_size / ANSWERS
        small = '{"status":"OPTIMAL"}'
        with Store(path) as store:
            store.keep([(key, small) for key in keys])
            started = time.perf_counter()
            for start in range(0, ANSWERS, 8):
                store.known(keys[start : start + 8])
            ask_s = (time.perf_counter() - started) / ANSWERS
    return ask_s, keep_s, size


def makespan_s(tasks_s: np.ndarray[tuple[int], np.dtype[np.float64]], workers: int) -> float:
    """Seconds until the last of the workers is done, each task going to the first that is free."""
    free = [0.0] * workers
    for task_s in tasks_s.tolist():
        heapq.heapreplace(free, free[0] + task_s)
    return max(free)


def simulated(found: Measured, workers: int, together: int, seed: int = 1) -> tuple[float, float]:
    """Seconds that a million points take, and the share of the workers' time that is used."""
    draw = np.random.default_rng(seed)
    solve_s = draw.choice(found.solve_s, size=POINTS)
    tasks_s = np.add.reduceat(solve_s, np.arange(0, POINTS, together))
    busy_s = float(solve_s.sum())
    by_workers = found.start_s + makespan_s(tasks_s, workers)
    by_parent = POINTS * (found.plan_s + found.ask_s + found.keep_s)
    whole_s = max(by_workers, by_parent)
    return whole_s, busy_s / (workers * whole_s)


def main() -> None:
    """Measure, simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    found = measured(parser.parse_args().folder)
    times = found.solve_s
    shares = ", ".join(f"{q} %: {np.percentile(times, q) * 1e3:.0f}" for q in (50, 90, 99, 100))
    print(f"{len(times)} points, {times.mean() * 1e3:.1f} ms on average ({shares} ms)")
    print(f"a worker starts in {found.start_s:.2f} s")
    for what in ("plan_s", "ask_s", "keep_s"):
        print(f"{what.removesuffix('_s')}: {getattr(found, what) * 1e6:.0f} us a point")
    print(f"cache: {found.bytes_a_point:.0f} bytes a point")
    for workers in WORKERS:
        for together in TASKS:
            seconds, used = simulated(found, workers, together)
            print(
                f"{workers:>4} workers, {together:>4} points a task: {seconds / 3600:8.2f} h, "
                f"{100 * used:.0f} % of the workers' time"
            )


if __name__ == "__main__":
    main()
