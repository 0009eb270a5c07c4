"""Segments: the loops between two consecutive different tiles of a chain."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import Loop
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.scoring.distinct_orders import Loops
from zigzag_imc.solver.scoring.runs import loop_kinds
from zigzag_imc.solver.scoring.segment_orders import SegmentOrders

CutPlace = tuple[int, int]
"""Operand index and boundary of a cut."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Loops between two consecutive different tiles.

    Attributes
    ----------
    places
        Cuts at its upper end.
    sizes
        Iterations per dimension.
    """

    places: tuple[CutPlace, ...]
    sizes: Mapping[str, int]

    @property
    def operands(self) -> frozenset[int]:
        """Operands that are cut at its upper end, by index."""
        return frozenset(operand for operand, _ in self.places)

    def looks_alike_to(self, layer: Layer, operand: int) -> bool:
        """Whether all its loops are of one kind to an operand."""
        kinds = loop_kinds(layer)[operand]
        return len(set(map(kinds.__getitem__, self.sizes))) <= 1


def segments_between(
    tiles: Iterable[tuple[CutPlace, Loops]], whole: Loops, milestones: Iterable[Loops] = ()
) -> tuple[Segment, ...]:
    """Segments of a chain, innermost first.

    Parameters
    ----------
    tiles
        Cuts with the tile below each, from the innermost; each tile divides the next.
    whole
        All loops, which lie below no cut; sorted, like those of the tiles.
    milestones
        Further tiles of the chain, at which nothing is cut.
    """
    at: dict[Loops, tuple[CutPlace, ...]] = dict.fromkeys((*milestones, whole), ())
    for place, tile in tiles:
        at[tile] = (*at.get(tile, ()), place)
    places = {tile: at[tile] for tile in sorted(at, key=_steps)}
    sizes = itertools.starmap(_between, itertools.pairwise(((), *places)))
    return tuple(map(Segment, places.values(), sizes))


def _steps(tile: Loops) -> int:
    """Iterations of a tile; those of a chain are in order by them."""
    return math.prod(size for _, size in tile)


def _between(below: Loops, here: Loops) -> dict[str, int]:
    """Loops between two tiles: iterations per dimension that differs."""
    inside = dict(below)
    # All of a dimension need not be a multiple of what is inside: its last step is shorter then.
    return {
        dim: ceil_div(size, inside.get(dim, 1)) for dim, size in here if size != inside.get(dim, 1)
    }


def orders_by_segment(layer: Layer, segments: Sequence[Segment]) -> list[list[tuple[Loop, ...]]]:
    """Loop orders of every segment that can differ in cost, innermost segment first."""
    resting_on = [frozenset[int](), *(segment.operands for segment in segments[:-1])]
    open_above: frozenset[int] = frozenset()  # whose run may reach down from the segment above
    orders: list[list[tuple[Loop, ...]]] = []
    for segment, below in zip(reversed(segments), reversed(resting_on), strict=True):
        seen_from = open_above | segment.operands
        orders.append(SegmentOrders(layer, seen_from, below, segment.sizes).all())
        open_above = frozenset(filter(partial(segment.looks_alike_to, layer), seen_from))
    return orders[::-1]
