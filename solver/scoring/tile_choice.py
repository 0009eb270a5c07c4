"""From the tiles of a chain to mappings: loops in order, cut where the tiles are."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.solver.scoring.segment_orders import MOST_ARRANGEMENTS, SegmentOrders, loop_kind
from zigzag_imc.solver.tables.cut import Cut, SpatialColumns

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
    def operands(self) -> set[int]:
        """Operands that are cut at its upper end, by index."""
        return {operand for operand, _ in self.places}


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
    """

    spatial: SpatialMapping
    temporal: tuple[tuple[str, int], ...]
    tiles: tuple[tuple[CutPlace, tuple[tuple[str, int], ...]], ...]

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
        tiles: list[tuple[CutPlace, dict[str, int]]] = []
        for cut, index in chosen:
            tile = columns.lattice.tile_at(index)
            tiles.extend(((cut.operand, boundary), tile) for boundary in cut.boundaries)
        return cls.of(columns.spatial, columns.laid.temporal, tiles)

    def segments(self) -> list[Segment]:
        """Loops between consecutive different tiles, innermost first."""
        found: list[Segment] = []
        below: dict[str, int] = {}
        for place, tile in self.tiles:
            here = dict(tile)
            between = _between(below, here)
            if between or not found:
                found.append(Segment((place,), between))
            else:  # the same tile once more
                found[-1] = Segment((*found[-1].places, place), found[-1].sizes)
            below = here
        above_all = _between(below, dict(self.temporal))
        if above_all or not found:
            found.append(Segment((), above_all))
        return found

    def mapping(self, orders: Sequence[Sequence[Loop]] | None = None) -> LayerMapping:
        """Build the mapping with the given loop order inside each segment.

        Dimension order when left out.
        """
        segments = self.segments()
        if orders is None:
            orders = [sorted(segment.sizes.items()) for segment in segments]
        loops: list[Loop] = []
        cuts: dict[CutPlace, int] = {}
        for segment, order in zip(segments, orders, strict=True):
            loops.extend(order)
            cuts.update(dict.fromkeys(segment.places, len(loops)))
        per_operand = tuple(_cuts_of(operand, cuts) for operand in range(len(OPERANDS)))
        temporal = TemporalMapping(tuple(loops), per_operand)  # type: ignore[arg-type]
        return LayerMapping(self.spatial, temporal)

    def arrangements(self, layer: Layer) -> Iterator[LayerMapping]:
        """Yield mappings for every way the loop order can matter, likely best ones first.

        Inside a segment the order decides only which loops end up directly below the cuts at its
        upper end: how long the run of loops that are relevant, or irrelevant, to a cut's operand
        is. So orders are told apart from the top down to where the last of these runs ends; what is
        below may stand in any order.
        """
        choices = self._orders_by_segment(layer)
        for orders in itertools.islice(itertools.product(*choices), MOST_ARRANGEMENTS):
            yield self.mapping(orders)

    def _orders_by_segment(self, layer: Layer) -> list[list[tuple[Loop, ...]]]:
        """Loop orders of every segment, innermost first."""
        segments = self.segments()
        resting_on: list[set[int]] = [set(), *(segment.operands for segment in segments[:-1])]
        open_above: set[int] = set()  # operands whose run may reach down from the segment above
        choices: list[list[tuple[Loop, ...]]] = []
        for segment, below in zip(reversed(segments), reversed(resting_on), strict=True):
            seen_from = open_above | segment.operands
            choices.append(SegmentOrders(layer, seen_from, below, segment.sizes).all())
            open_above = {
                operand for operand in seen_from if _looks_alike(layer, operand, segment.sizes)
            }
        return choices[::-1]


def _between(below: Mapping[str, int], here: Mapping[str, int]) -> dict[str, int]:
    """Loops between two tiles: iterations per dimension that differs."""
    return {
        dim: size // below.get(dim, 1) for dim, size in here.items() if size != below.get(dim, 1)
    }


def _cuts_of(operand: int, cuts: Mapping[CutPlace, int]) -> tuple[int, ...]:
    """Loops below each cut of an operand, lowest first; the array itself is no cut of a mapping."""
    own = sorted((boundary, cut) for (owner, boundary), cut in cuts.items() if owner == operand)
    return tuple(cut for boundary, cut in own if boundary > 0)


def _looks_alike(layer: Layer, operand: int, dims: Iterable[str]) -> bool:
    """Whether all loops of a segment are of one kind to an operand."""
    return len({loop_kind(layer, operand, dim) for dim in dims}) <= 1
