"""A search that hears no wish to stop, for processes that others kill; it says who it is."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.profile import IMC
from zigzag_imc.runs.job import Job
from zigzag_imc.runs.loading import own_process
from zigzag_imc.runs.local import run_jobs
from zigzag_imc.runs.starting import expect_workers
from zigzag_imc.solver.solution import SearchOptions, Solution


@dataclass(frozen=True, slots=True)
class Sleeper:
    """Says in a file of a folder who sleeps."""

    folder: Path
    name: str = "sleeper"

    def described(self) -> str:
        """Name and settings in one line."""
        return self.name

    def search(self, layer: Any, *_: Any) -> Solution:
        """Sleep far longer than any test waits."""
        about = {
            "pid": os.getpid(),
            "parent": os.getppid(),
            "hash": hash("order of sets"),
            "hears ctrl-c": signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ()),
        }
        unfinished = self.folder / f"{layer.name}.part"
        unfinished.write_text(json.dumps(about), encoding="ascii")
        unfinished.rename(self.folder / f"{layer.name}.json")
        time.sleep(600)
        raise AssertionError("nobody waits that long")


def main(folder: str, kind: str) -> None:
    """Let two workers sleep, of a process of our own or of a user's."""
    if kind == "own":
        own_process()
        expect_workers()
    jobs = [
        Job(
            matmul_layer(name, rows=2, out_channels=2, in_channels=2),
            load_accelerator("aimc"),
            IMC,
            "edp",
            SearchOptions(),
            engine=Sleeper(Path(folder)),
        )
        for name in ("one", "two")
    ]
    run_jobs(jobs, 2)


if __name__ == "__main__":
    from tests.runs import sleeping  # workers know it by this name alone

    sleeping.main(*sys.argv[1:])
