"""What every mapping costs at least, against all mappings; and spatial mappings listed in parts."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.solver.small_cases import PROFILES, Case, case
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.space import DIVISORS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.mapspace import combinations
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.presolve.floor import floor_of
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions


@pytest.mark.parametrize("seed", range(30))
def test_no_mapping_is_below_the_floor(seed: int) -> None:
    drawn = case(seed)
    for profile in PROFILES:
        costs = CostModel(drawn.layer, drawn.accelerator, profile)
        floor = floor_of(costs)
        for mapping in enumerate_mappings(drawn.layer, drawn.accelerator, profile):
            cost = costs.evaluate(mapping)
            assert cost.energy_pj >= floor.energy_pj * (1 - 1e-9)
            assert cost.latency_cycles >= floor.latency_cycles


def test_the_floor_of_a_matrix_product_by_hand() -> None:
    """Weights and inputs of 8 bits and outputs of 8 bits cross 64 bits at a time below the DRAM."""
    costs = CostModel(
        matmul_layer("fc", rows=2, out_channels=32, in_channels=64), load_accelerator("dimc")
    )
    (dram,) = [memory for memory in costs.accelerator.memories if memory.name == "dram"]
    width = dram.ports[0].bandwidth_max
    reads, writes = (64 * 32 + 2 * 64) * 8 / width, 2 * 32 * 8 / width
    floor = floor_of(costs)
    assert floor.energy_pj == pytest.approx(
        reads * dram.read_energy_pj + writes * dram.write_energy_pj
    )
    assert floor.latency_cycles == math.ceil(2 * 64 * 32 / (16 * 128)) * 8


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """List seven combinations of unrollings at a time."""
    whole = SpatialSpace.one_of_each.__func__  # type: ignore[attr-defined]

    def part(*arguments: Any) -> SpatialSpace:
        with_stop = (*arguments[:4], lambda: True, *arguments[5:]) if arguments[4:] else arguments
        found: SpatialSpace = whole(SpatialSpace, *with_stop)
        return found

    monkeypatch.setattr(combinations, "BLOCK", 7)
    monkeypatch.setattr(SpatialSpace, "one_of_each", part)


def test_parts_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = conv_layer("c", out_channels=6, in_channels=5, output_size=4, filter_size=3)
    accelerator = load_accelerator("dimc")
    whole = list(SpatialSpace.of(layer, accelerator, PROFILES[0]))
    monkeypatch.setattr(combinations, "BLOCK", 7)
    found, first = [], 0
    while True:
        part = SpatialSpace.of(layer, accelerator, PROFILES[0], DIVISORS, lambda: True, first)
        found += list(part)
        first = part.looked_at
        if part.complete:
            break
    assert found == whole


def solved(drawn: Case) -> tuple[object, ...]:
    found = solve(drawn.layer, drawn.accelerator, drawn.profile, "edp", SearchOptions())
    value = found.objective_value
    return (
        found.status,
        None if value is None else pytest.approx(value, rel=1e-9),
        found.spatial_mappings,
        found.mapspace_size,
    )


@pytest.mark.parametrize("seed", range(6))
def test_what_is_listed_in_parts_is_proved_as_well(
    seed: int, request: pytest.FixtureRequest
) -> None:
    whole = solved(case(seed))
    request.getfixturevalue("in_parts")
    assert solved(case(seed)) == whole
