"""Weights that stay on chip from one inference to the next: where all of them may, and their room.

The rules, once:

- the weights of all layers stay in a memory, or none of them do;
- a memory that serves the whole array takes all their bits at every step;
- the cells of the array give every layer a share of the weights that a multiplier holds, and a
  layer unrolls and tiles its weights into that; what the shares leave is for the layers whose
  stored operand is an activation.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer


@dataclass(frozen=True)
class Residence:
    """The memory where the weights of all layers stay.

    Attributes
    ----------
    memory
        Name of the memory.
    shares
        At the cells, the bits of a multiplier's cells that each layer has, by its name.
    """

    memory: str
    shares: Mapping[str, int] = field(default_factory=dict)

    @property
    def shared_bits(self) -> int:
        """Bits of a multiplier's cells that all layers have together."""
        return sum(self.shares.values())


def has_own_weights(layer: Layer) -> bool:
    """Whether what a layer stores is the same for every inference: no activation."""
    return layer.stored is None


def weight_bits(layers: Iterable[Layer]) -> int:
    """Bits of all weights together."""
    return sum(_weights(layer) * layer.precision.W for layer in layers if has_own_weights(layer))


def least_slots(layer: Layer, accelerator: Accelerator) -> int:
    """Weights of a layer that a multiplier holds at least, if each of them lies in one cell."""
    array = accelerator.array
    columns = -(-layer.precision.W // array.weight_bits)
    return -(-_weights(layer) * columns // array.units)


def slots(accelerator: Accelerator) -> int:
    """Weights of the array's own bits that a multiplier holds."""
    return accelerator.group_depth


def weight_homes(layers: Mapping[str, Layer], accelerator: Accelerator) -> tuple[str, ...]:
    """Names of the memories where the weights of all layers may stay, lowest first.

    They are below the top memory of the weights, and have the room.
    """
    own = [layer for layer in layers.values() if has_own_weights(layer)]
    if not own:
        return ()
    levels = [accelerator.memories[place] for place in accelerator.levels["W"]]
    bits = weight_bits(own)
    homes = [
        memory.name
        for memory in levels[1:-1]
        if accelerator.instances(memory) == 1 and bits <= memory.size_bits
    ]
    needed = sum(least_slots(layer, accelerator) for layer in own)
    left_over = slots(accelerator) - reserved_slots(layers.values())
    if len(levels) > 1 and needed <= left_over:
        homes.insert(0, levels[0].name)
    return tuple(homes)


def reserved_slots(layers: Iterable[Layer]) -> int:
    """Weights of a multiplier that no share may take: layers that store activations need one."""
    return int(not all(map(has_own_weights, layers)))


def _weights(layer: Layer) -> int:
    """Elements of the stored operand."""
    sizes = layer.sizes
    return math.prod(sizes[dim] for dim in layer.weight_dims if dim in sizes)
