"""The loop nest as it runs: which tile of each operand every memory holds at each step.

A step is one activation of the array. Tiles are ranges of loop indices; where the outermost loop of
a dimension does not divide it, the last tile ends early, and what would lie beyond is not run.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.mapping import Loop


@dataclass(frozen=True)
class Nest:
    """Steps of a loop nest, in the order in which they run.

    Attributes
    ----------
    loops
        Temporal loops, innermost first.
    sizes
        Iterations in time of every dimension.
    places
        Per loop, its iteration at every step.
    strides
        Per loop, iterations of its dimension inside one of its own.
    """

    loops: tuple[Loop, ...]
    sizes: Mapping[str, int]
    places: tuple[np.ndarray, ...]
    strides: tuple[int, ...]

    @classmethod
    def of(cls, loops: tuple[Loop, ...], sizes: Mapping[str, int]) -> Nest:
        """Run the loops, leaving out what lies beyond the end of a dimension."""
        count = math.prod(factor for _, factor in loops)
        steps, inner = np.arange(count, dtype=np.int64), 1
        places, strides, inside = [], [], dict.fromkeys(sizes, 1)
        for dim, factor in loops:
            places.append(steps // inner % factor)
            strides.append(inside[dim])
            inner *= factor
            inside[dim] *= factor
        kept = np.ones(count, dtype=bool)
        for dim in {dim for dim, _ in loops}:
            index = sum(
                place * stride
                for place, stride, (of, _) in zip(places, strides, loops, strict=True)
                if of == dim
            )
            kept &= index < sizes[dim]
        return cls(loops, sizes, tuple(place[kept] for place in places), tuple(strides))

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return len(self.places[0]) if self.places else 1

    def begins(self, dim: str, cut: int) -> np.ndarray:
        """First index of ``dim`` in the tile below a cut, at every step."""
        begin = np.zeros(self.steps, dtype=np.int64)
        for place, stride, (of, _) in zip(
            self.places[cut:], self.strides[cut:], self.loops[cut:], strict=True
        ):
            if of == dim:
                begin += place * stride
        return begin

    def length(self, dim: str, cut: int) -> int:
        """Indices of ``dim`` in a full tile below a cut."""
        inside = math.prod(factor for of, factor in self.loops[:cut] if of == dim)
        return min(inside, self.sizes[dim])


@dataclass(frozen=True)
class Visits:
    """The tiles below one cut of an operand, one after the other.

    A tile stays as long as the next steps want the same one.

    Attributes
    ----------
    first, last
        First and last step of every visit.
    keys
        A number for every tile: equal where the same tile is visited again.
    begins, lengths
        Per dimension of the operand, the first index of every visited tile, and how many it has.
    again
        Whether the tile was visited before.
    """

    first: list[int]
    last: list[int]
    keys: list[int]
    begins: Mapping[str, np.ndarray]
    lengths: Mapping[str, np.ndarray]
    again: list[bool]

    def __len__(self) -> int:
        return len(self.first)

    @classmethod
    def of(cls, nest: Nest, dims: Collection[str], cut: int, *, resting: bool = True) -> Visits:
        """Visit the tiles below a cut; one visit a step unless they are ``resting``."""
        keys = np.zeros(nest.steps, dtype=np.int64)
        begins = {dim: nest.begins(dim, cut) for dim in sorted(dims)}
        for dim, begin in begins.items():
            keys = keys * nest.sizes[dim] + begin
        changes = np.flatnonzero(keys[1:] != keys[:-1]) + 1
        first = np.arange(nest.steps) if not resting else np.concatenate(([0], changes))
        last = np.append(first[1:], nest.steps) - 1
        kept = {dim: begin[first] for dim, begin in begins.items()}
        lengths = {
            dim: np.minimum(nest.length(dim, cut), nest.sizes[dim] - begin)
            for dim, begin in kept.items()
        }
        visited = keys[first]
        return cls(
            first.tolist(), last.tolist(), visited.tolist(), kept, lengths, _seen_before(visited)
        )


@dataclass(frozen=True)
class Pieces:
    """How the tiles of one cut make up those of the next cut above.

    Attributes
    ----------
    parent, piece
        Per visit below: the visit above during which it happens, and which of its pieces it is, in
        the order in which they are first wanted.
    is_last
        Per visit below, whether the visit above does not want the same piece again.
    is_new
        Per visit below, whether the visit above wants the piece for the first time.
    count
        Pieces of every visit above.
    """

    parent: list[int]
    piece: list[int]
    is_last: list[bool]
    is_new: list[bool]
    count: list[int]

    @classmethod
    def of(cls, below: Visits, above: Visits) -> Pieces:
        """Cut the tiles of all visits above into those below."""
        keys = np.asarray(below.keys, dtype=np.int64)
        parents = np.searchsorted(above.first, below.first, side="right") - 1
        # Visits below of one parent follow each other, so a piece is a pair of parent and key.
        pairs = parents * (keys.max() + 1) + keys
        _, first, which = np.unique(pairs, return_index=True, return_inverse=True)
        is_new = np.zeros(len(keys), dtype=bool)
        is_new[first] = True
        last = np.zeros(len(first), dtype=np.int64)
        np.maximum.at(last, which, np.arange(len(keys)))
        is_last = np.zeros(len(keys), dtype=bool)
        is_last[last] = True
        count = np.bincount(parents[first], minlength=len(above))
        before = np.cumsum(count) - count
        pieces = (np.cumsum(is_new) - 1)[first][which] - before[parents]
        return cls(
            parents.tolist(), pieces.tolist(), is_last.tolist(), is_new.tolist(), count.tolist()
        )


def _seen_before(keys: np.ndarray) -> list[bool]:
    _, first = np.unique(keys, return_index=True)
    again = np.ones(len(keys), dtype=bool)
    again[first] = False
    found: list[bool] = again.tolist()
    return found
