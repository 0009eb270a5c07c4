"""Where nothing fits, a search for least energy tells so: no search that minds latency is spent."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from tests.locality.small_networks import random_accelerator, random_network
from zigzag_imc.core.objective import Stopped
from zigzag_imc.core.space import DIVISORS
from zigzag_imc.library.mapping import map_network
from zigzag_imc.locality.search import Rounds
from zigzag_imc.runs.job import Job, Outcome
from zigzag_imc.runs.local import run_jobs

SEED = 56
"""A network one of whose layers has no room for any mapping in some situation."""


def empty_fronts(monkeypatch: pytest.MonkeyPatch) -> int:
    """Count the fronts without a point that are searched for a small network."""
    empty = 0

    def run(jobs: Sequence[Job], *others: object) -> tuple[list[Outcome], Stopped | None]:
        nonlocal empty
        outcomes, stopped = run_jobs(jobs, *others)  # type: ignore[arg-type]
        for job, outcome in zip(jobs, outcomes, strict=True):
            empty += job.front and (outcome.front is None or not outcome.front.points)
        return outcomes, stopped

    monkeypatch.setattr("zigzag_imc.library.answers.run_jobs", run)
    draw = random.Random(SEED)
    subject = random_network(draw), random_accelerator(draw)
    map_network(*subject, objective="edp", locality="best", space=DIVISORS, jobs=1)
    return empty


def test_no_front_is_searched_where_nothing_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert empty_fronts(monkeypatch) == 0


def test_it_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rounds, "_search_fit", lambda self, cases: None)
    assert empty_fronts(monkeypatch) > 0
