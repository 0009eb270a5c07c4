"""Why a layer has no mapping: which memory, which operand, how many bits over."""

from __future__ import annotations

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.models.mapspace.capacity import overflows


def smallest_overflow(layer: Layer, accelerator: Accelerator) -> str | None:
    """Overflow that no mapping avoids; ``None`` where this simple test finds none."""
    if not _needs_least_everywhere(layer, accelerator):
        return None
    return _first_overflow(layer, accelerator)


def why_nothing_fits(layer: Layer, accelerator: Accelerator) -> str:
    """Explain by the mapping that needs the least room, where one is known."""
    unknown = "no combination of tiles fits into all memories at once"
    if _is_spread_at_the_top(accelerator):
        return unknown
    problem = _first_overflow(layer, accelerator)
    return unknown if problem is None else f"even the smallest tiles do not fit: {problem}"


def _needs_least_everywhere(layer: Layer, accelerator: Accelerator) -> bool:
    """Whether no mapping needs less room in any memory than the smallest tiles do.

    Nothing is unrolled, every tile is one element, and all reductions are innermost, so that
    outputs move when they are finished. As long as these are no wider than partial sums, no memory
    holds two tiles of everything but the whole, and each operand's top memory holds the whole of
    it, every mapping needs at least that room in every memory.
    """
    outputs_widen = layer.precision.O_final > layer.precision.O
    if outputs_widen or _is_spread_at_the_top(accelerator):
        return False
    return not any(memory.double_buffered for memory in accelerator.memories)


def _first_overflow(layer: Layer, accelerator: Accelerator) -> str | None:
    """What the mapping with the smallest tiles overflows first, if anything."""
    problems = overflows(layer, accelerator, _smallest(layer, accelerator))
    return problems[0] if problems else None


def _is_spread_at_the_top(accelerator: Accelerator) -> bool:
    """Whether the top memory of an operand has several instances.

    Unrolling spreads what they hold over them.

    So do the cells where they are the only memory of the weights: each then needs room for its own
    share alone.
    """
    array = {name for name, size in accelerator.array.dimensions if size > 1}
    return not all(array <= accelerator.memory(operand, -1).served for operand in OPERANDS)


def _smallest(layer: Layer, accelerator: Accelerator) -> LayerMapping:
    """The mapping that needs the least room, where one does.

    Nothing is unrolled, every tile is a single element, and all reductions are below the cuts of
    the outputs.
    """
    loops = [loop for loop in layer.loop_dims if loop[1] > 1]
    # Stable: reductions come first, else the order of the layer stays.
    loops.sort(key=lambda loop: loop[0] in layer.output_dims)
    reductions = sum(dim not in layer.output_dims for dim, _ in loops)
    weights, inputs, outputs = (len(accelerator.levels[operand]) - 1 for operand in OPERANDS)
    cuts = ((0,) * weights, (0,) * inputs, (reductions,) * outputs)
    return LayerMapping(SpatialMapping(()), TemporalMapping(tuple(loops), cuts))
