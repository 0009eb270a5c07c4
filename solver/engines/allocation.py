"""From a loop order to a mapping: where the memories of every operand cut the loops."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.models.mapspace.capacity import held_bits

Tile = tuple[int, ...]
"""Iterations per loop dimension, in the layer's order."""

Rooms = dict[int, tuple[int, ...]]
"""Bits that an operand takes in every memory, by the place of its cut."""

Pick = Callable[[Sequence[int]], int]
"""Chooses one of the places, rising, at which a cut fits."""


class Allocator:
    """Allocates memory levels to the loop orders of one spatial mapping, from the lowest level up.

    Notes
    -----
    The room that a tile takes depends on the loops below its cut alone, not on their order: it is
    worked out once for all orders. A cut stands at the end or directly below a relevant loop;
    irrelevant loops above it sink below anyway.
    """

    def __init__(self, layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> None:
        self.spatial = spatial
        self.temporal = spatial.temporal_sizes(layer.loop_dims)
        self._layer, self._accelerator = layer, accelerator
        self._places = {dim: place for place, (dim, _) in enumerate(layer.loop_dims)}
        self._relevant = [layer.relevant(operand) for operand in OPERANDS]
        self._bits: list[dict[Tile, tuple[int, ...]]] = [{} for _ in OPERANDS]
        self._sizes = [memory.size_bits for memory in accelerator.memories]
        tops = [accelerator.levels[operand][-1] for operand in OPERANDS]
        self._holders = [
            [
                o
                for o, operand in enumerate(OPERANDS)
                if operand in memory.operands and tops[o] != index
            ]
            for index, memory in enumerate(accelerator.memories)
        ]
        whole = tuple(self.temporal.values())
        self._taken = [
            sum(self._room(o, whole)[index] for o in range(len(OPERANDS)) if tops[o] == index)
            for index in range(len(accelerator.memories))
        ]

    def fits_at_all(self) -> bool:
        """Whether the smallest tiles fit; if not, no mapping with this spatial mapping does."""
        least = []
        for o, relevant in enumerate(self._relevant):
            single = self._room(o, tuple(1 for _ in self.temporal))
            # An output whose reductions are all done below the cut takes fewer bits.
            done = self._room(
                o, tuple(1 if dim in relevant else size for dim, size in self.temporal.items())
            )
            least.append([min(pair) for pair in zip(single, done, strict=True)])
        return all(
            taken + sum(least[o][index] for o in holders) <= size
            for index, (taken, holders, size) in enumerate(
                zip(self._taken, self._holders, self._sizes, strict=True)
            )
        )

    def greedy(self, loops: tuple[Loop, ...]) -> Iterator[LayerMapping]:
        """Let every level hold as many of the inner loops as fit.

        Where operands share a memory, one of them takes first what fits beside the smallest tiles
        of the others: one mapping for each of these orders that makes a difference, none where
        nothing fits.
        """
        seen = set()
        for turns in itertools.product(
            *(itertools.permutations(holders) for holders in self._holders)
        ):
            mapping = self._allocate(loops, turns, lambda places: places[-1])
            if mapping is not None and mapping not in seen:
                seen.add(mapping)
                yield mapping

    def drawn(self, loops: tuple[Loop, ...], rng: random.Random) -> LayerMapping | None:
        """Draw the cut of every level among the places that fit.

        ``None`` where the draw leads nowhere.
        """
        turns = [tuple(rng.sample(holders, len(holders))) for holders in self._holders]
        return self._allocate(loops, turns, rng.choice)

    # ------------------------------------------------------------------ parts
    def _allocate(
        self, loops: tuple[Loop, ...], turns: Sequence[Sequence[int]], pick: Pick
    ) -> LayerMapping | None:
        """Cut the loops memory by memory; ``None`` where a memory overflows."""
        rooms = [self._rooms(operand, loops) for operand in range(len(OPERANDS))]
        cuts: list[list[int]] = [[] for _ in OPERANDS]
        for memory, holders in enumerate(turns):
            left = self._sizes[memory] - self._taken[memory]
            possible = {o: _bits_at_places(rooms[o], cuts[o], memory) for o in holders}
            chosen = _share_out(left, possible, pick)
            if chosen is None:
                return None
            for operand, place in chosen.items():
                cuts[operand].append(place)
        weights, inputs, outputs = (tuple(places) for places in cuts)
        return LayerMapping(self.spatial, TemporalMapping(loops, (weights, inputs, outputs)))

    def _rooms(self, operand: int, loops: tuple[Loop, ...]) -> Rooms:
        """Places at which an operand can be cut, rising, with the room that the tile below takes.

        In bits, in every memory.
        """
        tile = [1] * len(self._places)
        found: Rooms = {}
        for place, (dim, factor) in enumerate(loops):
            if dim in self._relevant[operand]:
                found[place] = self._room(operand, tuple(tile))
            tile[self._places[dim]] *= factor
        found[len(loops)] = self._room(operand, tuple(tile))
        return found

    def _room(self, operand: int, tile: Tile) -> tuple[int, ...]:
        """Bits of an operand in every memory if all its cuts were above the given tile."""
        known = self._bits[operand].get(tile)
        if known is None:
            known = self._bits[operand][tile] = self._measured(operand, tile)
        return known

    def _measured(self, operand: int, tile: Tile) -> tuple[int, ...]:
        """Measure the bits on a mapping with all its cuts directly above the tile."""
        inside = tuple(loop for loop in zip(self.temporal, tile, strict=True) if loop[1] > 1)
        levels = (len(self._accelerator.levels[name]) for name in OPERANDS)
        weights, inputs, outputs = ((len(inside),) * (count - 1) for count in levels)
        loops = (*inside, *self._outside(operand, tile))
        mapping = LayerMapping(self.spatial, TemporalMapping(loops, (weights, inputs, outputs)))
        held = held_bits(self._layer, self._accelerator, mapping)
        return tuple(bits.get(OPERANDS[operand], 0) for bits in held)

    def _outside(self, operand: int, tile: Tile) -> list[Loop]:
        """Loops above a tile: the relevant ones first, so that no other sinks below the cut."""
        left = {
            dim: whole // size
            for (dim, whole), size in zip(self.temporal.items(), tile, strict=True)
        }
        loops = [(dim, size) for dim, size in left.items() if size > 1]
        return sorted(loops, key=lambda loop: loop[0] not in self._relevant[operand])


def _bits_at_places(rooms: Rooms, below: Sequence[int], memory: int) -> dict[int, int]:
    """Bits in one memory by place of the cut, from the operand's next lower cut on."""
    lowest = below[-1] if below else 0
    return {place: bits[memory] for place, bits in rooms.items() if place >= lowest}


def _share_out(left: int, possible: dict[int, dict[int, int]], pick: Pick) -> dict[int, int] | None:
    """Give the operands of one memory their room, one after the other.

    Parameters
    ----------
    left
        Bits that the memory has for them.
    possible
        Per operand, in the order of their turns: bits by place of the cut.
    pick
        Chooses one of the places that fit beside the smallest tiles of those to come.

    Returns
    -------
    dict
        Place of the cut per operand; ``None`` where not even the smallest tiles fit.
    """
    reserved = sum(min(bits.values()) for bits in possible.values())
    if reserved > left:
        return None
    chosen: dict[int, int] = {}
    for operand, bits in possible.items():
        reserved -= min(bits.values())
        chosen[operand] = pick([place for place in bits if bits[place] + reserved <= left])
        left -= bits[chosen[operand]]
    return chosen
