"""What stays on chip by ZigZag's greedy rule: here and in ZigZag's own runs."""

from __future__ import annotations

import copy
import random
from pathlib import Path

import onnx
import pytest

from tests.accelerators import VARIANTS, cells, dram, memory, moves, port, rebuilt, registers
from tests.zigzag_bridge.whole_networks import Node, evaluations, graph, stays
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.library.query import Query
from zigzag_imc.library.subject import Subject
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.locality.greedy import greedy_placement
from zigzag_imc.models.locality.timeline import Timeline
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import ZIGZAG
from zigzag_imc.zigzag_bridge.objects import mapping_of


def chip(*sizes: int, weights: bool = False) -> Accelerator:
    """Make an accelerator with memories of some bits for activations, the lowest first."""
    operands = "I1 I2 O" if weights else "I1 O"
    memories = {
        f"level{number}": memory(
            size,
            operands,
            [
                port("read", 8, 32, *moves(operands, "tl", "th")),
                port("write", 8, 32, *moves(operands, "fh", "fl")),
            ],
            cost=10.0 * (number + 1),
        )
        for number, size in enumerate(sizes)
    }
    data = rebuilt(
        copy.deepcopy(VARIANTS["dimc"]),
        "chip",
        {
            "cells": cells(),
            "rf_i": registers("I1", 1, 8),
            "rf_o": registers("O", 1, 16),
            **memories,
            "dram": dram(),
        },
        sizes=[4, 16],
    )
    return accelerator_from_dict(data, "chip")


def drawn(draw: random.Random) -> onnx.ModelProto:
    """Draw a network of layers in a row, skips and branches."""
    nodes: list[Node] = []
    widths = {"x": draw.choice([2, 4])}

    def added(operator: str, *read: str, width: int = 0) -> str:
        name = f"n{len(nodes)}"
        widths[name] = width or widths[read[0]]
        nodes.append((name, operator, read, widths[name]))
        return name

    def layer(read: str, width: int = 0) -> str:
        if draw.random() < 0.3 and not width:
            made = added("Depthwise", read)
        else:
            made = added("Conv", read, width=width or draw.choice([2, 3, 4, 9]))
        return added("Relu", made) if draw.random() < 0.4 else made

    last = layer("x")
    for _ in range(draw.randint(1, 3)):
        kind = draw.choice(["row", "skip", "branches"])
        if kind == "row":
            last = layer(last)
        elif kind == "skip":
            last = added("Add", layer(layer(last), widths[last]), last)
        else:
            one = layer(last)
            last = added("Add", layer(last, widths[one]), one)
    last = layer(last)
    return graph(nodes, widths["x"])


def timeline_of(model: onnx.ModelProto, accelerator: Accelerator) -> Timeline:
    """Return the steps of a model, whose ends may stay on chip as in ZigZag."""
    network = Subject.of(model, accelerator, Query(cost_model="zigzag")).network
    layers = {layer.name: layer for layer in network.layers}
    return Timeline(network.steps_and_tensors, layers, accelerator, keep_ends=True)


def tops(timeline: Timeline) -> dict[str, dict[str, str]]:
    """Name of the top memory of each activation of each layer under the rule."""
    placement = greedy_placement(timeline)
    found = {}
    for name, layer in timeline.layers.items():
        situation = timeline.situation(timeline.step_of(name), layer, placement)
        assert situation is not None
        left = situation.accelerator(timeline.accelerator)
        found[name] = {
            operand: [one.name for one in left.memories if operand in one.operands][-1]
            for operand in ("I", "O")
        }
    return found


@pytest.mark.parametrize("seed", range(10))
def test_the_same_stays_as_in_zigzag(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    model = drawn(draw)
    sizes = sorted(draw.choice([300, 600, 1200, 2000, 3500]) for _ in range(draw.randint(1, 2)))
    accelerator = chip(*sizes)
    assert tops(timeline_of(model, accelerator)) == stays(model, accelerator, tmp_path)


@pytest.mark.parametrize("more_bits", [-8, 0])
def test_all_weights_have_to_lie_beside_it(more_bits: int, tmp_path: Path) -> None:
    row = graph([("a", "Conv", ("x",), 3), ("b", "Conv", ("a",), 2)], 2)
    weights, positions = (2 * 3 + 3 * 2) * 8, 4 * 3
    needed = weights + positions * (2 * 8 + 3 * 16)
    accelerator = chip(needed + more_bits, weights=True)
    found = tops(timeline_of(row, accelerator))
    assert found == stays(row, accelerator, tmp_path)
    assert (found["a"]["O"] == "level0") == (more_bits == 0)


def test_zigzags_own_mappings_cost_the_same_here(tmp_path: Path) -> None:
    nodes: list[Node] = [
        ("a", "Conv", ("x",), 4),
        ("b", "Depthwise", ("a",), 4),
        ("c", "Conv", ("b",), 8),
        ("d", "Conv", ("c",), 4),
        ("e", "Conv", ("d",), 8),
        ("add", "Add", ("c", "e"), 8),
        ("f", "Conv", ("add",), 4),
    ]
    model, accelerator = graph(nodes, 4), chip(1500)
    timeline = timeline_of(model, accelerator)
    placement = greedy_placement(timeline)
    assert 0 < len(placement) < len(timeline.tensors)
    for name, evaluation in evaluations(model, accelerator, tmp_path).items():
        layer = timeline.layers[name]
        situation = timeline.situation(timeline.step_of(name), layer, placement)
        assert situation is not None
        left, mapping = situation.accelerator(accelerator), mapping_of(evaluation)
        check_mapping(layer, left, mapping, ZIGZAG)
        cost = CostModel(layer, left, ZIGZAG).evaluate(mapping)
        assert cost.energy_pj == pytest.approx(evaluation.energy_total, rel=1e-9)
        assert cost.latency_cycles == pytest.approx(evaluation.latency_total2, rel=1e-9)
