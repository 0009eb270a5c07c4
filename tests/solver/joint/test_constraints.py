"""The joint model within constraints finds and proves what scoring all allowed mappings finds."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.solver.joint.checks import MOST_SCORES, refuted_within
from tests.solver.plain_constraints import KINDS, random_constraint
from tests.solver.small_cases import case, diagonal_case
from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.constraint_text import parse_constraint
from zigzag_imc.core.space import Space
from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.joint.search import solve_jointly
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions

LAYER = matmul_layer("example", rows=12, out_channels=24, in_channels=96)
AIMC = load_accelerator("aimc")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_every_kind_on_small_cases(kind: str, seed: int) -> None:
    own, rng = case(seed, 600), random.Random(f"{kind} {seed}")
    assert not refuted_within(own, (random_constraint(own, rng, kind),))


@pytest.mark.parametrize("seed", range(24))
def test_several_constraints_on_small_cases(seed: int) -> None:
    draw = (case, diagonal_case)[seed % 2]
    own, rng = draw(seed, 600), random.Random(f"several {seed}")
    constraints = tuple(random_constraint(own, rng, kind) for kind in rng.sample(KINDS, 3))
    assert not refuted_within(own, constraints)


@pytest.mark.parametrize(
    "text",
    [
        "unroll K on D1 = 8",
        "unroll C on D2 = 20",
        "unroll K on D1 >= 11",
        "allow nothing on D1",
        "inner D 2, K *",
        "outer D 3",
        "order D > K",
        "tile K of I in sram_256KB <= 12",
        "tile K of O in sram_256KB >= 24",
        "tile D of W in cells = 3",
        "tile K of W in dram = 24",
        "even",
        "even in cells, input_register, output_register",
        "stationary I in input_register",
        "utilization >= 50%",
    ],
)
def test_both_methods_find_the_same_optimum(text: str) -> None:
    options = SearchOptions(space=Space(constraints=(parse_constraint(text),)))
    usual = solve(LAYER, AIMC, IMC, "energy", options)
    assert usual.objective_value is not None
    asked = replace(options, cutoff=usual.objective_value * (1 + RESOLUTION))
    found = solve_jointly(LAYER, AIMC, IMC, "energy", asked)
    assert found.status == usual.status == "OPTIMAL"
    assert found.objective_value == pytest.approx(usual.objective_value, rel=2e-7)
    assert found.exact_scores <= MOST_SCORES
