"""The joint model alone finds and proves what scoring every mapping finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.solver.differential import enumerated
from tests.solver.small_cases import Case, case, diagonal_case, stalling_case, told
from zigzag_imc.core.tolerances import RESOLUTION, TOLERANCE
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.solver.joint.search import solve_jointly
from zigzag_imc.solver.solution import SearchOptions


@pytest.mark.parametrize("draw", [case, stalling_case, diagonal_case])
@pytest.mark.parametrize("seed", range(24))
def test_least_energy_of_small_cases(draw: Callable[[int, int], Case], seed: int) -> None:
    drawn = draw(seed, 1500)
    options = SearchOptions(space=drawn.space)
    found = solve_jointly(drawn.layer, drawn.accelerator, drawn.profile, "energy", options)
    optima = enumerated(drawn).optima
    if "energy" not in optima:
        assert found.status == "INFEASIBLE", told(drawn)
        return
    value, _ = optima["energy"]
    assert found.status == "OPTIMAL", told(drawn)
    assert found.objective_value == pytest.approx(value, rel=RESOLUTION), told(drawn)
    assert found.bound is not None
    assert found.mapping is not None
    assert found.bound <= value * (1 + TOLERANCE), told(drawn)
    check_mapping(drawn.layer, drawn.accelerator, found.mapping, drawn.profile)


@pytest.mark.parametrize("seed", [0, 3, 5])
def test_a_cutoff_below_the_optimum_is_refuted(seed: int) -> None:
    drawn = case(seed, 1500)
    value, _ = enumerated(drawn).optima["energy"]
    options = SearchOptions(cutoff=value * (1 - 1e-5))
    found = solve_jointly(drawn.layer, drawn.accelerator, drawn.profile, "energy", options)
    assert found.status == "INFEASIBLE"
    assert found.mapping is None
    assert found.bound == pytest.approx(options.cutoff)


@pytest.mark.parametrize("seed", [0, 3, 5])
def test_a_cutoff_at_the_optimum_is_met(seed: int) -> None:
    drawn = case(seed, 1500)
    value, _ = enumerated(drawn).optima["energy"]
    options = SearchOptions(cutoff=value * (1 + 1e-9))
    found = solve_jointly(drawn.layer, drawn.accelerator, drawn.profile, "energy", options)
    assert found.status == "OPTIMAL"
    assert found.objective_value == pytest.approx(value, rel=RESOLUTION)


def test_a_search_without_time_ends_without_a_claim() -> None:
    drawn = case(0, 1500)
    options = SearchOptions(time_limit_s=0.0)
    found = solve_jointly(drawn.layer, drawn.accelerator, drawn.profile, "energy", options)
    value, _ = enumerated(drawn).optima["energy"]
    assert found.bound is None or found.bound <= value * (1 + TOLERANCE)
