"""Every term of the cost under the profile ``zigzag`` equals that of ``zigzag-dse`` 3.9.1."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from tests.accelerators import VARIANTS, variant, variant_text
from tests.layers import LAYERS, layer_for
from tests.mappings import random_mappings
from tests.oracle import oracle_evaluate
from tests.terms import differences, our_terms, their_terms
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import ZIGZAG
from zigzag_imc.zigzag_bridge.comparable import comparable

MAPPINGS_PER_PAIR = 5
# The inputs of these layers do not fit the only memory that holds them.
IMPOSSIBLE = {("short", "conv7x7s2"), ("short", "conv3x3_wide")}


@pytest.mark.parametrize("accelerator_name", VARIANTS)
@pytest.mark.parametrize("layer_name", LAYERS)
def test_random_mappings_cost_the_same(accelerator_name: str, layer_name: str) -> None:
    """Over 550 mappings in all: thirteen layers on nine accelerators."""
    if (accelerator_name, layer_name) in IMPOSSIBLE:
        return
    layer, accelerator = layer_for(accelerator_name, layer_name), variant(accelerator_name)
    model = CostModel(layer, accelerator, ZIGZAG)
    rng = random.Random(f"{accelerator_name} {layer_name}")
    drawn = (
        m for m in random_mappings(rng, layer, accelerator) if comparable(layer, accelerator, m)
    )
    compared = 0
    for mapping in islice(drawn, MAPPINGS_PER_PAIR):
        found = differences(
            our_terms(model.evaluate(mapping)),
            their_terms(oracle_evaluate(layer, variant_text(accelerator_name), mapping)),
        )
        assert not found, f"{mapping}: " + "; ".join(found)
        compared += 1
    assert compared == MAPPINGS_PER_PAIR


def _mapping(
    spatial: dict[str, dict[str, int]],
    loops: tuple[tuple[str, int], ...],
    w: tuple[int, ...],
    i: tuple[int, ...],
    o: tuple[int, ...],
) -> LayerMapping:
    return LayerMapping(SpatialMapping.of(spatial), TemporalMapping(loops, (w, i, o)))


K64 = {"D1": {"K": 32}, "D2": {"C": 64}}
ROWS = {"D1": {"K": 64}, "D2": {"C": 14, "FX": 2}}

AIMED = {
    "registers of several words": (
        "separate",
        "conv1x1s2",
        _mapping(K64, (("OX", 2), ("K", 4), ("OX", 14), ("OY", 28)), (1, 2), (2, 3), (1, 2)),
    ),
    "loops inside the cell groups": (
        "separate",
        "conv1x1s2",
        _mapping(K64, (("OX", 2), ("K", 4), ("OX", 14), ("OY", 28)), (2, 2), (0, 3), (0, 2)),
    ),
    "a stationary loop under loops inside the cell groups": (
        "bit_parallel",
        "conv1x1s2",
        _mapping(
            {"D1": {"K": 32}, "D2": {"C": 32}},
            (("OX", 4), ("C", 2), ("OY", 28), ("OX", 7), ("K", 4)),
            (2,),
            (0, 2),
            (0, 2),
        ),
    ),
    "shared SRAM with room for every double buffer": (
        "aimc",
        "conv3x3",
        _mapping(
            ROWS, (("OX", 56), ("C", 5), ("FX", 2), ("FY", 3), ("OY", 56)), (0,), (0, 1), (0, 4)
        ),
    ),
    "shared SRAM nearly full": (
        "aimc",
        "conv3x3",
        _mapping(
            ROWS,
            (("OX", 56), ("OY", 4), ("C", 5), ("FX", 2), ("FY", 3), ("OY", 14)),
            (0,),
            (0, 3),
            (0, 2),
        ),
    ),
    "shared SRAM with room for one double buffer": (
        "aimc",
        "conv3x3",
        _mapping(
            ROWS,
            (("OX", 56), ("OY", 2), ("FX", 2), ("C", 5), ("FY", 3), ("OY", 28)),
            (0,),
            (0, 4),
            (0, 2),
        ),
    ),
    "one SRAM for three operands": (
        "shared_all",
        "conv3x3",
        _mapping(
            {"D1": {"K": 64}, "D2": {"C": 10, "FX": 3}},
            (("OX", 28), ("FY", 3), ("OX", 2), ("C", 7), ("OY", 56)),
            (0, 2),
            (0, 2),
            (0, 1),
        ),
    ),
    "one memory level for the inputs": (
        "short",
        "conv3x3",
        _mapping(
            {"D1": {"K": 32}, "D2": {"C": 4, "FX": 2}},
            (("OX", 56), ("FX", 2), ("FY", 3), ("C", 16), ("OY", 56), ("K", 2)),
            (0,),
            (),
            (0,),
        ),
    ),
    "a diagonal mapping": (
        "short",
        "conv3x3",
        _mapping(
            {"D1": {"K": 8, "OX": 2}, "D2": {"C": 2, "FX": 2}},
            (("OX", 28), ("FX", 2), ("FY", 3), ("C", 32), ("OY", 56), ("K", 8)),
            (0,),
            (),
            (0,),
        ),
    ),
    "five memory levels for the inputs": (
        "deep",
        "conv1x1s2",
        _mapping(
            {"D1": {"K": 64}, "D2": {"C": 64}},
            (("OX", 7), ("OX", 2), ("K", 2), ("OX", 2), ("OY", 28)),
            (0, 3, 4),
            (0, 1, 3, 4),
            (0, 1, 4),
        ),
    ),
    "every loop in the lowest level": (
        "aimc",
        "fully_connected",
        _mapping({"D1": {"K": 125}, "D2": {"C": 128}}, (("C", 4), ("K", 8)), (0,), (0, 1), (1, 2)),
    ),
    "macros that share inputs": (
        "macros",
        "depthwise",
        _mapping(
            {"D2": {"FX": 3, "FY": 3}, "D3": {"G": 4}, "D4": {"OY": 2}},
            (("OX", 20), ("OY", 10), ("G", 18)),
            (0,),
            (0, 1, 2),
            (0, 2),
        ),
    ),
}


@pytest.mark.parametrize("case", AIMED)
def test_aimed_mappings_cost_the_same(case: str) -> None:
    """Corners that a random draw may miss."""
    accelerator_name, layer_name, mapping = AIMED[case]
    layer, accelerator = layer_for(accelerator_name, layer_name), variant(accelerator_name)
    check_mapping(layer, accelerator, mapping, ZIGZAG)
    assert comparable(layer, accelerator, mapping)
    cost = CostModel(layer, accelerator, ZIGZAG).evaluate(mapping)
    evaluation = oracle_evaluate(layer, variant_text(accelerator_name), mapping)
    assert differences(our_terms(cost), their_terms(evaluation)) == []
