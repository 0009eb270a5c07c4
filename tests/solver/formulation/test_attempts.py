"""Attempts at a model: what one setting of CP-SAT's does not prove, another one does."""

from __future__ import annotations

import itertools

import pytest

from tests.solver.any_sizes.models_alone import is_right
from tests.solver.differential import enumerated
from tests.solver.paired_cases import paired_case
from zigzag_imc.solver.formulation import length_session
from zigzag_imc.solver.formulation.attempts import Attempt, attempts
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions, Solution


def test_both_settings_come_in_turn_with_more_conflicts() -> None:
    assert list(itertools.islice(attempts(), 4)) == [
        Attempt(10_000, is_relaxed=False),
        Attempt(10_000, is_relaxed=True),
        Attempt(40_000, is_relaxed=False),
        Attempt(40_000, is_relaxed=True),
    ]


def four_outputs() -> tuple[Solution, float]:
    """Least energy-delay product of a layer of four output channels, by search and enumeration."""
    drawn = paired_case(800_301, 1250)
    value, _ = enumerated(drawn).optima["edp"]
    options = SearchOptions(space=drawn.space)
    return solve(drawn.layer, drawn.accelerator, drawn.profile, "edp", options), value


def test_a_product_finer_than_its_factors_is_proved() -> None:
    assert is_right(*four_outputs())


def test_one_setting_alone_leaves_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """In twice as many conflicts as it has before the other setting comes in."""
    own = (Attempt(20_000, is_relaxed=False),)
    monkeypatch.setattr(length_session, "attempts", lambda: iter(own))
    found, value = four_outputs()
    assert found.status == "FEASIBLE"
    assert 0 < (found.bound or 0.0) < value * 0.9
