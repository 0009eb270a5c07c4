"""Time that is over after some batches of searches, however fast the machine is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from zigzag_imc.core.objective import Stopped
from zigzag_imc.runs.job import Job, Outcome, not_run
from zigzag_imc.runs.local import run_jobs


def end_after(batches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the total time limit strike after some batches."""
    done = 0

    def run(jobs: Sequence[Job], *others: object) -> tuple[list[Outcome], Stopped | None]:
        nonlocal done
        done += 1
        if done > batches:
            return [not_run(job, "stopped") for job in jobs], "total time limit"
        return run_jobs(jobs, *others)  # type: ignore[arg-type]

    monkeypatch.setattr("zigzag_imc.library.answers.run_jobs", run)
