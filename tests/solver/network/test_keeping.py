"""The choice of what is kept, against going through all choices; and faults planted into it."""

from __future__ import annotations

import math
import random

import pytest

from tests.solver.faults_of_keeping import FAULTS, Plant
from tests.solver.network.keeping_problems import least_by_enumeration, random_problem
from zigzag_imc.solver.network.keeping import choose_keeping

CASES = 60


def is_as_enumerated(seed: int) -> bool:
    """Whether the model's bound of a random problem is the least of all choices."""
    problem = random_problem(random.Random(seed))
    expected = least_by_enumeration(problem)
    found = choose_keeping(problem)
    if found is None:
        return math.isinf(expected)
    return found.optimal and found.bound == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("seed", range(CASES))
def test_the_bound_is_the_least_of_all_choices(seed: int) -> None:
    assert is_as_enumerated(seed)


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_planted_faults_are_seen(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    assert not all(is_as_enumerated(seed) for seed in range(CASES))
