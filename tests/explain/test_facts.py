"""What an explanation says of a mapping follows from the mapping."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.accelerators import VARIANTS, variant
from tests.layers import LAYERS, layer_for
from tests.mappings import random_mappings
from tests.small_results import scored
from zigzag_imc import explain_layer
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.explain.facts import bindings_of, capacities_of, grown, occupancy_of
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.capacity import held_bits
from zigzag_imc.models.mapspace.legality import check_temporal
from zigzag_imc.models.profile import IMC
from zigzag_imc.results.parts import BreakdownRecord
from zigzag_imc.results.records import cost_fields


@settings(max_examples=60)
@given(st.integers(0, 10**6))
@example(33)
def test_a_grown_tile_is_the_same_mapping_with_more_in_the_memory(seed: int) -> None:
    rng = random.Random(seed)
    name = rng.choice(sorted(VARIANTS))
    accelerator, layer = variant(name), layer_for(name, rng.choice(sorted(LAYERS)))
    mapping = next(random_mappings(rng, layer, accelerator), None)
    if mapping is None:
        return
    before = held_bits(layer, accelerator, mapping)
    for operand in OPERANDS:
        for level, index in enumerate(accelerator.levels[operand]):
            larger = grown(layer, mapping, operand, level)
            if larger is None:
                continue
            (dim, _), changed = larger
            assert dim in layer.relevant(operand)
            check_temporal(layer, accelerator, changed)
            after = held_bits(layer, accelerator, changed)
            # Outputs take fewer bits each once no reduction is left above their tile.
            narrowed = layer.precision.O_final / layer.precision.O if operand == "O" else 1
            assert after[index][operand] >= before[index][operand] * narrowed
            for other in OPERANDS:
                if other != operand:
                    assert [held.get(other) for held in after] == [
                        held.get(other) for held in before
                    ]


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_explanations_add_up(seed: int) -> None:
    rng = random.Random(seed)
    name = rng.choice(sorted(VARIANTS))
    accelerator, layer = variant(name), layer_for(name, rng.choice(sorted(LAYERS)))
    mapping = next(random_mappings(rng, layer, accelerator, IMC), None)
    if mapping is None:
        return
    told = explain_layer(scored([(layer, mapping)], accelerator, IMC), layer.name, what_if=False)
    terms = told.breakdown
    energy = sum(terms.array_energy_pj.values()) + sum(
        term.energy_pj for term in terms.memory_energy
    )
    assert energy == pytest.approx(told.energy_pj)
    assert sum(terms.latency.model_dump().values()) == pytest.approx(told.latency_cycles)
    parts = (told.binding, *told.other_bindings)
    assert sum(part.share for part in parts) == pytest.approx(1)
    assert sum(part.cycles for part in parts) == pytest.approx(told.latency_cycles)
    assert [part.cycles for part in parts] == sorted((part.cycles for part in parts), reverse=True)
    for capacity in told.capacities:
        assert 0 < capacity.used_bits <= capacity.size_bits
        assert capacity.used_bits == sum(tile.bits for tile in capacity.tiles)
    for lane in told.occupancy:
        assert 0 < lane.average <= lane.used <= lane.size
    assert told.what_ifs == ()


def test_a_layer_by_hand() -> None:
    """4 x 6 x 12 on 128 x 128: 12 columns, 6 rows, one step per row of the inputs."""
    layer, accelerator = (
        matmul_layer("product", rows=4, out_channels=12, in_channels=6),
        variant("dimc"),
    )
    mapping = LayerMapping(
        SpatialMapping.of({"D1": {"K": 12}, "D2": {"C": 6}}),
        TemporalMapping((("D", 4),), ((1,), (0, 1), (0, 1))),
    )
    columns, rows = occupancy_of(layer, accelerator, mapping.spatial, IMC)
    assert (columns.role, columns.used, columns.unrollings) == ("columns", 12, {"K": 12})
    assert (rows.role, rows.used, rows.average) == ("rows", 6, 6.0)
    capacities = {
        capacity.memory: capacity for capacity in capacities_of(layer, accelerator, mapping)
    }
    (weights,) = capacities["cells"].tiles
    assert (weights.bits, weights.next_loop) == (8, None)  # one weight per cell is all of them
    sram = {tile.operand: tile for tile in capacities["sram_256KB"].tiles}
    assert (sram["I"].bits, sram["O"].bits) == (4 * 6 * 8, 4 * 12 * 8)
    (register,) = capacities["rf_1B"].tiles
    assert (register.next_loop, register.next_bits, register.next_fits) == (("D", 2), 16, False)
    assert capacities["rf_1B"].binds
    assert not capacities["sram_256KB"].binds
    cost = CostModel(layer, accelerator, IMC).evaluate(mapping)
    binding = bindings_of(cost_fields(cost)["breakdown"], accelerator)[0]
    assert binding.kind == "compute"
    assert binding.cycles == 4 * accelerator.array.cycles_per_activation


def test_what_binds_takes_most_of_the_latency() -> None:
    accelerator = variant("dimc")

    def terms(
        compute: float, stall: float, loading: float, worst: tuple[str, str]
    ) -> BreakdownRecord:
        memory, port = worst
        return BreakdownRecord.model_validate(
            {
                "array_energy_pj": {},
                "memory_energy": (),
                "latency": {
                    "compute_cycles": compute,
                    "stall_cycles": stall,
                    "onloading_cycles": loading,
                    "offloading_cycles": 0.0,
                },
                "port_stalls": [
                    {"memory": "rf_1B", "port": "r_port_1", "cycles": stall / 2},
                    {"memory": memory, "port": port, "cycles": stall},
                ],
            }
        )

    def kinds(compute: float, stall: float, loading: float) -> list[str]:
        return [
            part.kind
            for part in bindings_of(
                terms(compute, stall, loading, ("dram", "rw_port_1")), accelerator
            )
        ]

    assert kinds(10.0, 0.0, 2.0) == ["compute", "loading"]
    assert kinds(100.0, 1.0, 0.0) == ["compute", "port"]  # a stall of 1 % binds nothing
    assert kinds(4.0, 10.0, 2.0) == ["port", "compute", "loading"]
    assert kinds(10.0, 4.0, 12.0) == ["loading", "compute", "port"]
    waits = bindings_of(terms(4.0, 10.0, 2.0, ("dram", "rw_port_1")), accelerator)[0]
    assert (waits.memory, waits.port, waits.cycles, waits.share) == (
        "dram",
        "rw_port_1",
        10.0,
        0.625,
    )
    rows = bindings_of(terms(4.0, 10.0, 2.0, ("cells", "rows")), accelerator)[0]
    assert (rows.kind, rows.memory, rows.port) == ("rows", "cells", None)
