"""Searches among tiles of any size that are stopped keep a mapping and a bound that holds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import cache

import pytest

from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.space import ANY_OUTERMOST, DIVISORS, Space
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.proof.deepening import Deepening
from zigzag_imc.solver.proof.verdict import Verdict
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import STOPPED, SearchOptions, Solution

LAYER = matmul_layer("x", rows=509, out_channels=512, in_channels=256)
"""A prime number of rows, so that both spaces have other optima."""


def searched(space: Space, stop_asked: Callable[[], bool] = lambda: False) -> Solution:
    """Search for the least energy-delay product until that is proved, or a stop is asked for."""
    options = SearchOptions(space=space)
    accelerator = load_accelerator("aimc")
    return solve(LAYER, accelerator, IMC, "edp", options, Budget.of(None, stop_asked))


@cache
def optimum(space: Space) -> float:
    """Least energy-delay product, in pJ x cycles."""
    found = searched(space)
    assert found.status == "OPTIMAL"
    assert found.objective_value is not None
    return found.objective_value


def test_the_spaces_have_other_optima() -> None:
    """Else the tests below could not tell them apart."""
    assert optimum(ANY_OUTERMOST) < optimum(DIVISORS) * 0.999


def test_a_search_that_is_stopped_is_no_worse_than_among_divisors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before anything of any size is modelled, the optimum among divisors is known."""
    begun: list[bool] = []
    turn = Deepening.prove

    def stopping(self: Deepening) -> Verdict:
        begun.append(True)
        return turn(self)

    monkeypatch.setattr(Deepening, "prove", stopping)
    found = searched(ANY_OUTERMOST, lambda: bool(begun))
    assert found.status == "FEASIBLE"
    assert found.reason == STOPPED
    assert found.objective_value is not None
    assert found.bound is not None
    assert found.objective_value <= optimum(DIVISORS) * (1 + COARSEST)
    assert 0 < found.bound <= optimum(ANY_OUTERMOST)


@pytest.mark.parametrize("looks", [1, 3, 10, 30, 100])
def test_whenever_it_is_stopped_the_bound_holds(looks: int) -> None:
    """A stop that is asked for after some looks at the budget, wherever the search is then."""
    seen = itertools.count()
    found = searched(ANY_OUTERMOST, lambda: next(seen) >= looks)
    assert (found.bound or 0.0) <= optimum(ANY_OUTERMOST) * (1 + COARSEST)
    value = math.inf if found.objective_value is None else found.objective_value
    assert value >= optimum(ANY_OUTERMOST) * (1 - COARSEST)
    assert found.status != "INFEASIBLE"
