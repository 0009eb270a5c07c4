"""The scoreboard of an engine."""

from __future__ import annotations

import pytest

from tests.solver.small_cases import case
from zigzag_imc.core.budget import Budget
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings
from zigzag_imc.solver.scoring.scoreboard import OutOfBudget, Scoreboard

DRAWN = case(0, 300)
MAPPING = next(iter(enumerate_mappings(DRAWN.layer, DRAWN.accelerator, DRAWN.profile)))


def test_what_comes_again_counts_again_and_changes_nothing() -> None:
    board = Scoreboard(DRAWN.layer, DRAWN.accelerator, DRAWN.profile, "energy")
    value = board.score(MAPPING)
    first = board.best
    assert board.score(MAPPING) == value
    assert board.exact_scores == 2
    assert first is not None
    assert board.best is first
    assert (first.value, first.energy_pj) == (value, value)


def test_nothing_is_scored_beyond_the_budget() -> None:
    budget = Budget.of(None, lambda: True)
    board = Scoreboard(DRAWN.layer, DRAWN.accelerator, DRAWN.profile, "energy", budget)
    with pytest.raises(OutOfBudget):
        board.score(MAPPING)
    assert (board.exact_scores, board.best) == (0, None)
