"""The joint model alone finds and proves what scoring every mapping finds."""

from __future__ import annotations

import pytest

from tests.solver.differential import OBJECTIVES, Enumerated
from tests.solver.joint.checks import KINDS, drawn
from tests.solver.small_cases import told
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import COARSEST, RESOLUTION, TOLERANCE
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.solver.joint.search import solve_jointly
from zigzag_imc.solver.solution import SearchOptions


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_optima_of_small_cases(kind: str, seed: int) -> None:
    own, everything = drawn(seed, kind)
    options = SearchOptions(space=own.space)
    for objective in OBJECTIVES:
        found = solve_jointly(own.layer, own.accelerator, own.profile, objective, options)
        said = f"{told(own)}, {objective}"
        if objective not in everything.optima:
            assert found.status == "INFEASIBLE", said
            continue
        value, _ = everything.optima[objective]
        assert found.status == "OPTIMAL", said
        assert found.objective_value == pytest.approx(value, rel=COARSEST), said
        assert found.bound is not None
        assert found.mapping is not None
        assert found.bound <= value * (1 + TOLERANCE), said
        check_mapping(own.layer, own.accelerator, found.mapping, own.profile)
        assert found.tie is not None
        assert found.tie.gap <= COARSEST, said
        second = least_second(everything, objective)
        assert found.tie.value == pytest.approx(second, rel=COARSEST), said


def least_second(everything: Enumerated, objective: Objective) -> float:
    """Least of what comes second, of all mappings as good as the optimum."""
    most = everything.optima[objective][0] * (1 + RESOLUTION)
    return min(
        cycles if objective == "energy" else pj
        for cycles, pj in everything.points
        if {"energy": pj, "latency": cycles, "edp": cycles * pj}[objective] <= most
    )


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", [0, 3, 5])
def test_a_cutoff_below_the_optimum_is_refuted(seed: int, objective: Objective) -> None:
    own, everything = drawn(seed)
    value, _ = everything.optima[objective]
    options = SearchOptions(cutoff=value * (1 - 1e-5))
    found = solve_jointly(own.layer, own.accelerator, own.profile, objective, options)
    assert found.status == "INFEASIBLE"
    assert found.mapping is None
    assert found.bound == pytest.approx(options.cutoff)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", [0, 3, 5])
def test_a_cutoff_at_the_optimum_is_met(seed: int, objective: Objective) -> None:
    own, everything = drawn(seed)
    value, _ = everything.optima[objective]
    options = SearchOptions(cutoff=value * (1 + 1e-9))
    found = solve_jointly(own.layer, own.accelerator, own.profile, objective, options)
    assert found.status == "OPTIMAL"
    assert found.objective_value == pytest.approx(value, rel=COARSEST)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_search_without_time_ends_without_a_claim(objective: Objective) -> None:
    own, everything = drawn(0)
    options = SearchOptions(time_limit_s=0.0)
    found = solve_jointly(own.layer, own.accelerator, own.profile, objective, options)
    value, _ = everything.optima[objective]
    assert found.bound is None or found.bound <= value * (1 + TOLERANCE)
