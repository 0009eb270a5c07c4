"""Loop orders of a choice of tiles that constraints allow: one for each way its cost can differ.

As without constraints (`segment_orders`), orders are told apart by the runs at the top of each
segment. Three things differ:

- Milestones, tiles that every allowed order passes through, end segments, too.
- Inside a segment, a loop may stand above others only where the rules let it.
- The lowest loop of a segment is relevant to all operands cut directly below. Another one would
  sink under such a cut, and the order then belongs to another choice of tiles, which the search
  meets by itself: there its tiles are checked against the constraints. (Without constraints such an
  order is scored as well, for it is never worse; with them it may be forbidden, or the only one
  that is scored where another one is allowed.)
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce

from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, Loop
from zigzag_imc.models.mapspace.constraints.loop_order import LoopRules
from zigzag_imc.solver.scoring.distinct_orders import Loops
from zigzag_imc.solver.scoring.runs import Run, kinds_to
from zigzag_imc.solver.scoring.segment_orders import MOST_ARRANGEMENTS, next_loops
from zigzag_imc.solver.scoring.segments import Segment
from zigzag_imc.solver.scoring.tile_choice import TileChoice

Pairs = Collection[tuple[str, str]]
"""Dimensions of which every loop over the first is outside all loops over the second."""


def ruled_arrangements(
    choice: TileChoice, layer: Layer, rules: LoopRules
) -> Iterator[LayerMapping]:
    """Return mappings for every way an allowed loop order can matter; none where none is allowed.

    Parameters
    ----------
    choice
        Tiles of a chain.
    rules
        What is asked of loops of the sizes that the spatial mapping leaves.
    """
    milestones = tuple(tuple(sorted(tile.items())) for tile in rules.milestones)
    passing = replace(choice, milestones=milestones)
    tiles = [tile for _, tile in choice.tiles]
    if not rules.possible or not _is_chain(tiles, milestones, rules.sizes):
        return iter(())
    orders = itertools.product(*_orders_by_segment(layer, passing.segments, rules.pairs))
    return map(passing.mapping, itertools.islice(orders, MOST_ARRANGEMENTS))


def _is_chain(
    tiles: Sequence[Loops], milestones: Sequence[Loops], sizes: Mapping[str, int]
) -> bool:
    """Whether milestones lie beside the tiles of a chain and each other."""
    return all(
        _divides(one, other, sizes) or _divides(other, one, sizes)
        for one in milestones
        for other in (*tiles, *milestones)
    )


def _divides(inner: Loops, outer: Loops, sizes: Mapping[str, int]) -> bool:
    """Whether a tile divides another one, or that is all of a dimension."""
    around = dict(outer)
    return all(
        around.get(dim, 1) % length == 0 or around.get(dim, 1) == sizes[dim]
        for dim, length in inner
    )


def _orders_by_segment(
    layer: Layer, segments: Sequence[Segment], pairs: Pairs
) -> list[list[Loops]]:
    """Allowed loop orders of every segment that can differ in cost, innermost segment first."""
    resting_on = [frozenset[int](), *(segment.operands for segment in segments[:-1])]
    open_above: frozenset[int] = frozenset()  # whose run may reach down from the segment above
    orders: list[list[Loops]] = []
    for segment, below in zip(reversed(segments), reversed(resting_on), strict=True):
        seen_from = open_above | segment.operands
        ruled = _RuledOrders(layer, seen_from, below, pairs)
        orders.append(ruled.of(tuple(sorted(segment.sizes.items()))))
        open_above = frozenset(filter(partial(segment.looks_alike_to, layer), seen_from))
    return orders[::-1]


class _RuledOrders:
    """Finds the allowed loop orders of one segment that can differ in cost.

    Parameters
    ----------
    layer
        The layer whose loops they are.
    seen_from
        Operands that see the segment from above, by index.
    resting_on
        Operands cut directly below the segment, by index.
    pairs
        Dimensions that are ordered, the outer one first.
    """

    def __init__(
        self, layer: Layer, seen_from: frozenset[int], resting_on: frozenset[int], pairs: Pairs
    ) -> None:
        self._kinds = kinds_to(layer, seen_from)
        self._observers = len(seen_from)
        relevant = (layer.relevant(OPERANDS[operand]) for operand in resting_on)
        self._lowest = reduce(frozenset.intersection, relevant, frozenset(layer.sizes))
        self._pairs = pairs
        self._found: dict[tuple[Run, ...], Loops] = {}
        self._visited: set[tuple[Loops, tuple[Run, ...]]] = set()

    def of(self, loops: Loops) -> list[Loops]:
        """Return the orders of some loops, innermost loop first, likely best ones first."""
        if not loops:
            return [()]
        self._descend((), loops, (Run(),) * self._observers)
        return sorted(self._found.values(), key=self._likelihood)

    def _descend(self, top: Loops, left: Loops, runs: tuple[Run, ...]) -> None:
        """Add every loop that may stand below those at the top, highest first."""
        if len(left) < 2 or not any(run.goes_on for run in runs):
            self._add(top, left, reduce(self._longer, left[:1], runs))
            return
        state = (left, runs)
        if state in self._visited or len(self._found) > MOST_ARRANGEMENTS:
            return
        self._visited.add(state)
        for loop, rest in next_loops(left):
            if self._may_be_outside(loop[0], left):
                self._descend((*top, loop), rest, self._longer(runs, loop))

    def _may_be_outside(self, dim: str, left: Loops) -> bool:
        """Whether no loop that is left has to be outside those over a dimension."""
        return not any((other, dim) in self._pairs for other, _ in left)

    def _may_be_inside(self, dim: str, left: Loops) -> bool:
        """Whether no loop that is left has to be inside those over a dimension."""
        return not any((dim, other) in self._pairs for other, _ in left)

    def _add(self, top: Loops, left: Loops, runs: tuple[Run, ...]) -> None:
        """Keep an order, unless one that looks the same is known or none is allowed."""
        if runs in self._found:
            return
        lowest = self._lowest_of(left or top[-1:])
        if lowest is None:
            return
        inner = self._from_inside(lowest, left) if left else []
        self._found[runs] = (*inner, *reversed(top))

    def _lowest_of(self, left: Loops) -> Loop | None:
        """A loop that may stand lowest; ``None`` where there is none."""
        for loop in left:
            if loop[0] in self._lowest and self._may_be_inside(loop[0], left):
                return loop
        return None

    def _from_inside(self, lowest: Loop, left: Loops) -> list[Loop]:
        """All loops that are left in an allowed order, the lowest first."""
        order, waiting = [lowest], [loop for loop in left if loop != lowest]
        while waiting:
            free = (loop for loop in waiting if self._may_be_inside(loop[0], tuple(waiting)))
            loop = next(free)  # there is one: the pairs have no circle
            order.append(loop)
            waiting.remove(loop)
        return order

    def _longer(self, runs: tuple[Run, ...], loop: Loop) -> tuple[Run, ...]:
        """Return the runs with one more loop below them."""
        dim, factor = loop
        return tuple(map(Run.above, runs, self._kinds[dim], itertools.repeat(factor)))

    def _likelihood(self, loops: Loops) -> tuple[int, Loops]:
        """Sort key of an order: to how many operands its highest loop is idle."""
        return self._kinds[loops[-1][0]].count("idle"), loops
