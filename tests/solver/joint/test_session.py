"""A session about the joint model: what is excluded is not found again."""

from __future__ import annotations

import math

import pytest

from tests.solver.small_cases import case
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.model import JointModel
from zigzag_imc.solver.joint.session import minimise
from zigzag_imc.solver.solution import SearchOptions


def costs_of(seed: int) -> CostModel:
    """Return the cost model of a small case."""
    drawn = case(seed, 1000)
    return CostModel(drawn.layer, drawn.accelerator, drawn.profile)


@pytest.mark.parametrize("seed", [0, 3, 9])
def test_the_energy_of_a_solution_is_that_of_the_cost_model(seed: int) -> None:
    costs = costs_of(seed)
    answer = minimise(JointModel.of(costs, Domain()), SearchOptions(), Budget.of())
    exact = costs.evaluate(answer.found[-1].choice.mapping()).energy_pj
    assert answer.proved
    assert answer.bound == pytest.approx(exact, rel=RESOLUTION)
    assert answer.bound <= exact


def test_what_is_excluded_is_not_found_again() -> None:
    model = JointModel.of(costs_of(0), Domain())
    seen, bound = set(), 0.0
    for _ in range(4):
        answer = minimise(model, SearchOptions(), Budget.of())
        assert answer.bound >= bound
        bound = answer.bound
        for found in answer.found:
            rows = found.rows
            assert rows not in seen
            seen.add(rows)
            model.exclude(found.rows)
    assert len(seen) >= 4


def test_nothing_below_the_least_is_of_interest() -> None:
    costs = costs_of(0)
    least = minimise(JointModel.of(costs, Domain()), SearchOptions(), Budget.of()).bound
    model = JointModel.of(costs, Domain(most_pj=least * 0.99))
    answer = minimise(model, SearchOptions(), Budget.of())
    assert (answer.found, answer.bound, answer.proved) == ((), math.inf, True)
