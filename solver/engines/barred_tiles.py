"""Tiles that constraints bar from a memory: for engines, tiles that never fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import Constraints, Stationary, TileSize
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.mapspace.constraints.tile_sizes import is_of_size
from zigzag_imc.models.movement.unrolled import spatial_temporal_sizes

NO_ROOM = 1 << 62
"""Bits that fit into no memory."""


class BarredTiles:
    """Says of one spatial mapping which tiles constraints bar.

    Tiles are those that a memory keeps, irrelevant loops directly above their cut included.
    """

    def __init__(
        self,
        layer: Layer,
        accelerator: Accelerator,
        spatial: SpatialMapping,
        constraints: Constraints,
    ) -> None:
        self._layer, self._accelerator, self._spatial = layer, accelerator, spatial
        self._whole = spatial_temporal_sizes(layer, accelerator.array, spatial)
        self._asked = [one for one in constraints if isinstance(one, TileSize | Stationary)]
        self._places = {memory.name: place for place, memory in enumerate(accelerator.memories)}

    def without(
        self, operand: str, tile: Mapping[str, int], bits: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return the bits of a tile in every memory, too many where it is barred."""
        if not self._asked:
            return bits
        barred = set(self._barred(operand, tile))
        return tuple(NO_ROOM if place in barred else held for place, held in enumerate(bits))

    def _barred(self, operand: str, tile: Mapping[str, int]) -> Iterator[int]:
        """Yield the memories that may not keep a tile of an operand."""
        top = self._accelerator.levels[operand][-1]
        for one in self._asked:
            place = self._places[one.memory]
            is_meant = one.operand == operand and place != top  # the top one has no cut
            if is_meant and not self._is_allowed(one, tile):
                yield place

    def _is_allowed(self, one: TileSize | Stationary, tile: Mapping[str, int]) -> bool:
        """Whether a tile is as a constraint wants it."""
        if isinstance(one, Stationary):
            idle = self._layer.idle_dims(one.operand)
            return all(tile[dim] == self._whole[dim] for dim in idle)
        iterations = tile.get(one.dim, 1)
        return bool(is_of_size(one, self._layer, self._accelerator, self._spatial, iterations))
