"""From a loop order to a mapping: where the memories of every operand cut the loops."""

from __future__ import annotations

import itertools
import operator
import random
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.models.mapspace.constraints.short_ends import ShortRules
from zigzag_imc.models.mapspace.enumeration import loop_orders_of
from zigzag_imc.models.mapspace.short_orders import cut_short
from zigzag_imc.models.movement.unrolled import spatial_temporal_sizes
from zigzag_imc.solver.engines.barred_tiles import BarredTiles
from zigzag_imc.solver.engines.sharing import DoesNotFit, Pick, Sharing
from zigzag_imc.solver.engines.tile_rooms import TileRooms

Turns = Iterable[Sequence[int]]
"""Per memory, the operands in the order in which they take their room."""

_highest: Pick = operator.itemgetter(-1)
"""Lets a level hold as many loops as fit."""


class Allocator:
    """Allocates memory levels to the loop orders of one spatial mapping, from the lowest level up.

    Attributes
    ----------
    spatial
        The spatial mapping.
    temporal
        Iterations that it leaves for time, per loop dimension.
    """

    def __init__(
        self,
        layer: Layer,
        accelerator: Accelerator,
        spatial: SpatialMapping,
        constraints: Constraints = (),
    ) -> None:
        self.spatial = spatial
        self.temporal = spatial_temporal_sizes(layer, accelerator.array, spatial)
        self._rules = ShortRules.of(constraints, self.temporal)
        self._barred = BarredTiles(layer, accelerator, spatial, constraints)
        self._rooms = list(map(partial(TileRooms, layer, accelerator, spatial), OPERANDS))
        whole = zip(*map(TileRooms.whole, self._rooms), strict=True)
        self._sharings = list(map(partial(Sharing.of, accelerator), itertools.count(), whole))
        self._holders = [sharing.holders for sharing in self._sharings]

    def fits_at_all(self) -> bool:
        """Whether the smallest tiles fit; if not, no mapping with this spatial mapping does."""
        least = zip(*map(TileRooms.least, self._rooms), strict=True)
        return all(map(Sharing.has_room_for, self._sharings, least))

    def orders(self, loops: tuple[Loop, ...]) -> Iterator[tuple[Loop, ...]]:
        """Yield every order of some loops, equal loops not told apart; allowed ones, each once."""
        known: set[tuple[Loop, ...]] = set()
        for order in loop_orders_of(loops):
            allowed = self._arranged(order)
            if self._rules.free:
                yield order
            elif allowed is not None and allowed not in known:
                known.add(allowed)
                yield allowed

    def greedy(self, loops: tuple[Loop, ...]) -> Iterator[LayerMapping]:
        """Let every level hold as many of the inner loops as fit, in an order that is allowed.

        Loops may multiply to more than there is: the outermost ones are cut short then.
        Where operands share a memory, one of them takes first what fits beside the smallest tiles
        of the others: one mapping for each of these orders that makes a difference, none where
        nothing fits.
        """
        orders = itertools.product(*map(itertools.permutations, self._holders))
        tried = (self._allocated(loops, turns, _highest) for turns in orders)
        return iter(dict.fromkeys(filter(None, tried)))

    def drawn(self, loops: tuple[Loop, ...], rng: random.Random) -> LayerMapping | None:
        """Draw the cut of every level among the places that fit.

        ``None`` where the draw leads nowhere.
        """
        turns = [rng.sample(operands, len(operands)) for operands in self._holders]
        return self._allocated(loops, turns, rng.choice)

    def _allocated(self, loops: tuple[Loop, ...], turns: Turns, pick: Pick) -> LayerMapping | None:
        """Cut the loops memory by memory; ``None`` where a memory overflows."""
        order = self._arranged(loops)
        if order is None:
            return None
        try:
            weights, inputs, outputs = map(tuple, self._cuts(order, turns, pick))
        except DoesNotFit:
            return None
        return LayerMapping(self.spatial, TemporalMapping(order, (weights, inputs, outputs)))

    def _arranged(self, loops: tuple[Loop, ...]) -> tuple[Loop, ...] | None:
        """Return loops in an allowed order, cut short where they go beyond what there is.

        ``None`` where they cannot be arranged.
        """
        if self._rules.free:
            return cut_short(loops, self.temporal)
        lengths = _lengths_of(loops)
        arranged = (
            rules.arranged(loops)
            for rules in self._rules.alternatives(lambda dim, size: (dim, size) in lengths)
        )
        found = next((order for order in arranged if order is not None), None)
        return None if found is None else cut_short(found, self.temporal)

    def _cuts(self, loops: tuple[Loop, ...], turns: Turns, pick: Pick) -> list[list[int]]:
        """Cuts of every operand, from the lowest.

        Raises
        ------
        DoesNotFit
            When a memory overflows.
        """
        rooms = [operand.by_memory(loops, self._barred) for operand in self._rooms]
        cuts: list[list[int]] = [[] for _ in rooms]
        for sharing, operands in zip(self._sharings, turns, strict=True):
            possible = {o: rooms[o][sharing.memory].beginning_at(_last(cuts[o])) for o in operands}
            for operand, place in sharing.shared_out(possible, pick).items():
                cuts[operand].append(place)
        return cuts


def _lengths_of(loops: Iterable[Loop]) -> set[tuple[str, int]]:
    """Return the lengths of tiles that some of the loops over each dimension make."""
    found: set[tuple[str, int]] = set()
    for dim, steps in loops:
        found |= {(dim, size * steps) for other, size in found if other == dim} | {(dim, steps)}
    return found


def _last(cuts: Sequence[int]) -> int:
    """Place of the highest cut so far; the lowest place of all where there is none."""
    return max(cuts, default=0)
