"""From the tiles of a chain to mappings: loops in order, cut where the tiles are."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.solver.scoring.segment_orders import MOST_ARRANGEMENTS
from zigzag_imc.solver.scoring.segments import (
    CutPlace,
    Segment,
    orders_by_segment,
    segments_between,
)
from zigzag_imc.solver.tables.cut import Cut, SpatialColumns

__all__ = ["CutPlace", "TileChoice"]


class PlacedCut(Protocol):
    """A cut of an operand at one boundary, or at several that coincide."""

    @property
    def operand(self) -> int:
        """Index of the operand."""

    @property
    def boundaries(self) -> tuple[int, ...]:
        """Boundaries of the operand."""


@dataclass(frozen=True)
class TileChoice:
    """A spatial mapping and the tile below every cut.

    All loop orders that agree with it cost the same energy.

    Attributes
    ----------
    spatial
        The spatial mapping.
    temporal
        Iterations in time per dimension, only those above one.
    tiles
        Cuts with the tile below each, from the innermost; each tile divides the next.
    milestones
        Further tiles that the loop order passes through, because constraints fix loops.
    """

    spatial: SpatialMapping
    temporal: tuple[tuple[str, int], ...]
    tiles: tuple[tuple[CutPlace, tuple[tuple[str, int], ...]], ...]
    milestones: tuple[tuple[tuple[str, int], ...], ...] = ()

    @classmethod
    def of(
        cls,
        spatial: SpatialMapping,
        temporal: Mapping[str, int],
        tiles: Sequence[tuple[CutPlace, Mapping[str, int]]],
    ) -> TileChoice:
        """Build from the tiles of the cuts in any order."""
        ordered = sorted(tiles, key=lambda item: (math.prod(item[1].values()), item[0]))
        return cls(
            spatial,
            tuple((dim, size) for dim, size in temporal.items() if size > 1),
            tuple((place, tuple(sorted(tile.items()))) for place, tile in ordered),
        )

    @classmethod
    def at(
        cls, columns: SpatialColumns, chosen: Iterable[tuple[Cut, tuple[int, ...]]]
    ) -> TileChoice:
        """Build from the cuts of a spatial mapping and the lattice index of the tile at each."""
        pairs = list(chosen)
        tiles = [columns.lattice.tile_at(index) for _, index in pairs]
        return cls.of_cuts(columns, [cut for cut, _ in pairs], tiles)

    @classmethod
    def of_cuts(
        cls,
        columns: SpatialColumns,
        cuts: Iterable[PlacedCut],
        tiles: Iterable[Mapping[str, int]],
    ) -> TileChoice:
        """Build from the cuts of a spatial mapping and the tile at each."""
        placed = [
            ((cut.operand, boundary), tile)
            for cut, tile in zip(cuts, tiles, strict=True)
            for boundary in cut.boundaries
        ]
        return cls.of(columns.spatial, columns.laid.temporal, placed)

    def has_beside(self, dim: str, length: int) -> bool:
        """Whether a further tile of some length along a dimension may lie in the chain."""
        size = dict(self.temporal).get(dim, 1)
        own = (dict(tile).get(dim, 1) for _, tile in self.tiles)
        return all(length % one == 0 or one % length == 0 or one == size for one in own)

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """Loops between consecutive different tiles, innermost first."""
        return segments_between(self.tiles, tuple(sorted(self.temporal)), self.milestones)

    @cached_property
    def _segments_at_cuts(self) -> tuple[tuple[int, ...], ...]:
        """Per operand, the segments at whose upper ends it is cut, from the lowest boundary on.

        The array itself is no cut of a mapping.
        """
        numbers = {
            place: number
            for number, segment in enumerate(self.segments)
            for place in segment.places
        }
        cuts: tuple[list[int], ...] = ([], [], [])
        for operand, boundary in sorted(numbers):
            if boundary > 0:
                cuts[operand].append(numbers[operand, boundary])
        return tuple(map(tuple, cuts))

    def mapping(self, orders: Sequence[Sequence[Loop]] | None = None) -> LayerMapping:
        """Build the mapping with the given loop order inside each segment.

        Dimension order when left out.
        """
        orders = orders or [sorted(segment.sizes.items()) for segment in self.segments]
        loops = tuple(itertools.chain.from_iterable(orders))
        ends = tuple(itertools.accumulate(map(len, orders)))
        weights, inputs, outputs = (
            tuple(map(ends.__getitem__, numbers)) for numbers in self._segments_at_cuts
        )
        return LayerMapping(self.spatial, TemporalMapping(loops, (weights, inputs, outputs)))

    def arrangements(self, layer: Layer) -> Iterator[LayerMapping]:
        """Return mappings for every way the loop order can matter, likely best ones first.

        Inside a segment the order decides only which loops end up directly below the cuts at its
        upper end: how long the run of loops that are relevant, or irrelevant, to a cut's operand
        is. So orders are told apart from the top down to where the last of these runs ends; what is
        below may stand in any order.
        """
        orders = itertools.product(*orders_by_segment(layer, self.segments))
        return map(self.mapping, itertools.islice(orders, MOST_ARRANGEMENTS))
