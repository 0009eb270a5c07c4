"""What is kept and the order of the steps together, against all orders; and planted faults."""

from __future__ import annotations

import math
import random

import pytest
from ortools.sat.python import cp_model

from tests.solver.faults_of_order import FAULTS, Plant
from tests.solver.network.keeping_problems import (
    in_each_order,
    least_by_enumeration,
    random_order_problem,
)
from zigzag_imc.solver.network.keeping import choose_keeping
from zigzag_imc.solver.network.ordering import OrderOfSteps

CASES = 30


def is_as_enumerated(seed: int) -> bool:
    """Whether the model's bound of a random problem is the least of all orders and choices."""
    problem = random_order_problem(random.Random(seed))
    assert problem.order is not None
    expected = min(map(least_by_enumeration, in_each_order(problem)))
    found = choose_keeping(problem)
    if found is None:
        return math.isinf(expected)
    if not (found.optimal and found.bound == pytest.approx(expected, rel=1e-7)):
        return False
    order = found.order or ()
    places = {step: place for place, step in enumerate(order)}
    earlier = problem.order.earlier
    return len(places) == problem.steps and all(
        places[one] < places[step] for step in range(problem.steps) for one in earlier[step]
    )


class _Count(cp_model.CpSolverSolutionCallback):
    """Counts solutions."""

    count = 0

    def on_solution_callback(self) -> None:
        """Count one more."""
        self.count += 1


def has_all_orders_alone(seed: int) -> bool:
    """Whether the variables have as many values as there are orders of random steps."""
    problem = random_order_problem(random.Random(seed))
    assert problem.order is not None
    model, found, solver = cp_model.CpModel(), _Count(), cp_model.CpSolver()
    OrderOfSteps(model, problem.order)
    solver.parameters.enumerate_all_solutions = True
    solver.parameters.num_workers = 1
    solver.solve(model, found)
    return found.count == len(list(in_each_order(problem)))


@pytest.mark.parametrize("seed", range(6))
def test_the_variables_stand_for_all_orders_and_no_more(seed: int) -> None:
    assert has_all_orders_alone(seed)


@pytest.mark.parametrize("seed", range(CASES))
def test_the_bound_is_the_least_of_all_orders_and_choices(seed: int) -> None:
    assert is_as_enumerated(seed)


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_planted_faults_are_seen(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    is_seen = not all(has_all_orders_alone(seed) for seed in range(6))
    assert is_seen or not all(is_as_enumerated(seed) for seed in range(CASES))
