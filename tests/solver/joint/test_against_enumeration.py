"""The joint model alone finds and proves what scoring every mapping finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from tests.solver.differential import enumerated
from tests.solver.small_cases import Case, case, diagonal_case, resting_case, stalling_case, told
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import COARSEST, RESOLUTION, TOLERANCE
from zigzag_imc.models.mapspace.enumeration import front_by_enumeration
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.solver.joint.search import solve_jointly
from zigzag_imc.solver.solution import SearchOptions

Draw = Callable[[int, int], Case]

DRAWS = (case, stalling_case, resting_case, diagonal_case)
CASES = [(draw, seed) for draw in DRAWS for seed in range(8)]


@pytest.mark.parametrize(("draw", "seed"), CASES)
@pytest.mark.parametrize("objective", get_args(Objective))
def test_optima_of_small_cases(draw: Draw, seed: int, objective: Objective) -> None:
    drawn = draw(seed, 1000)
    options = SearchOptions(space=drawn.space)
    found = solve_jointly(drawn.layer, drawn.accelerator, drawn.profile, objective, options)
    everything = enumerated(drawn)
    if objective not in everything.optima:
        assert found.status == "INFEASIBLE", told(drawn)
        return
    value, _ = everything.optima[objective]
    assert found.status == "OPTIMAL", told(drawn)
    assert found.objective_value == pytest.approx(value, rel=COARSEST), told(drawn)
    assert found.bound is not None
    assert found.mapping is not None
    assert found.bound <= value * (1 + TOLERANCE), told(drawn)
    check_mapping(drawn.layer, drawn.accelerator, found.mapping, drawn.profile)
    assert found.tie is not None
    assert found.tie.gap <= COARSEST, told(drawn)
    assert found.tie.value == pytest.approx(second(drawn, objective, value), rel=COARSEST)


def second(drawn: Case, objective: Objective, value: float) -> float:
    """Least of what comes second, of all mappings as good as the optimum."""
    most = value * (1 + RESOLUTION)
    front = front_by_enumeration(drawn.layer, drawn.accelerator, drawn.profile, drawn.space)
    alike = [
        (cycles, pj)
        for cycles, pj in front
        if {"energy": pj, "latency": cycles, "edp": cycles * pj}[objective] <= most
    ]
    return min(cycles if objective == "energy" else pj for cycles, pj in alike)


@pytest.mark.parametrize("objective", get_args(Objective))
@pytest.mark.parametrize("seed", [0, 3, 5])
def test_a_cutoff_below_the_optimum_is_refuted(seed: int, objective: Objective) -> None:
    drawn = case(seed, 1500)
    value, _ = enumerated(drawn).optima[objective]
    options = SearchOptions(cutoff=value * (1 - 1e-5))
    found = solve_jointly(drawn.layer, drawn.accelerator, drawn.profile, objective, options)
    assert found.status == "INFEASIBLE"
    assert found.mapping is None
    assert found.bound == pytest.approx(options.cutoff)


@pytest.mark.parametrize("objective", get_args(Objective))
@pytest.mark.parametrize("seed", [0, 3, 5])
def test_a_cutoff_at_the_optimum_is_met(seed: int, objective: Objective) -> None:
    drawn = case(seed, 1500)
    value, _ = enumerated(drawn).optima[objective]
    options = SearchOptions(cutoff=value * (1 + 1e-9))
    found = solve_jointly(drawn.layer, drawn.accelerator, drawn.profile, objective, options)
    assert found.status == "OPTIMAL"
    assert found.objective_value == pytest.approx(value, rel=COARSEST)


@pytest.mark.parametrize("objective", get_args(Objective))
def test_a_search_without_time_ends_without_a_claim(objective: Objective) -> None:
    drawn = case(0, 1500)
    options = SearchOptions(time_limit_s=0.0)
    found = solve_jointly(drawn.layer, drawn.accelerator, drawn.profile, objective, options)
    value, _ = enumerated(drawn).optima[objective]
    assert found.bound is None or found.bound <= value * (1 + TOLERANCE)
