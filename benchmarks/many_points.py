"""How long 10,000 points take, and how much memory: DS-CNN's layers on 2,500 analog arrays.

    python benchmarks/many_points.py [--objectives energy edp] [--step 1]

Sweeps on two workers with an empty cache, for each objective. Of all processes together, every
second: seconds of processors, and resident memory; rows of the printed table are parts of the way.
Half the seconds of processors is what two idle cores take: on a busy machine, the clock says more.
Linux only.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

RANGES: dict[str, Any] = {
    "rows": [32, 64, 128, 256, 512],
    "columns": [32, 64, 128, 256, 512],
    "macros": [1, 2, 4, 8],
    "sram_kb": [64, 128, 256, 512, 1024],
    "adc_bits": [4, 5, 6, 7, 8],
}
PARTS = 5
PERIOD_S = 1.0
_TICKS = os.sysconf("SC_CLK_TCK")
_MB = os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass(frozen=True)
class Sample:
    """All processes of a sweep at a moment.

    Attributes
    ----------
    wall_s, cpu_s
        Time since the start, and of processors.
    parent_mb, workers_mb
        Resident memory of the parent, and of its largest worker.
    """

    wall_s: float
    cpu_s: float
    parent_mb: float
    workers_mb: float


def study_of(objective: str, step: int) -> dict[str, Any]:
    """Return the study, perhaps with every so many of the numbers of rows and columns alone."""
    ranges = {**RANGES, "rows": RANGES["rows"][::step], "columns": RANGES["columns"][::step]}
    return {
        "networks": "ds_cnn",
        "accelerators": {"template": "aimc", "ranges": ranges},
        "objectives": objective,
    }


def fields_of(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name; none of a process that is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def session_of(leader: int) -> Iterator[tuple[int, float, float]]:
    """Yield the processes of a session: number, seconds of processors, and memory in MB."""
    for entry in Path("/proc").iterdir():
        fields = fields_of(int(entry.name)) if entry.name.isdecimal() else []
        if fields and int(fields[3]) == leader:
            seconds = (int(fields[11]) + int(fields[12])) / _TICKS
            yield int(entry.name), seconds, int(fields[21]) * _MB


def samples_of(command: Sequence[str]) -> list[Sample]:
    """Run a command in a session of its own, and sample it until it ends."""
    start = time.monotonic()
    samples: list[Sample] = []
    seconds: dict[int, float] = {}  # those of a worker that has ended count, too
    run = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
    while run.poll() is None:
        time.sleep(PERIOD_S)
        memory = {}
        for pid, used_s, held_mb in session_of(run.pid):
            seconds[pid], memory[pid] = used_s, held_mb
        parent = memory.pop(run.pid, 0.0)
        samples.append(
            Sample(
                time.monotonic() - start,
                sum(seconds.values()),
                parent,
                max(memory.values(), default=0.0),
            )
        )
    if run.returncode != 0:
        sys.exit(run.returncode)
    return [one for one in samples if one.parent_mb]


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--objectives", nargs="+", default=["energy", "edp"])
    parser.add_argument("--step", type=int, default=1, help="2: 3,600 points, every other size")
    asked = parser.parse_args()
    print(
        "| objective | part of the way | seconds | CPU seconds / 2 | parent (MB) | a worker (MB) |"
    )
    print("| --- | --: | --: | --: | --: | --: |")
    for objective in asked.objectives:
        with tempfile.TemporaryDirectory() as folder:
            study = Path(folder) / "study.yaml"
            study.write_text(yaml.safe_dump(study_of(objective, asked.step)))
            out = str(Path(folder) / "out")
            options = ["-o", out, "--jobs", "2", "--quiet"]
            command = [sys.executable, "-m", "zigzag_imc", "sweep", str(study), *options]
            samples = samples_of(command)
        for part in range(1, PARTS + 1):
            one = samples[round(part / PARTS * (len(samples) - 1))]
            print(
                f"| {objective} | {part / PARTS:.0%} | {one.wall_s:.0f} | {one.cpu_s / 2:.0f} "
                f"| {one.parent_mb:.0f} | {one.workers_mb:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
