"""Kill a sweep again and again, its workers and itself, and see that nothing is lost or doubled.

    python benchmarks/kills.py STUDY [--kills 20] [--seed 1]

Every round starts the sweep on one cache and, at a random moment, kills it as a whole or one of its
workers; a round in which a worker dies goes on to the next kill. Then it is left to finish, and its
tables must equal those of a sweep that nobody disturbed, but for times. With ``--two``, another
sweep of the same study works on the same cache all the while. The script ends with 1 where anything
differs.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars

MOST_S = 6.0
"""Seconds after its start in which a sweep is killed."""

TIMES = "solve_s"


def started(study: Path, out: Path, cache: Path) -> subprocess.Popen[bytes]:
    """Start a sweep in a process group of its own."""
    command = [sys.executable, "-m", "zigzag_imc", "sweep", str(study), "-o", str(out)]
    options = ["--cache", str(cache), "--jobs", "2", "--quiet"]
    return subprocess.Popen([*command, *options], start_new_session=True, stdout=subprocess.DEVNULL)


def workers_of(parent: int) -> list[int]:
    """Return the workers of a sweep, as Linux tells them; the last to start is the last."""
    try:
        text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    except OSError:
        return []
    return [int(pid) for pid in text.split()]


def disturb(sweep: subprocess.Popen[bytes], draw: random.Random) -> str:
    """Kill a worker or all of a sweep at a random moment; say which."""
    time.sleep(draw.uniform(0.2, MOST_S))
    if sweep.poll() is not None:
        return "had finished"
    workers = workers_of(sweep.pid)
    if workers and draw.random() < 0.5:
        os.kill(draw.choice(workers), signal.SIGKILL)
        return "a child"
    os.killpg(sweep.pid, signal.SIGKILL)
    sweep.wait()
    return "all of it"


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
    draw = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        cache, out = here / "killed.sqlite", here / "killed"
        beside = started(asked.study, here / "beside", cache) if asked.two else None
        sweep = started(asked.study, out, cache)
        for kill in range(asked.kills):
            if sweep.poll() is not None:
                sweep = started(asked.study, out, cache)
            print(f"kill {kill + 1}: {disturb(sweep, draw)}", flush=True)
        if sweep.wait() != 0:
            sweep = started(asked.study, out, cache)
        is_finished = sweep.wait() == 0
        whole = started(asked.study, here / "whole", here / "whole.sqlite").wait() == 0
        is_same = is_finished and whole and same_tables(out, here / "whole")
        if beside is not None:
            is_same &= beside.wait() == 0 and same_tables(here / "beside", here / "whole")
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())
