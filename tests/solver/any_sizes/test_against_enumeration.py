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
from tests.solver.within_constraints import disagreements, random_constraints
from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import ANY_OUTERMOST, DIVISORS
from zigzag_imc.core.tolerances import COARSEST, RESOLUTION, TOLERANCE
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.mapspace.short_orders import cut_short
from zigzag_imc.models.movement.short_tiles import runs_through
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.engines.engine import Engine
from zigzag_imc.solver.engines.exhaustive import Exhaustive
from zigzag_imc.solver.engines.loma import Loma
from zigzag_imc.solver.engines.random_draws import RandomDraws
from zigzag_imc.solver.engines.salsa import Salsa
from zigzag_imc.solver.engines.short_draws import drawn_order, more_divisible, redrawn
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
    assert list(disagreements(drawn, random_constraints(drawn, seed))) == []


@pytest.mark.parametrize("seed", range(8))
def test_engines_see_tiles_of_any_sizes(seed: int) -> None:
    drawn = any_sizes(DRAWS[seed % 3], seed)
    if drawn is None:
        return
    options = SearchOptions(space=drawn.space, seed=seed)
    case = (drawn.layer, drawn.accelerator, drawn.profile)
    least = enumerated(drawn).optima
    found = Exhaustive().search(*case, "energy", options)
    if not least:
        assert found.status == "INFEASIBLE"
    else:
        assert found.status == "OPTIMAL"
        assert found.objective_value == pytest.approx(least["energy"][0], rel=TOLERANCE)
    for engine in (Loma(), Salsa(iterations=60), RandomDraws(samples=200)):
        met = engine.search(*case, "energy", options)
        if met.mapping is not None and met.objective_value is not None:
            check_mapping(drawn.layer, drawn.accelerator, met.mapping, drawn.profile)
            assert met.objective_value >= least["energy"][0] * (1 - TOLERANCE)


GAINING = (Loma(factors=5, spatial_mappings=1), Salsa(iterations=100, spatial_mappings=1))


@pytest.mark.parametrize("engine", GAINING)
def test_engines_gain_from_tiles_that_need_not_divide(engine: Engine) -> None:
    """2047 rows are 23 x 89, and the memory holds some hundreds."""
    layer = matmul_layer("few divisors", rows=2047, out_channels=64, in_channels=1024)
    dimc = load_accelerator("dimc")
    divided = engine.search(layer, dimc, IMC, "energy", SearchOptions(space=DIVISORS))
    found = engine.search(layer, dimc, IMC, "energy", SearchOptions(space=ANY_OUTERMOST))
    assert found.objective_value is not None
    assert divided.objective_value is not None
    assert found.objective_value < 0.9 * divided.objective_value


def test_loops_of_an_engine_are_cut_short() -> None:
    assert more_divisible({"D": 1021, "C": 7, "K": 1}) == {"D": 1024, "C": 7, "K": 1}
    loops = (("D", 4), ("C", 5), ("D", 2), ("C", 2), ("D", 2))
    assert cut_short(loops, {"D": 7, "C": 10}) == (("D", 4), ("C", 5), ("D", 2), ("C", 2))
    rng = random.Random(1)
    for _ in range(50):
        fresh = redrawn(loops, "D", 7, rng)
        assert [loop for loop in fresh if loop[0] == "C"] == [("C", 5), ("C", 2)]
        assert 7 <= math.prod(steps for dim, steps in fresh if dim == "D") < 14
        own = [steps for dim, steps in cut_short(fresh, {"D": 7, "C": 10}) if dim == "D"]
        assert runs_through(7, own)


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
