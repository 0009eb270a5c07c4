"""The heuristic engines.

Legal mappings, exact costs, never below the optimum, equal for equal seeds.
"""

from __future__ import annotations

import math
import subprocess
import sys
from typing import get_args

import pytest

from tests.accelerators import SHARED_PORT, memory, moves, port
from tests.layers import LAYERS
from tests.solver.small_cases import Case, case
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import LayerMapping, TemporalMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import accelerator_from_dict, load_accelerator
from zigzag_imc.models.mapspace.capacity import overflows
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.enumeration import best_by_enumeration, loop_orders_of, prime_loops
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.engines.allocation import Allocator
from zigzag_imc.solver.engines.catalogue import ENGINES, engine_named
from zigzag_imc.solver.engines.choices import highest_utilization, merged_loops
from zigzag_imc.solver.engines.engine import Engine
from zigzag_imc.solver.engines.exhaustive import (
    MOST_MAPPINGS,
    Exhaustive,
    count_text,
    duration_text,
    estimated_seconds,
)
from zigzag_imc.solver.engines.loma import Loma
from zigzag_imc.solver.engines.random_draws import RandomDraws
from zigzag_imc.solver.engines.salsa import Salsa
from zigzag_imc.solver.scoring.scoreboard import Scoreboard
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions, Solution

OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
HEURISTICS: tuple[Engine, ...] = (Loma(), Salsa(iterations=60), RandomDraws(samples=60))
SAME = 1e-9
AIMC = load_accelerator("aimc")
LARGE = LAYERS["conv3x3"]


def _search(
    engine: Engine, drawn: Case, objective: Objective = "energy", seed: int = 0
) -> Solution:
    return engine.search(
        drawn.layer, drawn.accelerator, drawn.profile, objective, SearchOptions(seed=seed)
    )


@pytest.mark.parametrize("seed", range(24))
def test_no_engine_is_below_the_optimum(seed: int) -> None:
    """Exhaustive search, enumeration and the solver agree.

    No other engine is cheaper, and what it claims is exact.
    """
    drawn = case(seed, most_mappings=1500)
    model = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
    objective = OBJECTIVES[seed % len(OBJECTIVES)]
    enumerated = best_by_enumeration(drawn.layer, drawn.accelerator, drawn.profile, objective)
    proved = solve(drawn.layer, drawn.accelerator, drawn.profile, objective)
    everything = _search(Exhaustive(), drawn, objective)
    assert everything.status == proved.status
    if enumerated is None:
        assert everything.status == "INFEASIBLE"
        assert everything.reason == proved.reason
    else:
        assert everything.objective_value == everything.bound == enumerated[0]
        assert proved.objective_value == pytest.approx(enumerated[0], rel=SAME)
    for engine in HEURISTICS:
        found = _search(engine, drawn, objective)
        assert found.bound is None
        assert found.mapspace_size == mapspace_size(drawn.layer, drawn.accelerator, drawn.profile)
        if found.mapping is None:
            assert (found.status, found.objective_value) == ("UNKNOWN", None)
            continue
        assert enumerated is not None, f"{engine} maps what no mapping fits"
        assert found.status == "FEASIBLE"
        check_mapping(drawn.layer, drawn.accelerator, found.mapping, drawn.profile)
        assert found.objective_value == model.evaluate(found.mapping).value(objective)
        assert found.objective_value >= enumerated[0] * (1 - SAME), engine


@pytest.mark.parametrize("engine", [*HEURISTICS, Exhaustive()], ids=lambda engine: engine.name)
def test_equal_seeds_give_equal_results(engine: Engine) -> None:
    drawn = case(3)
    first, second = _search(engine, drawn, seed=5), _search(engine, drawn, seed=5)
    assert (first.mapping, first.exact_scores) == (second.mapping, second.exact_scores)


@pytest.mark.parametrize(
    "engine", [Salsa(iterations=3), RandomDraws(samples=3)], ids=lambda engine: engine.name
)
def test_other_seeds_try_other_mappings(engine: Engine) -> None:
    found = {
        engine.search(LARGE, AIMC, IMC, "energy", SearchOptions(seed=seed)).objective_value
        for seed in range(6)
    }
    assert len(found) > 1


@pytest.mark.parametrize("engine", [Loma(), Salsa()], ids=lambda engine: engine.name)
def test_usual_layers_get_good_mappings(engine: Engine) -> None:
    layer = conv_layer(
        "conv", out_channels=32, in_channels=16, output_size=(16, 16), filter_size=(3, 3)
    )
    optimum = solve(layer, AIMC, IMC, "edp").bound
    found = engine.search(layer, AIMC, IMC, "edp")
    assert optimum is not None
    assert found.objective_value is not None
    assert optimum * (1 - SAME) <= found.objective_value <= optimum * 1.1


def test_more_draws_are_never_worse() -> None:
    few, many = (
        RandomDraws(samples).search(LARGE, AIMC, IMC, "edp").objective_value for samples in (20, 60)
    )
    assert few is not None
    assert many is not None
    assert many <= few


# ---------------------------------------------------------------- limits
@pytest.mark.parametrize(
    "engine",
    [Loma(factors=9), Salsa(iterations=10**6), RandomDraws(10**6), Exhaustive(True)],
    ids=lambda engine: engine.name,
)
def test_a_time_limit_returns_the_best_so_far(engine: Engine) -> None:
    """A second is ten times what the first mapping takes; a loaded machine may be slower."""
    found = engine.search(LARGE, AIMC, IMC, "energy", SearchOptions(time_limit_s=1.0))
    assert found.status == "FEASIBLE"
    assert found.reason == "stopped by a limit or by the user"
    assert found.bound is None
    assert found.seconds < 5
    assert found.mapping is not None
    check_mapping(LARGE, AIMC, found.mapping, IMC)


@pytest.mark.parametrize("engine", [*HEURISTICS, Exhaustive(True)], ids=lambda engine: engine.name)
def test_a_search_that_is_stopped_at_once_knows_nothing(engine: Engine) -> None:
    found = engine.search(LARGE, AIMC, IMC, "energy", budget=Budget.of(None, lambda: True))
    assert (found.status, found.mapping, found.exact_scores) == ("UNKNOWN", None, 0)
    assert found.reason == "no mapping found; stopped by a limit or by the user"


def test_what_fits_nowhere() -> None:
    drawn = case(51, most_mappings=300)
    assert best_by_enumeration(drawn.layer, drawn.accelerator, IMC, "energy") is None
    assert _search(Exhaustive(), drawn).status == "INFEASIBLE"
    for engine in HEURISTICS:
        found = _search(engine, drawn)
        assert (found.status, found.exact_scores) == ("UNKNOWN", 0)
        assert found.reason == f"no mapping found; engine {engine.name} proves no bound"


def test_exhaustive_search_refuses_what_is_too_large() -> None:
    with pytest.raises(
        OptionError, match=rf"'conv3x3'.*mappings, which takes about \d.*limit is {MOST_MAPPINGS:,}"
    ):
        Exhaustive().search(LARGE, AIMC, IMC, "energy")
    Exhaustive(force=True).check(LARGE, AIMC, IMC)
    Exhaustive().check(matmul_layer("small", rows=2, out_channels=4, in_channels=4), AIMC, IMC)


def test_the_estimate_is_of_the_right_size() -> None:
    layer = matmul_layer("small", rows=4, out_channels=4, in_channels=3)
    found = Exhaustive(force=True).search(layer, AIMC, IMC, "energy")
    estimate = estimated_seconds(layer, AIMC, IMC)
    assert found.seconds / 20 < estimate < found.seconds * 20
    forecast = Exhaustive().forecast([layer, layer], AIMC, IMC)
    assert forecast.startswith(
        f"exhaustive: {2 * (found.mapspace_size or 0):,} mappings of 2 distinct layers"
    )
    assert Loma().forecast([layer], AIMC, IMC) is None


def test_counts_and_durations_as_text() -> None:
    assert [count_text(n) for n in (7, 12345, 58 * 10**14)] == ["7", "12,345", "5.8e+15"]
    texts = [duration_text(s) for s in (0.04, 3.2, 300, 9000, 200_000, 4e8, 1e15)]
    assert texts == [
        "0.0 seconds",
        "3 seconds",
        "5 minutes",
        "2 hours",
        "2 days",
        "13 years",
        "3e+07 years",
    ]


# ---------------------------------------------------------------- what the engines choose from
def test_loops_are_merged_from_the_smallest() -> None:
    sizes = {"K": 8, "C": 6, "OX": 7}
    assert merged_loops(sizes, 9) == prime_loops(sizes)
    assert sorted(merged_loops(sizes, 5)) == [("C", 2), ("C", 3), ("K", 2), ("K", 4), ("OX", 7)]
    assert sorted(merged_loops(sizes, 4)) == [("C", 6), ("K", 2), ("K", 4), ("OX", 7)]
    assert sorted(merged_loops(sizes, 1)) == [("C", 6), ("K", 8), ("OX", 7)]
    assert merged_loops({"K": 1}, 3) == ()


def test_spatial_mappings_come_by_utilization() -> None:
    board = Scoreboard(LARGE, AIMC, IMC, "energy")
    steps = [
        math.prod(spatial.temporal_sizes(LARGE.loop_dims).values())
        for spatial in SpatialSpace.of(LARGE, AIMC, IMC)
    ]
    found = [math.prod(allocator.temporal.values()) for allocator in highest_utilization(board, 5)]
    assert found == sorted(steps)[:5]


@pytest.mark.parametrize("seed", range(12))
def test_greedy_levels_hold_all_that_fits(seed: int) -> None:
    """What is allocated is legal, and no cut can go up to the next loop.

    Not without an overflow, nor past the next cut.
    """
    drawn = case(seed, most_mappings=1500)
    layer, accelerator = drawn.layer, drawn.seen
    for spatial in SpatialSpace.of(layer, accelerator, drawn.profile)[:6]:
        allocator = Allocator(layer, accelerator, spatial)
        for loops in list(loop_orders_of(prime_loops(allocator.temporal)))[:6]:
            mappings = list(allocator.greedy(loops))
            assert allocator.fits_at_all() or not mappings
            for mapping in mappings:
                check_mapping(layer, accelerator, mapping, drawn.profile)
                for raised in _raised(mapping):
                    assert overflows(layer, accelerator, raised), (
                        f"{mapping} has room for {raised.temporal.cuts}"
                    )


def _raised(mapping: LayerMapping) -> list[LayerMapping]:
    """Mappings in which one level of one operand holds more of the inner loops.

    Those above it hold these, too.
    """
    found = []
    for operand, cuts in enumerate(mapping.temporal.cuts):
        for level, cut in enumerate(cuts):
            for place in range(cut + 1, len(mapping.temporal.loops) + 1):
                changed = [list(own) for own in mapping.temporal.cuts]
                changed[operand][level:] = [max(place, above) for above in cuts[level:]]
                w, i, o = (tuple(own) for own in changed)
                found.append(
                    LayerMapping(
                        mapping.spatial, TemporalMapping(mapping.temporal.loops, (w, i, o))
                    )
                )
    return found


# ---------------------------------------------------------------- options
def test_engines_are_built_by_name() -> None:
    assert tuple(ENGINES) == ("exhaustive", "loma", "salsa", "random")
    assert engine_named("loma", {"factors": 4}) == Loma(factors=4)
    for name in ENGINES:
        assert engine_named(name).described().startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("lomo", {}, r"engine: found 'lomo', expected one of exhaustive, .*did you mean 'loma'\?"),
        (
            "loma",
            {"samples": 3},
            "samples: engine loma has no such option; it is an option of random",
        ),
        (
            "loma",
            {"factor": 3},
            r"its options are factors, spatial_mappings \(did you mean 'factors'\?\)",
        ),
        ("loma", {"factors": 0}, "factors: found 0, expected a whole number, at least 1"),
        ("salsa", {"iterations": 1.5}, "iterations: found 1.5"),
        (
            "salsa",
            {"start_temperature": 0},
            "start_temperature: found 0, expected a number above 0",
        ),
        ("salsa", {"start_temperature": math.nan}, "start_temperature: found nan"),
        ("random", {"samples": True}, "samples: found True"),
    ],
)
def test_wrong_options_are_named(name: str, options: dict[str, float], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        engine_named(name, options)


def test_engines_do_without_the_solvers_library() -> None:
    script = (
        "import sys, zigzag_imc as z;"
        " layer = z.matmul_layer('l', rows=4, out_channels=4, in_channels=4);"
        "assert z.search_layer(layer, 'aimc', 'salsa').status == 'FEASIBLE';"
        " print('ortools' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_accelerators_with_operands_that_share_a_memory() -> None:
    """Which operand takes the shared memory first makes two mappings of one order."""
    data = case(0).data
    data["memories"] = {
        "cells": data["memories"]["cells"],
        "sram": _shared(40),
        "dram": data["memories"]["dram"],
    }
    accelerator = accelerator_from_dict(data, "shared")
    layer = matmul_layer("shared", rows=4, out_channels=4, in_channels=4)
    spatial = SpatialSpace.of(layer, accelerator, IMC)[0]
    orders = list(loop_orders_of(prime_loops(spatial.temporal_sizes(layer.loop_dims))))
    counts = {len(list(Allocator(layer, accelerator, spatial).greedy(loops))) for loops in orders}
    assert max(counts) == 2


def _shared(bits: int) -> dict[str, object]:
    """A small memory for inputs and outputs."""
    return memory(bits, "I1 O", [port("read_write", 8, 8, *moves("I1 O", *SHARED_PORT))])
