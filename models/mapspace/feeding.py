"""Feeding: what the lowest memories must pass to the array, or take from it, at once."""

from __future__ import annotations

import math

from zigzag_imc.core.accelerator import Accelerator, Direction
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.movement.unrolled import OperandUnrollings


def lanes_needed_bits(
    layer: Layer, accelerator: Accelerator, operand: str, spatial: SpatialMapping
) -> tuple[int, int]:
    """Bits that the lowest memory of ``operand`` must feed at once, and its port's width.

    Of one instance of the memory.
    """
    memory = accelerator.memory(operand, 0)
    unrollings = OperandUnrollings.of(layer, accelerator, operand, spatial.by_array_dim)
    served = unrollings.below(1)
    windows = zip(served.windows, served.pairs, strict=True)
    positions = [window.extent(*pair) for window, pair in windows]
    needed = int(served.plain * math.prod(positions))
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
