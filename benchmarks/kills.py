"""Kill a sweep again and again, its workers and itself, and see that nothing is lost or doubled.

    python benchmarks/kills.py STUDY [--kills 20] [--seed 1]

The study is swept once undisturbed. Then it is swept on a new cache, and killed at random moments
of its length: whenever as many points are solved as were drawn, and a random part of the time of a
task later. A kill hits a worker, the parent alone, or all processes together; after one that hits
the parent, the sweep is started again on the same cache, as soon as its workers are gone, too. Each
kill has to strike a sweep at work. In the end the tables must equal those of the undisturbed one,
but for times. With ``--two``, another sweep of the same study works on the same cache all the
while. The script ends with 1 where anything differs, or where a kill did not strike.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import polars

TIMES = "solve_s"
TARGETS = ("a worker", "the parent", "all processes")
LAST_PART = 0.9
"""Part of the points after which nobody is killed: a sweep must be at work to be hit."""

POLL_S = 0.01
ORPHANS_S = 20.0
"""Seconds in which workers have to notice that their parent is gone."""


@dataclass(frozen=True)
class Kill:
    """A kill that was drawn.

    Attributes
    ----------
    points
        Solved points at which it is due.
    delay_s
        Seconds to wait then.
    target
        What it hits.
    """

    points: int
    delay_s: float
    target: str


def started(study: Path, out: Path, cache: Path) -> subprocess.Popen[bytes]:
    """Start a sweep in a process group of its own."""
    command = [sys.executable, "-m", "zigzag_imc", "sweep", str(study), "-o", str(out)]
    options = ["--cache", str(cache), "--jobs", "2", "--quiet"]
    return subprocess.Popen([*command, *options], start_new_session=True, stdout=subprocess.DEVNULL)


def points_in(cache: Path) -> int:
    """Count the points that are solved."""
    try:
        with closing(sqlite3.connect(f"file:{cache}?mode=ro", uri=True)) as base:
            (count,) = base.execute("select count(*) from points").fetchone()
    except sqlite3.Error:  # there is no file yet, or no table
        return 0
    return int(count)


def workers_of(parent: int) -> list[int]:
    """Return the workers of a sweep: children of the server that forks them."""
    return [worker for child in children_of(parent) for worker in children_of(child)]


def children_of(parent: int) -> list[int]:
    """Return the children of a process, as Linux tells them; none of one that is gone."""
    try:
        text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    except OSError:
        return []
    return [int(pid) for pid in text.split()]


def kills_of(draw: random.Random, count: int, points: int, task_s: float) -> list[Kill]:
    """Draw kills, the earliest first; each kind of target gets its share."""
    due = sorted(draw.randrange(int(LAST_PART * points)) for _ in range(count))
    targets = [TARGETS[number % len(TARGETS)] for number in range(count)]
    draw.shuffle(targets)
    return [
        Kill(points, draw.uniform(0.0, task_s), target)
        for points, target in zip(due, targets, strict=True)
    ]


def strike(sweep: subprocess.Popen[bytes], cache: Path, kill: Kill) -> bool:
    """Wait for the moment of a kill, and kill; say whether the sweep was at work."""
    while sweep.poll() is None and (points_in(cache) < kill.points or not workers_of(sweep.pid)):
        time.sleep(POLL_S)
    time.sleep(kill.delay_s)
    workers = workers_of(sweep.pid)
    if sweep.poll() is not None or not workers:
        return False
    if kill.target == "a worker":
        os.kill(workers[kill.points % len(workers)], signal.SIGKILL)
        return True
    if kill.target == "the parent":
        sweep.kill()
    else:
        os.killpg(sweep.pid, signal.SIGKILL)
    sweep.wait()
    return all(map(is_gone, workers))


def is_gone(pid: int) -> bool:
    """Wait until a worker without a parent has ended; say whether it has."""
    until = time.monotonic() + ORPHANS_S
    while is_there(pid):
        if time.monotonic() > until:
            print(f"worker {pid} outlives its parent")
            return False
        time.sleep(POLL_S)
    return True


def is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked about does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def same_tables(one: Path, other: Path) -> bool:
    """Whether the tables of two sweeps are the same but for times."""
    same = True
    for name in ("layers", "networks"):
        found, expected = (
            polars.read_parquet(folder / f"{name}.parquet").drop(TIMES) for folder in (one, other)
        )
        equal = found.equals(expected)
        print(f"{name}: {found.height} rows, {'the same' if equal else 'NOT THE SAME'}")
        same &= equal
    return same


def main() -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("study", type=Path)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--two", action="store_true", help="another sweep on the same cache")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        start = time.monotonic()
        if started(asked.study, here / "whole", here / "whole.sqlite").wait() != 0:
            return 1
        length_s, points = time.monotonic() - start, points_in(here / "whole.sqlite")
        print(f"undisturbed: {points} points in {length_s:.1f} s", flush=True)
        task_s = length_s / points * 8
        kills = kills_of(random.Random(asked.seed), asked.kills, points, task_s)
        cache, out = here / "killed.sqlite", here / "killed"
        beside = started(asked.study, here / "beside", cache) if asked.two else None
        sweep, struck = started(asked.study, out, cache), 0
        for number, kill in enumerate(kills, start=1):
            if sweep.poll() is not None:
                sweep = started(asked.study, out, cache)
            hit = strike(sweep, cache, kill)
            struck += hit
            at = f"{points_in(cache)} of {points} points"
            print(f"kill {number}: {kill.target if hit else 'NOTHING'}, {at}", flush=True)
        if sweep.wait() != 0:
            sweep = started(asked.study, out, cache)
        is_same = sweep.wait() == 0 and same_tables(out, here / "whole")
        if beside is not None:
            is_same &= beside.wait() == 0 and same_tables(here / "beside", here / "whole")
        print(f"{struck} of {asked.kills} kills struck")
    return 0 if is_same and struck == asked.kills else 1


if __name__ == "__main__":
    sys.exit(main())
