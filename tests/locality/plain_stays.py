"""Every way in which weights may stay from inference to inference, and what loading them costs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping, TemporalMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.onnx_workload.network import Network


@dataclass(frozen=True)
class Stay:
    """The memory where weights stay, and what each layer has of the cells, by name in bits."""

    memory: str
    shares: Mapping[str, int]


def stays(network: Network, accelerator: Accelerator, inferences: int) -> Iterator[Stay | None]:
    """Yield that no weights stay, and every way in which those of all layers do."""
    yield None
    own = [layer for layer in network.layers if layer.stored is None]
    if inferences == 1:
        return
    cells = accelerator.memories[0]
    bits = accelerator.array.weight_bits
    for slots in itertools.product(range(1, cells.size_bits // bits + 1), repeat=len(own)):
        if sum(slots) * bits <= cells.size_bits:
            shares = {one.name: n * bits for one, n in zip(own, slots, strict=True)}
            yield Stay(cells.name, shares)
    everything = {name for name, _ in accelerator.array.dimensions}
    for memory in accelerator.memories[1:-1]:
        if "W" in memory.operands and memory.served == everything:
            yield Stay(memory.name, {})


def all_weight_bits(network: Network) -> int:
    """Bits of the weights of all layers."""
    return sum(_elements(one) * one.precision.W for one in network.layers if one.stored is None)


def loading_pj(whole: CostModel, mapping: LayerMapping, home: str | None) -> float:
    """Energy of bringing all weights of a layer to their memory, once.

    By the cost model of the whole accelerator, of a mapping that holds them all in the cells.
    """
    loops = mapping.temporal.loops
    levels = whole.accelerator.levels
    cuts = (
        (len(loops),) * (len(levels["W"]) - 1),
        (0,) * (len(levels["I"]) - 1),
        (0,) * (len(levels["O"]) - 1),
    )
    names = [whole.accelerator.memories[place].name for place in levels["W"]]
    place = names.index(home or "")
    cost = whole.evaluate(LayerMapping(mapping.spatial, TemporalMapping(loops, cuts)))
    return sum(
        term.energy_pj
        for term in cost.memory_terms
        if term.operand == "W" and term.level >= place + (term.direction == "tl")
    )


def _elements(layer: Layer) -> int:
    return math.prod(layer.sizes[dim] for dim in layer.weight_dims if dim in layer.sizes)
