"""The search among tiles of any sizes finds and proves what scoring every mapping finds."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from tests.solver.any_sizes.models_alone import (
    answer,
    answer_of_models,
    any_sizes,
    is_right,
    odd,
)
from tests.solver.differential import OBJECTIVES, enumerated
from tests.solver.small_cases import told
from tests.solver.test_constraints import disagreements, random_constraints
from zigzag_imc.core.constraints import InnerLoops, OuterLoops
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import COARSEST, RESOLUTION, TOLERANCE
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.solver.engines.exhaustive import Exhaustive
from zigzag_imc.solver.engines.random_draws import RandomDraws
from zigzag_imc.solver.engines.short_draws import drawn_order
from zigzag_imc.solver.solution import SearchOptions

SEEDS = range(8)
DRAWS = ("case", "stalling", "diagonal")


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("seed", SEEDS)
def test_optima_and_ties_of_small_cases(draw: str, seed: int) -> None:
    drawn = any_sizes(draw, seed)
    if drawn is None:
        return
    everything = enumerated(drawn)
    for objective in OBJECTIVES:
        found = answer(drawn, objective)
        if objective not in everything.optima:
            assert found.status == "INFEASIBLE"
            continue
        value, _ = everything.optima[objective]
        assert is_right(found, value), told(drawn)
        assert is_right(answer_of_models(drawn, objective, value), value), told(drawn)
        assert found.mapping is not None
        assert found.tie is not None
        check_mapping(drawn.layer, drawn.accelerator, found.mapping, drawn.profile)
        assert found.tie.value <= everything.least_second(objective) * (1 + COARSEST), told(drawn)


def test_there_are_cases_enough() -> None:
    drawn = [any_sizes(draw, seed) for draw in DRAWS for seed in SEEDS]
    assert sum(one is not None for one in drawn) > 12


@pytest.mark.parametrize("seed", range(20))
def test_constraints_on_small_cases(seed: int) -> None:
    drawn = any_sizes(DRAWS[seed % 3], seed)
    if drawn is None:
        return
    asked = random_constraints(drawn, seed)
    kept = tuple(one for one in asked if not isinstance(one, InnerLoops | OuterLoops))
    assert list(disagreements(drawn, kept)) == []


@pytest.mark.parametrize("seed", range(8))
def test_engines_see_tiles_of_any_sizes(seed: int) -> None:
    drawn = any_sizes(DRAWS[seed % 3], seed)
    if drawn is None:
        return
    options = SearchOptions(space=drawn.space, seed=seed)
    case = (drawn.layer, drawn.accelerator, drawn.profile)
    least = enumerated(drawn).optima
    found = Exhaustive().search(*case, "energy", options)
    drawn_at_random = RandomDraws(samples=200).search(*case, "energy", options)
    if not least:
        assert found.status == "INFEASIBLE"
        assert drawn_at_random.mapping is None
        return
    value, _ = least["energy"]
    assert found.status == "OPTIMAL"
    assert found.objective_value == pytest.approx(value, rel=TOLERANCE)
    if drawn_at_random.mapping is not None and drawn_at_random.objective_value is not None:
        check_mapping(drawn.layer, drawn.accelerator, drawn_at_random.mapping, drawn.profile)
        assert drawn_at_random.objective_value >= value * (1 - TOLERANCE)


def test_random_draws_have_short_tiles() -> None:
    rng = random.Random(1)
    orders = [drawn_order({"D": 7, "K": 1, "C": 5}, rng) for _ in range(50)]
    steps = [math.prod(factor for dim, factor in order if dim == "D") for order in orders]
    assert all(step >= 7 for step in steps)
    assert any(step > 7 for step in steps)
    assert {dim for order in orders for dim, _ in order} == {"D", "C"}


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_odd_sizes_over_small_memories(objective: Objective) -> None:
    for drawn, everything in odd():
        value, _ = everything.optima[objective]
        assert is_right(answer_of_models(drawn, objective, value), value)


@pytest.mark.parametrize("seed", range(0, 8, 2))
def test_never_above_the_optimum_among_divisors(seed: int) -> None:
    drawn = any_sizes("stalling", seed)
    if drawn is None:
        return
    narrow = replace(drawn, space=replace(drawn.space, tile_sizes="divisors"))
    for objective in OBJECTIVES:
        found, among_divisors = answer(drawn, objective), answer(narrow, objective)
        if among_divisors.objective_value is not None:
            assert found.objective_value is not None
            most = among_divisors.objective_value * (1 + RESOLUTION) * (1 + TOLERANCE)
            assert found.objective_value <= most
