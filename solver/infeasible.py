"""Why a layer has no mapping: which rule its bits break, or which memory they overflow."""

from __future__ import annotations

from collections.abc import Sequence

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import INPUTS, OPERANDS, OUTPUTS, WEIGHTS, Layer
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.array.slicing import misfit
from zigzag_imc.models.mapspace.capacity import held_bits, overflows
from zigzag_imc.models.mapspace.closest import closest_overflow
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.solution import Solution

_UNKNOWN = "no combination of tiles fits into all memories at once"
"""What is said where no single memory is known to be too small."""

_TEMPLATE_KEYS = {"W": "weights_from", "I": "activations_in", "O": "activations_in"}
"""Keys of templates that say which memory is the highest of an operand."""


def unfit(
    layer: Layer, accelerator: Accelerator, profile: CostProfile, objective: Objective
) -> Solution | None:
    """Answer for a layer whose bits do not fit the array; ``None`` for any other.

    Its mapspace is empty, whatever its loops and the memories above the cells are.
    """
    lacking = misfit(accelerator, layer.precision, profile)
    return None if lacking is None else Solution("INFEASIBLE", objective, reason=lacking)


def smallest_overflow(layer: Layer, accelerator: Accelerator) -> str | None:
    """Overflow that no mapping avoids; ``None`` where this simple test finds none."""
    if _needs_least_everywhere(layer, accelerator):
        return _first_overflow(layer, accelerator)
    return None


def smallest_held_bits(layer: Layer, accelerator: Accelerator) -> list[dict[str, int]]:
    """Bits that the smallest tiles of every operand take in each memory."""
    return held_bits(layer, accelerator, _smallest(layer, accelerator))


def why_nothing_fits(
    layer: Layer, accelerator: Accelerator, spatials: Sequence[SpatialMapping]
) -> str:
    """Explain by the mapping that needs the least room.

    Where none is known, by the one that comes closest under any of the mapspace's ``spatials``.
    """
    if not _is_spread_at_the_top(accelerator):
        overflow = _first_overflow(layer, accelerator)
        if overflow is not None:
            lacking = _lacking_above(layer, accelerator)
            return f"even the smallest tiles do not fit: {overflow}{lacking}"
    return closest_overflow(layer, accelerator, spatials) or _UNKNOWN


def _needs_least_everywhere(layer: Layer, accelerator: Accelerator) -> bool:
    """Whether no mapping needs less room in any memory than the smallest tiles do.

    Nothing is unrolled, every tile is one element, and all reductions are innermost, so that
    outputs move when they are finished. As long as these are no wider than partial sums, no memory
    holds two tiles of everything but the whole, and each operand's top memory holds the whole of
    it, every mapping needs at least that room in every memory.
    """
    outputs_widen = layer.precision.O_final > layer.precision.O
    exceptions = (
        outputs_widen,
        _is_spread_at_the_top(accelerator),
        _is_double_buffered(accelerator),
    )
    return not any(exceptions)


def _is_double_buffered(accelerator: Accelerator) -> bool:
    """Whether a memory holds two tiles of all that it serves."""
    return any(memory.double_buffered for memory in accelerator.memories)


def _is_spread_at_the_top(accelerator: Accelerator) -> bool:
    """Whether the top memory of an operand has several instances.

    Unrolling spreads what they hold over them.

    So do the cells where they are the only memory of the weights: each then needs room for its own
    share alone.
    """
    spread_over = {name for name, size in accelerator.array.dimensions if size > 1}
    return not all(spread_over <= _served_by_top(accelerator, operand) for operand in OPERANDS)


def _served_by_top(accelerator: Accelerator, operand: str) -> frozenset[str]:
    """Array dimensions that one instance of an operand's top memory serves."""
    top = accelerator.memory(operand, -1)
    return top.served


def _first_overflow(layer: Layer, accelerator: Accelerator) -> str | None:
    """What the mapping with the smallest tiles overflows first, if anything."""
    found = overflows(layer, accelerator, _smallest(layer, accelerator))
    return next(iter(found), None)


def _lacking_above(layer: Layer, accelerator: Accelerator) -> str:
    """Say what would help where operands lie whole in the memory that overflows first.

    That is where no memory above it has them, while one has another operand.
    """
    held = smallest_held_bits(layer, accelerator)
    full = next(
        memory
        for memory, bits in zip(accelerator.memories, held, strict=True)
        if sum(bits.values()) > memory.size_bits
    )
    tops = {operand: accelerator.memory(operand, -1) for operand in OPERANDS}
    whole = [operand for operand, top in tops.items() if top is full]
    above = next((top.name for top in tops.values() if top is not full), None)
    if not whole or above is None:
        return ""
    keys = " and ".join(dict.fromkeys(_TEMPLATE_KEYS[operand] for operand in whole))
    return (
        f"; {', '.join(whole)} lie there whole, with no memory above it: a larger {full.name} has "
        f"room, or {above} above it (in a template: {keys} dram)"
    )


def _smallest(layer: Layer, accelerator: Accelerator) -> LayerMapping:
    """The mapping that needs the least room, where one does.

    Nothing is unrolled, every tile is a single element, and all reductions are below the cuts of
    the outputs.
    """
    loops = [loop for loop in layer.loop_dims if loop[1] > 1]

    def is_kept(loop: Loop) -> bool:
        """Whether a loop counts through the outputs: it is no reduction."""
        return loop[0] in layer.output_dims

    reductions = len(loops) - sum(map(is_kept, loops))
    cuts = (
        (0,) * _count_of_cuts(accelerator, WEIGHTS),
        (0,) * _count_of_cuts(accelerator, INPUTS),
        (reductions,) * _count_of_cuts(accelerator, OUTPUTS),
    )
    # Stable: reductions come first, else the order of the layer stays.
    temporal = TemporalMapping(tuple(sorted(loops, key=is_kept)), cuts)
    return LayerMapping(SpatialMapping(()), temporal)


def _count_of_cuts(accelerator: Accelerator, operand: int) -> int:
    """Memories of an operand below its top one."""
    return len(accelerator.levels[OPERANDS[operand]]) - 1
