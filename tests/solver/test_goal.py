"""What a value of the objective says of energy and latency alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zigzag_imc.core.objective import Objective
from zigzag_imc.solver.goal import Goal


@pytest.mark.parametrize(
    ("objective", "most_pj", "most_cycles"),
    [("energy", 12.0, math.inf), ("latency", math.inf, 12.0), ("edp", 3.0, 6.0)],
)
def test_a_value_limits_what_it_is_made_of(
    objective: Objective, most_pj: float, most_cycles: float
) -> None:
    """Of a product of at most 12: at 4 cycles or more 3 pJ, at 2 pJ or more 6 cycles."""
    goal = Goal(objective)
    assert goal.enough_energy_pj(12.0, 4.0) == most_pj
    assert goal.enough_latency(12.0, 2.0) == pytest.approx(most_cycles, rel=1e-8)


@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
def test_the_goals_own_limits_hold_beside_the_value(objective: Objective) -> None:
    goal = Goal(objective, most_energy_pj=1.0, most_latency=2.0)
    assert goal.enough_energy_pj(12.0, 4.0) == 1.0
    assert goal.enough_latency(12.0, 2.0) == 2.0


def test_a_factor_of_zero_limits_nothing() -> None:
    assert Goal("edp").enough_energy_pj(12.0, 0.0) == math.inf
    assert Goal("edp").enough_latency(12.0, 0.0) == math.inf


@pytest.mark.parametrize(
    ("objective", "expected"), [("energy", [1, 5]), ("latency", [7, 7]), ("edp", [7, 35])]
)
def test_values_are_of_the_energies_shape(objective: Objective, expected: list[float]) -> None:
    """Energies of 1, 5 and 9 pJ at 7 cycles; 9 pJ are beyond the limit."""
    goal = Goal(objective, most_energy_pj=8.0)
    found = goal.values(np.array([1.0, 5.0, 9.0]), 7.0)
    assert found.tolist() == [*expected, math.inf]
    assert goal.value(5.0, 7.0) == expected[1]


def test_energy_takes_part_in_all_but_the_latency_without_a_limit_of_it() -> None:
    assert not Goal("latency").needs_energy
    assert not Goal("latency", most_latency=5.0).needs_energy
    assert Goal("latency", most_energy_pj=5.0).needs_energy
    assert Goal("energy").needs_energy
    assert Goal("edp").needs_energy
