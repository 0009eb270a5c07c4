"""Figures of ZigZag-IMC, from a network and the greedy rule alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.compare_row_write import CYCLES, as_read, compared, found_by_layer, mapping_of
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import ZIGZAG_IMC

ENTRIES = json.loads((Path(__file__).parents[1] / "data" / "row_write.json").read_text())
"""Three layers as ZigZag-IMC mapped them, and what they cost it."""

PLACES = {"layer_LayerNode_0": 0, "layer_LayerNode_2": 1, "layer_LayerNode_4": 2}
"""Place of each among the layers of its network."""


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry['network']} {entry['layer']}")
def test_a_layer_costs_what_it_costs_the_reference(entry: dict[str, Any]) -> None:
    found = found_by_layer(entry["network"], entry["array"])[PLACES[entry["layer"]]]
    layer, mapping = as_read(found.layer, entry), mapping_of(entry)
    cost = CostModel(layer, found.accelerator, ZIGZAG_IMC).evaluate(mapping)
    pairs = compared(entry, cost)
    told = [name for name in pairs if name in CYCLES or name.startswith("memory ")]
    assert len(told) == len(CYCLES) + sum(map(len, entry["memory_energy"].values()))
    for name in told:
        assert pairs[name][1] == pytest.approx(pairs[name][0], rel=1e-9), name


def test_the_layers_find_different_memories() -> None:
    """Inputs from the top, outputs from the top, and neither."""
    levels = {tuple(len(entry["temporal"][name]) for name in ("I", "O")) for entry in ENTRIES}
    assert levels == {(3, 2), (2, 3), (2, 2)}
