"""Why a layer has no mapping: which memory, which operand, how many bits over."""

from __future__ import annotations

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.mapspace.legality import overflows


def smallest_overflow(layer: Layer, accelerator: Accelerator) -> str | None:
    """Overflow that no mapping avoids; ``None`` where this simple test finds none.

    Nothing is unrolled, every tile is one element, and all reductions are innermost, so that
    outputs move when they are finished. As long as these are no wider than partial sums, no memory
    holds two tiles of everything but the whole, and each operand's top memory holds the whole of
    it, every mapping needs at least that room in every memory.
    """
    if layer.precision.O_final > layer.precision.O or any(
        memory.double_buffered for memory in accelerator.memories
    ):
        return None
    if _spread_at_the_top(accelerator):
        return None
    problems = overflows(layer, accelerator, _smallest(layer, accelerator))
    return str(problems[0]) if problems else None


def why_nothing_fits(layer: Layer, accelerator: Accelerator) -> str:
    """Explain by the mapping that needs the least room, where one is known."""
    problems = (
        []
        if _spread_at_the_top(accelerator)
        else overflows(layer, accelerator, _smallest(layer, accelerator))
    )
    if problems:
        return f"even the smallest tiles do not fit: {problems[0]}"
    return "no combination of tiles fits into all memories at once"


def _spread_at_the_top(accelerator: Accelerator) -> bool:
    """Whether the top memory of an operand has several instances.

    Unrolling spreads what they hold over them.

    So do the cells where they are the only memory of the weights: each then needs room for its own
    share alone.
    """
    array = {name for name, size in accelerator.array.dimensions if size > 1}
    tops = (accelerator.memories[accelerator.levels[operand][-1]] for operand in OPERANDS)
    return any(not array <= top.served for top in tops)


def _smallest(layer: Layer, accelerator: Accelerator) -> LayerMapping:
    """The mapping that needs the least room, where one does.

    Nothing is unrolled, every tile is a single element, and all reductions are below the cuts of
    the outputs.
    """
    dims = [dim for dim, size in layer.loop_dims if size > 1]
    reductions = [dim for dim in dims if dim not in layer.output_dims]
    loops = tuple(
        (dim, layer.sizes[dim]) for dim in (*reductions, *(d for d in dims if d not in reductions))
    )
    weights, inputs, outputs = (len(accelerator.levels[operand]) - 1 for operand in OPERANDS)
    cuts = ((0,) * weights, (0,) * inputs, (len(reductions),) * outputs)
    return LayerMapping(SpatialMapping(()), TemporalMapping(loops, cuts))
