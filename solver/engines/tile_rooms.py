"""The room that the tiles of one operand take in the memories, measured once for all orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.models.mapspace.capacity import held_bits
from zigzag_imc.models.movement.unrolled import spatial_temporal_sizes
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.engines.barred_tiles import BarredTiles
from zigzag_imc.solver.engines.room import Room

Tile = Mapping[str, int]
"""Iterations per loop dimension, in the layer's order."""

BitsByMemory = tuple[int, ...]
"""Bits that an operand takes in every memory of the accelerator."""


class TileRooms:
    """Measures the room for tiles of one operand under one spatial mapping.

    Notes
    -----
    The room depends on the loops below the cut alone, not on their order: on the relevant ones, and
    on whether all others are there, too. Outputs are finished then; and where all relevant loops
    are below the cut, so are the others, because they sink.
    """

    def __init__(
        self, layer: Layer, accelerator: Accelerator, spatial: SpatialMapping, operand: str
    ) -> None:
        self._layer, self._accelerator, self._spatial = layer, accelerator, spatial
        self._operand = operand
        self._whole = spatial_temporal_sizes(layer, accelerator.array, spatial)
        self._idle = tuple(layer.idle_dims(operand))
        self._held = tuple(self._whole.keys() - layer.idle_dims(operand))
        self._idle_sizes = _sizes(self._whole, self._idle)
        self._known: dict[tuple[tuple[int, ...], bool], BitsByMemory] = {}

    def of(self, tile: Tile) -> BitsByMemory:
        """Bits of the operand in every memory if all its cuts were above the given tile."""
        key = (_sizes(tile, self._held), _sizes(tile, self._idle) == self._idle_sizes)
        if key not in self._known:
            self._known[key] = self._measured(tile)
        return self._known[key]

    def whole(self) -> BitsByMemory:
        """Bits of all that the operand has."""
        return self.of(self._whole)

    def least(self) -> BitsByMemory:
        """Bits in every memory that no tile of the operand is below."""
        single = dict.fromkeys(self._whole, 1)
        # An output whose reductions are all done below the cut takes fewer bits.
        done = single | dict(zip(self._idle, self._idle_sizes, strict=True))
        return tuple(map(min, self.of(single), self.of(done)))

    def by_memory(self, loops: Sequence[Loop], barred: BarredTiles) -> list[Room]:
        """Room in every memory for the tiles that a loop order has.

        A cut stands at the end or directly below a relevant loop; irrelevant loops above it sink
        below anyway. There is none for tiles that constraints bar.
        """
        tile = dict.fromkeys(self._whole, 1)
        found: dict[int, BitsByMemory] = {}
        for place, (dim, factor) in enumerate(loops):
            if dim in self._held:
                found[place] = barred.without(self._operand, tile, self.of(tile))
            tile[dim] = min(tile[dim] * factor, self._whole[dim])  # a last step may be shorter
        found[len(loops)] = barred.without(self._operand, tile, self.of(tile))
        places = tuple(found)
        return [Room(places, bits) for bits in zip(*found.values(), strict=True)]

    # ------------------------------------------------------------------ parts
    def _measured(self, tile: Tile) -> BitsByMemory:
        """Measure the bits on a mapping with all its cuts directly above the tile."""
        inside = _loops_of(tile)
        weights, inputs, outputs = (self._cuts_at(len(inside), name) for name in OPERANDS)
        loops = (*inside, *self._outside(tile))
        temporal = TemporalMapping(loops, (weights, inputs, outputs))
        mapping = LayerMapping(self._spatial, temporal)
        held = held_bits(self._layer, self._accelerator, mapping)
        return tuple(bits.get(self._operand, 0) for bits in held)

    def _cuts_at(self, place: int, operand: str) -> tuple[int, ...]:
        """All cuts of an operand at one place."""
        return (place,) * (len(self._accelerator.levels[operand]) - 1)

    def _outside(self, tile: Tile) -> list[Loop]:
        """Loops above a tile: the relevant ones first, so that no other sinks below the cut."""
        left = {dim: ceil_div(size, tile[dim]) for dim, size in self._whole.items()}
        return sorted(_loops_of(left), key=lambda loop: loop[0] in self._idle)


def _sizes(tile: Tile, dims: Sequence[str]) -> tuple[int, ...]:
    """Iterations of some dimensions."""
    return tuple(map(tile.__getitem__, dims))


def _loops_of(tile: Tile) -> tuple[Loop, ...]:
    """Loops with more than one iteration."""
    return tuple(loop for loop in tile.items() if loop[1] > 1)
