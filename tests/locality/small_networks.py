"""Small random networks and accelerators, whose choices and mappings can all be gone through."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

from tests.accelerators import VARIANTS, cells, dram, memory, moves, port, rebuilt, registers
from zigzag_imc.core.accelerator import Accelerator, Direction, Port
from zigzag_imc.core.dataflow import Dataflow, Step
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.space import Space
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.mapspace.enumeration import is_small
from zigzag_imc.models.profile import IMC
from zigzag_imc.onnx_workload.network import Network

SIZES = (2, 3)

MOST = {"divisors": 200_000, "any-outermost": 25_000}
"""Mappings of a layer, fitting or not, that are gone through once for each of its situations."""


class _Builder:
    """A network that grows step by step; every tensor is `channels` x `rows` elements."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.layers: list[Layer] = []
        self.steps: list[Step] = []
        self.elements = {"input": 6}
        self.shapes: dict[str, tuple[int, int]] = {"input": (2, 3)}
        self.bits = draw.choice([Precision(), Precision(), Precision(8, 4, 16, 8)])

    def layer(self, source: str) -> str:
        """Add a layer that reads one tensor."""
        channels, rows = self.shapes[source]
        name = f"layer{len(self.layers)}"
        out = self.draw.choice(SIZES)
        kind = self.draw.choice(["pointwise", "depthwise", "matmul", "window"])
        if kind == "matmul":
            layer = matmul_layer(name, rows=rows, out_channels=out, in_channels=channels)
        elif kind == "depthwise":
            out = channels
            layer = conv_layer(
                name,
                groups=channels,
                out_channels=1,
                in_channels=1,
                output_size=(1, rows),
                filter_size=(1, 2),
                input_size=(1, rows),
            )
        else:
            taps = 1 if kind == "pointwise" else 2
            layer = conv_layer(
                name,
                out_channels=out,
                in_channels=channels,
                output_size=(1, rows),
                filter_size=(1, taps),
                input_size=(1, rows),
            )
        self.layers.append(layer.replace(precision=self.bits))
        self.steps.append(Step(name, "layer", (source,), (name,), streamed=source))
        return self._written(name, (out, rows))

    def product(self, one: str, other: str) -> str:
        """Add a product of two activations, of which either may be stored."""
        channels, rows = self.shapes[one]
        width, depth = self.shapes[other]
        assert depth == channels
        name = f"layer{len(self.layers)}"
        layer = matmul_layer(
            name,
            rows=rows,
            out_channels=width,
            in_channels=channels,
            weight_batched=True,
            activations=(one, other),
        )
        self.layers.append(layer.replace(precision=self.bits))
        self.steps.append(Step(name, "layer", (one, other), (name,), streamed=one, stored=other))
        return self._written(name, (width, rows))

    def operator(self, *sources: str) -> str:
        """Add an operator without multiply-accumulates: as an addition, if it reads two."""
        name = f"operator{len(self.steps)}"
        self.steps.append(Step(name, "operator", sources, (name,)))
        return self._written(name, self.shapes[sources[0]])

    def _written(self, name: str, shape: tuple[int, int]) -> str:
        self.shapes[name] = shape
        self.elements[name] = shape[0] * shape[1]
        return name

    def network(self, *outputs: str) -> Network:
        """Return what was built."""
        flow = Dataflow(tuple(self.steps), dict(self.elements), outputs)
        return Network("random", tuple(self.layers), dataflow=flow)


def random_network(draw: random.Random) -> Network:
    """Draw a chain, with skips and operators."""
    built = _Builder(draw)
    last = built.layer("input")
    if draw.random() < 0.5:
        last = built.operator(last)
    kind = draw.choice(["chain", "skip", "branches", "product"])
    if kind == "chain":
        last = built.layer(last)
    elif kind == "skip":
        inner = built.layer(last)
        if built.shapes[inner] == built.shapes[last]:
            last = built.operator(last, inner)
        else:
            last = built.operator(inner)
    elif kind == "branches":
        one, other = built.layer(last), built.layer(last)
        last = built.operator(one, other) if built.shapes[one] == built.shapes[other] else other
    elif built.shapes[last][0] == built.shapes[last][1]:
        last = built.product(last, last) if draw.random() < 0.5 else built.operator(last)
    last = built.layer(last)
    return built.network(last)


def random_question(draw: random.Random, space: Space) -> tuple[Network, Accelerator]:
    """Draw a network and an accelerator with few enough mappings for each of its layers."""
    most = MOST[space.tile_sizes]
    while True:
        network, accelerator = random_network(draw), random_accelerator(draw)
        if all(is_small(one, accelerator, IMC, most, space) for one in network.layers):
            return network, accelerator


def random_branches(draw: random.Random) -> Network:
    """Draw branches whose steps may run in several orders; the graph has any of them."""
    built = _Builder(draw)
    root = built.layer("input") if draw.random() < 0.7 else "input"
    ends = []
    for _ in range(2):
        end = built.layer(root)
        for _ in range(draw.randint(0, 1)):
            end = built.layer(end) if draw.random() < 0.7 else built.operator(end)
        ends.append(end)
    one, other = ends
    if built.shapes[one] == built.shapes[other]:
        last = built.operator(one, other)
    elif built.shapes[other][1] == built.shapes[one][0]:
        last = built.product(one, other)
    else:
        last = built.layer(one)
        ends[0] = last
    if last not in ends:
        last = built.layer(last)
    results = [last] if last not in ends else ends
    network = built.network(*results)
    assert network.dataflow is not None
    return in_order(network, draw.choice(list(orders_of(network.dataflow))))


def orders_of(flow: Dataflow) -> Iterator[tuple[int, ...]]:
    """Yield all orders in which every step runs after those that write what it reads."""
    for order in itertools.permutations(range(len(flow.steps))):
        written: set[str] = {name for name in flow.elements if name not in flow.producers}
        for place in order:
            if not set(flow.steps[place].reads) <= written:
                break
            written.update(flow.steps[place].writes)
        else:
            yield order


def in_order(network: Network, order: tuple[int, ...]) -> Network:
    """Return a network whose graph has another order."""
    flow = network.dataflow
    assert flow is not None
    steps = tuple(flow.steps[place] for place in order)
    return replace(network, dataflow=replace(flow, steps=steps))


def with_room_for_weights(draw: random.Random, accelerator: Accelerator) -> Accelerator:
    """Return an accelerator whose cells hold several weights, or with a memory for weights."""
    cells, *others = accelerator.memories
    depth = draw.choice([2, 3, 4])
    memories = [replace(cells, size_bits=8 * depth), *others]
    if draw.random() < 0.5:
        ports = (
            Port("r_port_1", "read", 8, 32, (("W", Direction.TO_LOW),)),
            Port("w_port_1", "write", 8, 32, (("W", Direction.FROM_HIGH),)),
        )
        sram = next(one for one in others if one.name == "sram")
        size = draw.choice([50, 100, 200, 400])
        buffer = replace(sram, name="buffer", operands=("W",), ports=ports, size_bits=size)
        memories.insert(-1, buffer)
    return accelerator.replace(memories=tuple(memories))


def random_accelerator(draw: random.Random) -> Accelerator:
    """Draw an accelerator with little room in one memory, or in two."""
    base = VARIANTS[draw.choice(["aimc", "dimc"])]
    shared = draw.random() < 0.3
    operands = "I1 I2 O" if shared else "I1 O"
    room = draw.choice([64, 100, 150, 250, 400, 1000])
    sram = memory(
        room,
        operands,
        [
            port("read", 8, 32, *moves(operands, "tl", "th")),
            port("write", 8, 32, *moves(operands, "fh", "fl")),
        ],
        cost=draw.choice([3.0, 20.0]),
    )
    if draw.random() < 0.2:
        sram["force_double_buffering"] = True
    memories = {
        "cells": cells(draw.choice([1, 2])),
        "rf_i": registers("I1", 1, 8),
        "rf_o": registers("O", draw.choice([1, 2]), 16),
        "sram": sram,
    }
    if draw.random() < 0.25:
        memories["l2"] = memory(
            2 * room,
            "I1 O",
            [
                port("read", 8, 64, *moves("I1 O", "tl", "th")),
                port("write", 8, 64, *moves("I1 O", "fh", "fl")),
            ],
            cost=60.0,
        )
    memories["dram"] = dram(low=8, high=draw.choice([8, 64]))
    data = rebuilt(copy.deepcopy(base), "small", memories, sizes=[2, draw.choice([2, 4])])
    return accelerator_from_dict(data, "small")
