"""User constraints: each kind binds, relaxes to the same optimum where loose, and is minimal.

What a constraint means is compared with `plain_constraints`, which says it loop by loop.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.solver.plain_constraints import plain_mappings
from tests.solver.small_cases import case, diagonal_case, stalling_case
from tests.solver.within_constraints import (
    MOST,
    PAIRS,
    RESOLUTION,
    SAME,
    answer,
    asked,
    disagreements,
    random_constraints,
)
from zigzag_imc.core.constraints import texts_of
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.space import Space
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.mapspace.constraints.kept import keeps
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.engines.exhaustive import Exhaustive
from zigzag_imc.solver.engines.loma import Loma
from zigzag_imc.solver.engines.random_draws import RandomDraws
from zigzag_imc.solver.engines.salsa import Salsa
from zigzag_imc.solver.pareto import pareto_front
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions, Solution

UTILIZATION_CASE = 147
"""A case whose mapping of least energy uses less of the array than another one could."""


# ---------------------------------------------------------------- one layer, kind by kind
LAYER = matmul_layer("example", rows=12, out_channels=24, in_channels=96)
AIMC = load_accelerator("aimc")
BASE = solve(LAYER, AIMC, IMC, "edp")

BINDING = (
    "unroll K on D1 = 8",
    "unroll K on D1 <= 8",
    "unroll C on D2 = 20",
    "allow nothing on D1",
    "inner D 2, K *",
    "outer D 3",
    "order D > K",
    "tile K of I in sram_256KB <= 12",
    "tile K of O in sram_256KB >= 24",
    "tile D of W in cells = 3",
    "even",
    "even in cells, input_register, output_register",
    "stationary I in input_register",
)
LOOSE = (
    "unroll K on D1 >= 1",
    "unroll K on D1 <= 16",
    "unroll K on D1 = 12",
    "allow K, C, D on D1",
    "inner D *",
    "inner B *",
    "outer K 2",
    "order K > D",
    "tile K of I in sram_256KB <= 24",
    "tile K of I in sram_256KB >= 1",
    "tile D of W in cells = 12",
    "tile K of W in dram = 24",
    "even in dram",
    "stationary W in cells",
    "stationary I in dram",
    "utilization >= 50%",
    "utilization >= 0",
)


def on_example(*texts: str) -> Solution:
    return solve(LAYER, AIMC, IMC, "edp", SearchOptions(space=Space(constraints=asked(*texts))))


@pytest.mark.parametrize("text", BINDING)
def test_every_kind_binds(text: str) -> None:
    found = on_example(text)
    assert BASE.objective_value is not None
    assert BASE.mapping is not None
    assert found.mapping is not None
    assert found.status == "OPTIMAL"
    assert found.objective_value is not None
    assert found.objective_value > BASE.objective_value * 1.0001
    accelerator = seen_by(AIMC, LAYER.precision, IMC)
    assert keeps(LAYER, accelerator, found.mapping, asked(text))
    assert not keeps(LAYER, accelerator, BASE.mapping, asked(text))


@pytest.mark.parametrize("text", LOOSE)
def test_every_kind_relaxes_to_the_same_optimum(text: str) -> None:
    found = on_example(text)
    assert found.status == "OPTIMAL"
    assert found.objective_value == pytest.approx(BASE.objective_value, rel=RESOLUTION)


def test_least_utilization_binds() -> None:
    drawn = case(UTILIZATION_CASE, MOST)
    free = answer(drawn, "energy")
    assert free.cost is not None
    assert free.objective_value is not None
    tight = asked(f"utilization >= {1.1 * free.cost.utilization}")
    found = answer(drawn, "energy", tight)
    assert found.cost is not None
    assert found.objective_value is not None
    assert found.cost.utilization >= 1.1 * free.cost.utilization
    assert found.objective_value > free.objective_value * 1.0001
    assert not list(disagreements(drawn, tight))


def test_a_fixed_unrolling_need_not_be_the_smallest() -> None:
    """Nine of 17 channels need as many steps as 16; whoever asks for 16 gets 16."""
    layer = matmul_layer("seventeen", rows=4, out_channels=17, in_channels=16)
    free, fixed, least = (
        solve(layer, AIMC, IMC, "energy", SearchOptions(space=Space(constraints=asked(*texts))))
        for texts in ((), ("unroll K on D1 = 16",), ("unroll K on D1 >= 11",))
    )
    assert free.mapping is not None
    assert fixed.mapping is not None
    assert least.mapping is not None
    assert free.mapping.spatial.on("D1") == {"K": 9}
    assert fixed.mapping.spatial.on("D1") == {"K": 16}
    assert least.mapping.spatial.on("D1") == {"K": 11}


def test_no_more_is_asked_for_than_there_is() -> None:
    layer = matmul_layer("few", rows=4, out_channels=3, in_channels=16)
    texts = ("unroll K on D1 = 16", "tile K of W in cells >= 16", "unroll FX on D2 = 3")
    found = solve(layer, AIMC, IMC, "edp", SearchOptions(space=Space(constraints=asked(*texts))))
    assert found.mapping is not None
    assert found.mapping.spatial.on("D1") == {"K": 3}


# ---------------------------------------------------------------- conflicts
CONFLICTS = (
    (("unroll K on D1 <= 8", "utilization >= 0.4"), ("even", "order K > D")),
    (("allow nothing on D1", "unroll K on D1 >= 2"), ("outer K *",)),
    (("stationary W in cells", "tile D of W in cells <= 6"), ("unroll C on D2 = 96",)),
    (("order K > D", "order D > C", "inner K *"), ("allow K on D1", "unroll K on D1 = 12")),
)


@pytest.mark.parametrize(("conflict", "beside"), CONFLICTS)
def test_a_conflict_is_minimal(conflict: tuple[str, ...], beside: tuple[str, ...]) -> None:
    found = on_example(*beside, *conflict)
    assert found.status == "INFEASIBLE"
    assert found.mapping is None
    assert found.reason is not None
    texts = texts_of(found.conflict)
    assert set(texts) <= {*beside, *conflict}
    for text in texts:
        assert text in found.reason
    assert on_example(*texts).status == "INFEASIBLE"
    for text in texts:
        assert on_example(*(other for other in texts if other != text)).mapping is not None


def test_a_constraint_that_nothing_keeps_is_a_conflict_alone() -> None:
    found = on_example("even", "tile K of W in cells = 7")
    assert texts_of(found.conflict) == ("tile K of W in cells = 7",)
    assert found.reason is not None
    assert found.reason.startswith("no mapping that fits keeps the constraint:")


def test_what_does_not_fit_anyway_is_no_conflict() -> None:
    sizes = [replace(memory, size_bits=min(memory.size_bits, 64)) for memory in AIMC.memories]
    tiny = AIMC.replace(memories=tuple(sizes))
    found = solve(LAYER, tiny, IMC, "edp", SearchOptions(space=Space(constraints=asked("even"))))
    assert found.status == "INFEASIBLE"
    assert found.conflict == ()
    assert found.reason is not None
    assert "overflows" in found.reason


# ---------------------------------------------------------------- random cases
@pytest.mark.parametrize("seed", range(len(PAIRS)))
def test_pairs_of_kinds_against_plain_enumeration(seed: int) -> None:
    drawn = (case if seed % 4 else stalling_case)(seed, MOST)
    constraints = random_constraints(drawn, seed)
    assert not list(disagreements(drawn, constraints))


@pytest.mark.parametrize("seed", range(400, 424))
def test_diagonals_within_constraints_against_plain_enumeration(seed: int) -> None:
    drawn = diagonal_case(seed, MOST)
    constraints = random_constraints(drawn, seed)
    assert not list(disagreements(drawn, constraints))


DEPTHWISE = conv_layer(
    "dw", groups=4, out_channels=1, in_channels=1, output_size=(1, 3), filter_size=(1, 2)
)


@pytest.mark.parametrize("line", ["D1", "D2"])
def test_groups_that_one_line_may_not_have_lie_on_neither(line: str) -> None:
    spaces = (
        Space(diagonals=True, constraints=asked(*texts))
        for texts in ((), (f"allow K, C, FX, FY on {line}",))
    )
    free, kept = (
        solve(DEPTHWISE, AIMC, IMC, "edp", SearchOptions(space=space)) for space in spaces
    )
    assert free.mapping is not None
    assert kept.mapping is not None
    assert {"G", "OX"} & set(free.mapping.spatial.on("D1"))
    assert "G" not in kept.mapping.spatial.factors


@pytest.mark.parametrize("seed", range(100, 112))
def test_enumeration_lists_what_is_plainly_allowed(seed: int) -> None:
    drawn = case(seed, MOST)
    constraints = random_constraints(drawn, seed)
    every = enumerate_mappings(
        drawn.layer, drawn.accelerator, drawn.profile, Space(constraints=constraints)
    )
    assert set(every) == set(plain_mappings(drawn, constraints))


@pytest.mark.parametrize("seed", range(200, 208))
def test_fronts_keep_constraints(seed: int) -> None:
    drawn = case(seed, MOST)
    constraints = random_constraints(drawn, seed)
    model = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
    costs = [model.evaluate(mapping) for mapping in plain_mappings(drawn, constraints)]
    front: list[tuple[float, float]] = []
    for latency, energy in sorted({(cost.latency_cycles, cost.energy_pj) for cost in costs}):
        if not front or energy < front[-1][1] * (1 - SAME):
            front.append((latency, energy))
    options = SearchOptions(space=Space(constraints=constraints))
    found = pareto_front(drawn.layer, drawn.accelerator, drawn.profile, options)
    points = [(point.cost.latency_cycles, point.cost.energy_pj) for point in found.points]
    assert found.proved
    assert np.allclose(points, front, rtol=SAME) if front else not points


@pytest.mark.parametrize("seed", range(300, 316))
def test_engines_keep_constraints(seed: int) -> None:
    drawn = case(seed, MOST)
    constraints = random_constraints(drawn, seed)
    model = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
    values = [model.evaluate(mapping).edp for mapping in plain_mappings(drawn, constraints)]
    options = SearchOptions(space=Space(constraints=constraints))
    for engine in (Exhaustive(), Loma(factors=4), Salsa(iterations=25), RandomDraws(samples=50)):
        found = engine.search(drawn.layer, drawn.accelerator, drawn.profile, "edp", options)
        if engine.name == "exhaustive":
            assert found.status == ("OPTIMAL" if values else "INFEASIBLE")
            assert found.objective_value == pytest.approx(min(values)) if values else True
        if found.mapping is not None:
            assert keeps(drawn.layer, drawn.seen, found.mapping, constraints)
            assert found.objective_value is not None
            assert found.objective_value >= min(values) * (1 - SAME)


def test_engines_find_what_is_asked_for() -> None:
    constraints = asked("unroll K on D1 = 8", "order K > D", "tile D of W in cells = 12")
    options = SearchOptions(space=Space(constraints=constraints))
    least = solve(LAYER, AIMC, IMC, "edp", options).objective_value
    assert least is not None
    for engine in (Loma(), Salsa(iterations=60), RandomDraws(samples=60)):
        found = engine.search(LAYER, AIMC, IMC, "edp", options)
        assert found.mapping is not None, engine.name
        assert found.mapping.spatial.on("D1") == {"K": 8}
        assert found.objective_value is not None
        assert found.objective_value >= least * (1 - SAME)
