"""Why a layer has no mapping: which memory, which operand, how many bits over."""

from __future__ import annotations

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.capacity import overflows


def why_nothing_fits(layer: Layer, accelerator: Accelerator) -> str:
    """Explain by the mapping that needs the least room: nothing unrolled, no loop below any cut."""
    loops = tuple((dim, size) for dim, size in layer.loop_dims if size > 1)
    cuts = tuple((0,) * (len(accelerator.levels[operand]) - 1) for operand in OPERANDS)
    smallest = LayerMapping(SpatialMapping(()), TemporalMapping(loops, cuts))  # type: ignore[arg-type]
    problems = overflows(layer, accelerator, smallest)
    if problems:
        return f"even the smallest tiles do not fit: {problems[0]}"
    return "no combination of tiles fits into all memories at once"
