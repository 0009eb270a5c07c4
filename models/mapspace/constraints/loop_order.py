"""What constraints ask of the order of the temporal loops.

Loops that are fixed at either end are *milestones*: tiles that every allowed order passes through,
from the innermost loop on. Between two milestones, pairs of dimensions may be ordered. Both can be
told of a single tile, which is what lies inside some place of the order.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from zigzag_imc.core.constraints import (
    Constraints,
    FixedLoop,
    InnerLoops,
    LoopOrder,
    OuterLoops,
)
from zigzag_imc.core.mapping import Loop
from zigzag_imc.models.mapspace.constraints.tile_sizes import Tile
from zigzag_imc.models.movement.words import Amount


@dataclass(frozen=True)
class LoopRules:
    """What is asked of the order of the loops that a spatial mapping leaves.

    Attributes
    ----------
    sizes
        ``T_d`` per dimension.
    milestones
        Tiles that lie below some place of every allowed order, dimensions above one.
    pairs
        Dimensions of which every loop over the first is outside all loops over the second.
    possible
        Whether any order is allowed.
    """

    sizes: Mapping[str, int]
    milestones: tuple[Mapping[str, int], ...] = ()
    pairs: frozenset[tuple[str, str]] = frozenset()
    possible: bool = True

    @classmethod
    def of(cls, constraints: Constraints, sizes: Mapping[str, int]) -> LoopRules:
        """Read what constraints ask of loops of some sizes."""
        milestones: list[Mapping[str, int]] = []
        pairs: set[tuple[str, str]] = set()
        divide = True
        for one in constraints:
            if isinstance(one, LoopOrder):
                pairs |= one.pairs
            elif isinstance(one, InnerLoops | OuterLoops):
                tiles = _passed(one.loops, sizes)
                divide = divide and tiles is not None
                inside = isinstance(one, InnerLoops)
                milestones += [tile if inside else _around(tile, sizes) for tile in tiles or ()]
        present = {dim for dim, size in sizes.items() if size > 1}
        left = frozenset(pair for pair in pairs if present.issuperset(pair))
        rules = cls.through(sizes, tuple(milestones), left)
        return replace(rules, possible=divide and rules.possible)

    @classmethod
    def through(
        cls,
        sizes: Mapping[str, int],
        milestones: tuple[Mapping[str, int], ...],
        pairs: frozenset[tuple[str, str]],
    ) -> LoopRules:
        """Build from milestones; orders are possible where these and the pairs agree."""
        rules = cls(sizes, milestones, pairs)
        return replace(rules, possible=rules._is_acyclic and all(map(rules.passes, milestones)))

    @property
    def free(self) -> bool:
        """Whether every order is allowed."""
        return self.possible and not self.milestones and not self.pairs

    def passes(self, tile: Tile) -> Amount:
        """Whether a tile may lie below some place of an allowed order; also elementwise."""
        one_by_one = itertools.chain(
            (self._is_beside(tile, milestone) for milestone in self.milestones),
            (self._in_order(tile, *pair) for pair in self.pairs),
        )
        return reduce(operator.and_, one_by_one, True)

    def may_follow(self, tile: Tile, dim: str) -> Amount:
        """Whether a loop over a dimension may lie directly above a tile; also elementwise."""
        inner_done = (
            tile.get(inner, 1) == self.sizes[inner] for outer, inner in self.pairs if outer == dim
        )
        not_too_soon = (
            np.logical_not(_divides(tile, milestone, self.sizes))
            | (tile.get(dim, 1) < milestone.get(dim, 1))
            | _divides(milestone, tile, self.sizes)
            for milestone in self.milestones
        )
        is_left = tile.get(dim, 1) < self.sizes.get(dim, 1)
        return reduce(operator.and_, (*inner_done, *not_too_soon), is_left)

    def allows(self, loops: Iterable[Loop]) -> bool:
        """Whether an order of loops, innermost first, keeps all that is asked."""
        order = list(loops)
        if not self.possible:
            return False
        for outer, inner in self.pairs:
            dims = [dim for dim, _ in order if dim in (outer, inner)]
            if outer in dims and inner in dims[dims.index(outer) :]:
                return False
        return all(_passes_through(order, milestone, self.sizes) for milestone in self.milestones)

    def arranged(self, loops: Sequence[Loop]) -> tuple[Loop, ...] | None:
        """Return some loops in an allowed order that is close to the one given.

        From the innermost on, the first of those left that may come next. Prime factors always can
        be arranged where any order is allowed; ``None`` where larger ones cannot. Loops beyond the
        end of a dimension are left out.
        """
        if self.free:
            return tuple(loops)
        waiting, order, tile = list(loops), [], dict.fromkeys(self.sizes, 1)
        while waiting:
            for loop in waiting:
                larger = {**tile, loop[0]: min(tile[loop[0]] * loop[1], self.sizes[loop[0]])}
                if self.possible and self.passes(larger):
                    break
            else:
                return None
            if larger != tile:
                order.append(loop)
            tile = larger
            waiting.remove(loop)
        return tuple(order)

    def _is_beside(self, tile: Tile, milestone: Tile) -> Amount:
        """Whether a tile divides a milestone or the other way round."""
        inside = _divides(tile, milestone, self.sizes)
        return inside | _divides(milestone, tile, self.sizes)

    def _in_order(self, tile: Tile, outer: str, inner: str) -> Amount:
        """Whether a tile has loops over the outer dimension only with all over the inner one."""
        return (tile.get(outer, 1) == 1) | (tile.get(inner, 1) == self.sizes[inner])

    @property
    def _is_acyclic(self) -> bool:
        """Whether the pairs of dimensions can be kept together."""
        left = set(itertools.chain(*self.pairs))
        while left:
            innermost = {
                dim for dim in left if not any(o == dim and i in left for o, i in self.pairs)
            }
            if not innermost:
                return False
            left -= innermost
        return True


def _passed(loops: Iterable[FixedLoop], sizes: Mapping[str, int]) -> list[dict[str, int]] | None:
    """Return the tiles inside of which ever more of some loops lie; ``None`` where they do not fit.

    ``None`` iterations are all that is left of a dimension.
    """
    tile: dict[str, int] = {}
    tiles = []
    for dim, asked in loops:
        whole, inside = sizes.get(dim, 1), tile.get(dim, 1)
        reached = whole if asked is None else inside * asked
        if whole % reached:
            return None
        tile = {**tile, dim: reached} if reached > 1 else tile
        tiles.append(tile)
    return tiles


def _around(tile: Mapping[str, int], sizes: Mapping[str, int]) -> dict[str, int]:
    """Return the tile that is left below some outermost loops."""
    left = {dim: size // tile.get(dim, 1) for dim, size in sizes.items()}
    return {dim: size for dim, size in left.items() if size > 1}


def _divides(inner: Tile, outer: Tile, sizes: Mapping[str, int]) -> Amount:
    """Whether a tile divides another one along all dimensions; also elementwise.

    All of a dimension is a multiple of every tile: its last one may be shorter.
    """
    along = (
        ((outer.get(dim, 1) % inner.get(dim, 1)) == 0) | (outer.get(dim, 1) == size)
        for dim, size in sizes.items()
    )
    return reduce(operator.and_, along, True)


def _passes_through(
    loops: Iterable[Loop], milestone: Mapping[str, int], sizes: Mapping[str, int]
) -> bool:
    """Whether a tile lies below some place of an order, down to a piece of a loop."""
    tile = dict.fromkeys(sizes, 1)
    wanted = {dim: milestone.get(dim, 1) for dim in sizes}
    for dim, steps in loops:
        if tile == wanted:
            return True
        here, there, goal = tile[dim], tile[dim] * steps, wanted[dim]
        if here == goal:
            return False  # one step too many
        if goal % there == 0 or goal == sizes[dim]:
            tile[dim] = min(there, goal)
        elif goal % here == 0 and there % goal == 0:
            tile[dim] = goal  # a piece of the loop; its other steps come next
            return tile == wanted
        else:
            return False
    return tile == wanted
