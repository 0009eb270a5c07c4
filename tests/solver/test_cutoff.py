"""A search with a cutoff answers one question: whether any mapping costs less."""

from __future__ import annotations

import pytest

from tests.solver.small_cases import case
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.mapspace.enumeration import best_by_enumeration
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions

OTHER_PARAMETERS = (
    ("symmetry_level", 0),
    ("permute_variable_randomly", True),
    ("linearization_level", 0),
)
OBJECTIVES: tuple[Objective, ...] = ("energy", "latency", "edp")


@pytest.mark.parametrize("seed", range(12))
def test_a_cutoff_below_the_optimum_leaves_nothing(seed: int) -> None:
    drawn, objective = case(seed, 2000), OBJECTIVES[seed % 3]
    best = best_by_enumeration(drawn.layer, drawn.accelerator, drawn.profile, objective)
    if best is None or best[0] <= 0:
        return
    cutoff = best[0] * (1 - 2e-6)
    options = SearchOptions(seed=seed, cutoff=cutoff, parameters=OTHER_PARAMETERS)
    found = solve(drawn.layer, drawn.accelerator, drawn.profile, objective, options)
    assert found.status == "INFEASIBLE"
    assert found.mapping is None
    assert found.bound is not None
    assert cutoff * (1 - 1e-6) <= found.bound <= best[0]


@pytest.mark.parametrize("seed", range(12, 24))
def test_a_cutoff_above_the_optimum_finds_it(seed: int) -> None:
    drawn, objective = case(seed, 2000), OBJECTIVES[seed % 3]
    best = best_by_enumeration(drawn.layer, drawn.accelerator, drawn.profile, objective)
    if best is None:
        return
    for factor in (1 + 3e-6, 1.1):
        options = SearchOptions(seed=seed, cutoff=best[0] * factor, parameters=OTHER_PARAMETERS)
        found = solve(drawn.layer, drawn.accelerator, drawn.profile, objective, options)
        assert found.status == "OPTIMAL"
        assert found.objective_value == pytest.approx(best[0], rel=3e-6)
