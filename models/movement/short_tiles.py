"""Short tiles: what crosses a boundary where the outermost loop of a dimension ends short.

The tiles of a dimension at successive cuts divide each other, but the largest of them need not
divide ``T_d``: the outermost loop then makes ``ceil(T_d / tile)`` steps, and its last one is
shorter by what is missing. So a cut is crossed by full tiles and, last, by a short one; together
they are ``T_d``. Along several dimensions all combinations of full and short tiles occur, each as
often as the product of their numbers says, whatever the order of the loops is.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from zigzag_imc.core.mapping import Loop
from zigzag_imc.models.movement.words import ceil_div


def tiles_along(size: int, tile: int) -> tuple[tuple[int, int], ...]:
    """(length, number) of the tiles along one dimension: the full ones, then a short one if any."""
    full, rest = divmod(size, tile)
    return ((tile, full), (rest, 1)) if rest else ((tile, full),)


def last_tile(size: int, tile: int) -> int:
    """Length of the last tile along one dimension."""
    steps: int = ceil_div(size, tile)
    return size - (steps - 1) * tile


def runs_through(size: int, steps: Sequence[int]) -> bool:
    """Whether loops of one dimension, innermost first, run through it and none runs idle.

    The outermost one has as many steps as it takes, and its last one may be shorter.
    """
    needed: int = ceil_div(size, math.prod(steps[:-1]))
    return needed == math.prod(steps[-1:])


class Level(NamedTuple):
    """Where a boundary stands in a loop order, and which loops lie uppermost below it.

    Attributes
    ----------
    place
        How many loops are below the boundary.
    relevant_from, irrelevant_from
        Where the uppermost loops below it start, as far as they are all relevant, or all
        irrelevant; `place` where there are none.
    """

    place: int
    relevant_from: int
    irrelevant_from: int


@dataclass(frozen=True)
class LoopNest:
    """Temporal loops, innermost first, and what they run through.

    Attributes
    ----------
    loops
        Loops; the outermost one of a dimension may end with a shorter step.
    sizes
        ``T_d`` of every layer dimension.
    """

    loops: tuple[Loop, ...]
    sizes: Mapping[str, int]

    @property
    def ends_short(self) -> bool:
        """Whether some loop ends with a shorter step."""
        return math.prod([steps for _, steps in self.loops]) != math.prod(self.sizes.values())

    @property
    def short_steps(self) -> dict[int, tuple[int, int]]:
        """Loops that end short, by place: length of their last step, and of the others."""
        found = {}
        outermost = {dim: place for place, (dim, _) in enumerate(self.loops)}
        for dim, place in outermost.items():
            inner = self.tiles[place][dim]
            last = last_tile(self.sizes[dim], inner)
            if last != inner:
                found[place] = (last, inner)
        return found

    @cached_property
    def tiles(self) -> tuple[Mapping[str, int], ...]:
        """Per place between two loops, the full tile of every dimension below it.

        A place above all loops of a dimension has all of it, which the tiles below need not divide.
        """
        products = dict.fromkeys(self.sizes, 1)
        found = [dict(products)]
        for dim, steps in self.loops:
            products[dim] = min(products[dim] * steps, self.sizes[dim])
            found.append(dict(products))
        return tuple(found)

    def crossings(self, place: int) -> int:
        """How often the loops above a place step: the periods of a boundary that stands there."""
        tiles = self.tiles[place]
        return math.prod([ceil_div(size, tiles[dim]) for dim, size in self.sizes.items()])


class TileKind(NamedTuple):
    """All tiles at a place that are equally long along some dimensions.

    Attributes
    ----------
    lengths
        Length along each of the dimensions.
    times
        How many of them there are.
    """

    lengths: Mapping[str, int]
    times: int

    @property
    def steps(self) -> int:
        """Steps of the dimensions together in one such tile."""
        return math.prod(self.lengths.values())

    def last_iteration(self, inner: Mapping[str, int]) -> int:
        """Steps in the last tile of lengths ``inner`` inside one such tile."""
        lasts = [last_tile(length, inner[dim]) for dim, length in self.lengths.items()]
        return math.prod(lasts)


def kinds_of_tiles(nest: LoopNest, place: int, dims: Collection[str]) -> list[TileKind]:
    """All kinds of tiles along some dimensions: the first is full, the last short where one is."""
    tiles = nest.tiles[place]
    along = [tiles_along(nest.sizes[dim], tiles[dim]) for dim in dims]
    return [
        TileKind(
            lengths=dict(zip(dims, [length for length, _ in chosen], strict=True)),
            times=math.prod([number for _, number in chosen]),
        )
        for chosen in itertools.product(*along)
    ]


class Period(NamedTuple):
    """Periods of a movement that take equally long.

    Attributes
    ----------
    times
        How many there are.
    cycles
        Activations of the array in one of them.
    last_cycles
        Those in which the uppermost irrelevant loops are in their last iteration.
    """

    times: int
    cycles: int
    last_cycles: int


def periods_of(
    nest: LoopNest, level: Level, held: TileKind, idle: Sequence[TileKind]
) -> tuple[Period, ...]:
    """Return the periods in which a level holds tiles of one kind.

    Parameters
    ----------
    nest, level
        The loops, and where the level ends.
    held
        The tiles along the relevant dimensions.
    idle
        All kinds along the others: tiles may rest for a short round of those.
    """
    inner = nest.tiles[level.irrelevant_from]
    return tuple(
        Period(
            times=held.times * kind.times,
            cycles=held.steps * kind.steps,
            last_cycles=held.steps * kind.last_iteration(inner),
        )
        for kind in idle
    )


def iterations_at_last(loops: Sequence[tuple[int, bool]], size: int) -> int:
    """Count the steps of one dimension in which some of its loops are in their last iteration.

    Parameters
    ----------
    loops
        Loops of the dimension, innermost first: steps, and whether only the last of them counts.
        In a short last round, a loop's last iteration comes earlier.
    size
        Steps of the whole dimension.
    """
    if not loops:
        return 1
    *inner, (_, only_last) = loops
    tile = math.prod([steps for steps, _ in inner])
    rest = last_tile(size, tile)
    others = (size - rest) // tile
    in_last = iterations_at_last(inner, rest)
    if only_last or not others:
        return in_last
    return in_last + others * (in_last if rest == tile else iterations_at_last(inner, tile))
