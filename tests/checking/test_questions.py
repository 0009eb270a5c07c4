"""Whether a second proof was only rounded down to just below what it was asked about."""

from __future__ import annotations

from typing import Any, cast

import pytest

from zigzag_imc.checking.claims import Claim
from zigzag_imc.checking.questions import (
    is_just_below,
    is_left_open,
    joint_seconds,
    without_margin,
)
from zigzag_imc.core.objective import Objective, Status
from zigzag_imc.core.space import ANY_OUTERMOST, DIVISORS, Space
from zigzag_imc.models.profile import IMC
from zigzag_imc.results.result import LayerResult
from zigzag_imc.runs.job import Job, Outcome
from zigzag_imc.solver.solution import SearchOptions, Solution

CLAIM = Claim(record=cast(LayerResult, None), objective="energy", floor=1e6, resolution=1e-7)
"""That nothing takes less than 1,000,000 pJ, or 999,999.9 with its resolution of a tenth pJ."""


def proof(bound: float | None, status: Status = "INFEASIBLE", **found: Any) -> Outcome:
    """Return the outcome of a second proof with some bound."""
    return Outcome(Solution(status=status, objective="energy", bound=bound, **found))


@pytest.mark.parametrize(
    ("bound", "just_below"),
    [
        (999_999.95, False),  # reaches the claim
        (999_999.0, True),  # 0.9 pJ below it
        (999_998.0, True),  # 1.9 of the 2 pJ that two roundings by a millionth may take
        (999_997.0, False),  # 2.9 pJ
        (None, False),
    ],
)
def test_just_below_is_within_two_roundings(bound: float | None, just_below: bool) -> None:
    """A bound may be rounded by ``2 * 1e-6 * 1,000,000 = 2`` pJ below 999,999.9."""
    assert is_just_below(CLAIM, proof(bound)) == just_below


@pytest.mark.parametrize(
    ("status", "just_below"),
    [("INFEASIBLE", True), ("OPTIMAL", True), ("FEASIBLE", False), ("UNKNOWN", False)],
)
def test_only_a_complete_proof_counts(status: Status, just_below: bool) -> None:
    """One that was stopped may find something cheaper when it goes on."""
    assert is_just_below(CLAIM, proof(999_999.0, status)) == just_below


@pytest.mark.parametrize(("value", "just_below"), [(999_999.5, False), (999_999.95, True)])
def test_a_cheaper_mapping_refutes_the_claim(value: float, just_below: bool) -> None:
    """999,999.5 pJ is below 999,999.9; 999,999.95 is not."""
    assert is_just_below(CLAIM, proof(999_999.0, "OPTIMAL", objective_value=value)) == just_below


def test_without_a_solution_nothing_is_proved() -> None:
    """Only a front came back."""
    assert not is_just_below(CLAIM, Outcome())


def test_the_second_question_has_no_margin() -> None:
    """The first asked for half of the resolution less, 999,999.95; the second at the claim."""
    job = Job(
        layer=cast(Any, None),
        accelerator=cast(Any, None),
        profile=IMC,
        objective="energy",
        options=SearchOptions(seed=3, cutoff=999_999.95),
    )
    asked = without_margin(job, CLAIM).options
    assert (asked.cutoff, asked.seed) == (1e6, 3)


@pytest.mark.parametrize(
    ("objective", "space", "left_open"),
    [
        ("energy", DIVISORS, False),  # it had all the time there is
        ("latency", DIVISORS, True),
        ("energy", ANY_OUTERMOST, True),
    ],
)
def test_what_the_joint_model_left_open_is_asked_otherwise(
    objective: Objective, space: Space, left_open: bool
) -> None:
    job = Job(
        layer=cast(Any, None),
        accelerator=cast(Any, None),
        profile=IMC,
        objective=objective,
        options=SearchOptions(space=space, method="cp-sat"),
    )
    assert is_left_open(job, proof(None, "UNKNOWN")) == left_open
    assert not is_left_open(job, proof(1e6))


@pytest.mark.parametrize(
    ("space", "is_diagonal", "searched_s", "limit_s", "seconds"),
    [
        (DIVISORS, False, 1.0, None, 120.0),
        (DIVISORS, True, 1.0, None, 60.0),
        (DIVISORS, True, 1.0, 40.0, 20.0),  # half of what there is
        (DIVISORS, True, 1.0, 400.0, 60.0),
        (ANY_OUTERMOST, False, 0.1, None, 20.0),  # at least
        (ANY_OUTERMOST, False, 4.0, None, 24.0),  # six times
        (ANY_OUTERMOST, True, 20.0, None, 60.0),  # at most
        (ANY_OUTERMOST, True, 0.1, 400.0, 200.0),  # half of what was said
    ],
)
def test_among_tiles_of_any_size_the_joint_model_has_a_multiple_of_the_search(
    space: Space, is_diagonal: bool, searched_s: float, limit_s: float | None, seconds: float
) -> None:
    assert joint_seconds(space, is_diagonal, searched_s, limit_s) == seconds
