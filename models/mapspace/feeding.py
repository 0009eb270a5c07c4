"""Feeding: what the lowest memories must pass to the array, or take from it, at once."""

from __future__ import annotations

import math

from zigzag_imc.core.accelerator import Accelerator, Direction
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import SpatialMapping


def lanes_needed_bits(
    layer: Layer, accelerator: Accelerator, operand: str, spatial: SpatialMapping
) -> tuple[int, int]:
    """Bits that the lowest memory of ``operand`` must feed at once, and its port's width.

    Of one instance of the memory.
    """
    memory = accelerator.memory(operand, 0)
    relevant = layer.relevant(operand)
    lanes: dict[str, int] = {}
    for array_dim, dims in spatial.unrollings:
        if array_dim in memory.served:
            for dim, factor in dims:
                lanes[dim] = lanes.get(dim, 1) * factor
    needed = 1
    in_window: set[str] = set()
    if operand == "I":
        for window in layer.windows:
            in_window |= {window.output_dim, window.filter_dim}
            needed *= int(
                window.extent(lanes.get(window.output_dim, 1), lanes.get(window.filter_dim, 1))
            )
    needed *= math.prod(
        factor for dim, factor in lanes.items() if dim in relevant and dim not in in_window
    )
    port = memory.port_of(operand, Direction.FROM_LOW if operand == "O" else Direction.TO_LOW)
    assert port is not None
    return needed * layer.precision.bits(operand), port.bandwidth_max


def can_feed(layer: Layer, accelerator: Accelerator, operand: str, spatial: SpatialMapping) -> bool:
    """Whether the lowest memory of ``operand`` can feed (or take) all it must.

    Along the dimensions that it serves.

    One element always passes, however narrow the port: it then takes several cycles.
    """
    bits, width = lanes_needed_bits(layer, accelerator, operand, spatial)
    return bits <= max(width, layer.precision.bits(operand))


def feeds_several(layer: Layer, accelerator: Accelerator, operand: str) -> bool:
    """Whether the lowest port of ``operand`` is wider than one element.

    Unrollings then compete for it.
    """
    bits, width = lanes_needed_bits(layer, accelerator, operand, SpatialMapping(()))
    return width >= 2 * bits


def wide_operands(layer: Layer, accelerator: Accelerator) -> tuple[str, ...]:
    """Operands whose lowest port is wider than one element, so that unrollings compete for it."""
    return tuple(operand for operand in OPERANDS if feeds_several(layer, accelerator, operand))
