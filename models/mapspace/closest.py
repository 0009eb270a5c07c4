"""The mapping that comes closest to fitting, and which memory it overflows all the same.

Whatever unrollings and tiles a mapping has: where none fits, this names a memory that is too small.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from zigzag_imc.core.accelerator import Accelerator, MemoryInstance
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.models.mapspace.capacity import held_bits
from zigzag_imc.models.movement.unrolled import spatial_temporal_sizes

MOST_UNROLLINGS = 2000
"""Spatial mappings that are looked at; of more, as many at even distances."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A mapping and the bits it holds in one instance of each memory, per operand."""

    mapping: LayerMapping
    held: Sequence[dict[str, int]]

    def missing(self, memories: Sequence[MemoryInstance]) -> list[int]:
        """Bits that one instance of each memory lacks, lowest memory first."""
        pairs = zip(memories, self.held, strict=True)
        return [max(0, sum(held.values()) - memory.size_bits) for memory, held in pairs]


def closest_overflow(
    layer: Layer, accelerator: Accelerator, spatials: Sequence[SpatialMapping]
) -> str | None:
    """Say which memory is too small for the mapping that lacks the fewest bits.

    Parameters
    ----------
    layer, accelerator
        What does not fit onto what.
    spatials
        All spatial mappings of the mapspace.

    Returns
    -------
    str or None
        A sentence with the memory, the bits it has and the bits that each operand needs; ``None``
        where a mapping fits.
    """
    memories = accelerator.memories
    attempts = [
        _Attempt(mapping, held_bits(layer, accelerator, mapping))
        for spatial in _some(spatials)
        for mapping in _smallest(layer, accelerator, spatial)
    ]
    best = min(attempts, key=lambda attempt: sum(attempt.missing(memories)))
    missing = best.missing(memories)
    if not any(missing):
        return None
    always = [
        place
        for place in range(len(memories))
        if all(attempt.missing(memories)[place] for attempt in attempts)
    ]
    place = next((place for place in always if missing[place]), missing.index(max(missing)))
    said = _overflow(accelerator, place, best.held[place], attempts[0].held[place])
    if always and len(spatials) <= MOST_UNROLLINGS:
        return f"whatever is unrolled, {said}"
    return f"no unrolling suits all memories; with the closest, {_named(best.mapping)}, {said}"


def _some(spatials: Sequence[SpatialMapping]) -> list[SpatialMapping]:
    """The spatial mappings to look at; one without any unrolling is always among them."""
    step = -(-len(spatials) // MOST_UNROLLINGS) or 1
    picked = [spatials[place] for place in range(0, len(spatials), step)]
    return [SpatialMapping(()), *(spatial for spatial in picked if spatial.unrollings)]


def _smallest(
    layer: Layer, accelerator: Accelerator, spatial: SpatialMapping
) -> Iterator[LayerMapping]:
    """Mappings with the smallest tiles below the top, in every way that may be the smallest.

    Loops over reductions are innermost. A tile is a single element, finished or not; or, where a
    memory would keep a second one of those, the whole operand.
    """
    sizes = spatial_temporal_sizes(layer, accelerator.array, spatial)
    loops: list[Loop] = [loop for loop in sizes.items() if loop[1] > 1]
    loops.sort(key=lambda loop: loop[0] in layer.output_dims)
    reductions = sum(dim not in layer.output_dims for dim, _ in loops)
    choices = []
    for operand in OPERANDS:
        below_top = [accelerator.memory(operand, level) for level in _levels(accelerator, operand)]
        cuts = {reductions if operand == "O" else 0}
        if operand == "O" and layer.precision.O_final > layer.precision.O:
            cuts.add(0)
        if any(memory.double_buffered for memory in below_top):
            cuts.add(len(loops))
        choices.append([(cut,) * len(below_top) for cut in sorted(cuts)])
    for weights, inputs, outputs in product(*choices):
        yield LayerMapping(spatial, TemporalMapping(tuple(loops), (weights, inputs, outputs)))


def _levels(accelerator: Accelerator, operand: str) -> range:
    """Levels of an operand below its top."""
    return range(len(accelerator.levels[operand]) - 1)


def _overflow(
    accelerator: Accelerator, place: int, held: dict[str, int], undivided: dict[str, int]
) -> str:
    """Say what a memory lacks.

    Parameters
    ----------
    accelerator, place
        Its place among all memories.
    held, undivided
        Bits of each operand in one instance: in the mapping, and without any unrolling.
    """
    memory, total = accelerator.memories[place], sum(held.values())
    shares = ", ".join(f"{operand} {bits}" for operand, bits in held.items())
    said = (
        f"memory {memory.name} overflows by {total - memory.size_bits} bits: it holds "
        f"{memory.size_bits}, the mapping needs {total} ({shares})"
    )
    tops = [operand for operand in held if accelerator.levels[operand][-1] == place]
    array = accelerator.array.dimensions
    instances = math.prod(size for name, size in array if name not in memory.served)
    if instances == 1 or not tops:
        return said
    whole = " and ".join(f"{undivided[operand]} bits of {operand}" for operand in tops)
    return (
        f"{said}; all {instances} instances hold {instances * memory.size_bits} bits, and no "
        f"memory above them takes the {whole}"
    )


def _named(mapping: LayerMapping) -> str:
    parts = [
        f"{array_dim} {' '.join(f'{dim} {factor}' for dim, factor in dims)}"
        for array_dim, dims in mapping.spatial.unrollings
    ]
    return ", ".join(parts) or "without any"
