"""Tiles as constraints see them: of the loops that a memory really keeps, and how far they reach.

Irrelevant loops directly above a cut count below it, as everywhere in the cost model: the data just
stays. So a constraint holds of a mapping however its cuts are written.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import Constraints, EvenAllocation, TileSize, related
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import SpatialMapping, TemporalMapping
from zigzag_imc.models.movement.unrolled import unrolled_once
from zigzag_imc.models.movement.words import Amount

Tile = Mapping[str, Amount]
"""Iterations per dimension; of one tile, or of many elementwise. One where left out."""


def kept_tile(layer: Layer, temporal: TemporalMapping, operand: str, level: int) -> dict[str, int]:
    """Return the iterations per dimension that a memory of an operand keeps, above one."""
    cuts, loops = temporal.of_operand(operand), temporal.loops
    place = cuts[level] if level < len(cuts) else len(loops)
    relevant = layer.relevant(operand)
    while place < len(loops) and loops[place][0] not in relevant:
        place += 1
    tile: dict[str, int] = {}
    for dim, factor in loops[:place]:
        tile[dim] = tile.get(dim, 1) * factor
    return tile


def level_of(accelerator: Accelerator, operand: str, memory: str) -> int | None:
    """Level of an operand that a memory of some name is; ``None`` where it is none."""
    for level, place in enumerate(accelerator.levels[operand]):
        if accelerator.memories[place].name == memory:
            return level
    return None


def is_of_size(
    one: TileSize,
    layer: Layer,
    accelerator: Accelerator,
    spatial: SpatialMapping,
    iterations: Amount,
) -> Amount:
    """Whether a tile of so many iterations spans as much as asked for; also elementwise.

    All instances of the memory together span them times what is unrolled, never more than the
    layer; nor is more asked for.
    """
    unrolled = unrolled_once(layer, accelerator.array, spatial).factors.get(one.dim, 1)
    return has_size(one, layer.sizes.get(one.dim, 1), iterations * unrolled)


def has_size(one: TileSize, whole: int, positions: Amount) -> Amount:
    """Whether a tile with so many positions of a dimension of ``whole`` spans as much as asked."""
    return related(np.minimum(whole, positions), one.relation, min(whole, one.size))


def even_cuts(
    accelerator: Accelerator, constraints: Constraints
) -> tuple[frozenset[tuple[int, int]], ...]:
    """Return the cuts that are wanted at one place, set by set: index of operand, and boundary."""
    sets: list[frozenset[tuple[int, int]]] = []
    for one in constraints:
        if isinstance(one, EvenAllocation):
            alone = [(name,) for name in shared_memories(accelerator)]
            sets += [
                _cuts_in(accelerator, names)
                for names in ([one.memories] if one.memories else alone)
            ]
    return tuple(sets)


def _cuts_in(accelerator: Accelerator, memories: tuple[str, ...]) -> frozenset[tuple[int, int]]:
    """Return the cuts above some memories, below the top of each operand."""
    return frozenset(
        (number, level + 1)
        for number, operand in enumerate(OPERANDS)
        for level, place in enumerate(accelerator.levels[operand][:-1])
        if accelerator.memories[place].name in memories
    )


def shared_memories(accelerator: Accelerator) -> list[str]:
    """Names of the memories in which several operands are cut: below the top of each."""
    cut: list[int] = [place for operand in OPERANDS for place in accelerator.levels[operand][:-1]]
    names = [memory.name for memory in accelerator.memories]
    return [name for place, name in enumerate(names) if cut.count(place) > 1]
