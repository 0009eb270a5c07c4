"""The lattice of tiles of any size, told apart by the numbers of steps that they make.

Along a dimension, lengths that make equally many steps form a *class*; there are about
``2 sqrt(T)`` of them. A tile of a chain divides the next one or lies below all of the dimension, so
it is no longer, and its class is no later: what holds of all chains of classes in that order holds
of all chains of tiles.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.tables.lattice import Array, TileLattice
from zigzag_imc.solver.tables.short_ends import first_lengths

Numbers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class StepLattice(TileLattice):
    """All classes of tiles of one temporal problem, in numpy arrays with an axis per dimension.

    The index along an axis is that of the class, from the most steps to a single one.
    """

    @cached_property
    def dims(self) -> tuple[str, ...]:
        """Dimensions with several steps, in the order of the axes."""
        return tuple(dim for dim, size in self.temporal if size > 1)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """``T_d`` of these dimensions."""
        return {dim: size for dim, size in self.temporal if size > 1}

    @cached_property
    def axes(self) -> tuple[tuple[str, int], ...]:
        """Dimension of every axis, which has no prime."""
        return tuple((dim, 1) for dim in self.dims)

    @cached_property
    def first(self) -> dict[str, Numbers]:
        """Shortest length of every class, per dimension."""
        return {dim: np.array(first_lengths(size)) for dim, size in self.sizes.items()}

    @cached_property
    def last(self) -> dict[str, Numbers]:
        """Longest length of every class, per dimension."""
        return {dim: np.append(own[1:] - 1, own[-1]) for dim, own in self.first.items()}

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """How many classes there are along every axis."""
        return tuple(len(own) for own in self.first.values()) or (1,)

    @cached_property
    def steps(self) -> Numbers:
        """Product of the shortest lengths of every class."""
        one = np.ones((1,) * len(self.shape), dtype=np.int64)
        steps: Numbers = math.prod(
            (self.along(dim, own) for dim, own in self.first.items()), start=one
        )
        return np.broadcast_to(steps, self.shape)

    def along(self, dim: str, values: Array) -> Array:
        """Put values of one dimension along its axis."""
        shape = [1] * len(self.shape)
        shape[self.dims.index(dim)] = -1
        return values.reshape(shape)

    def rounds(self, dim: str) -> Numbers:
        """Steps of every class along a dimension."""
        rounds: Numbers = ceil_div(self.sizes[dim], self.first[dim])
        return rounds

    def class_of(self, dim: str, lengths: Numbers) -> Numbers:
        """Class of every length along a dimension."""
        return np.searchsorted(self.first[dim], lengths, side="right") - 1

    def may_hold(self, dim: str) -> Bools:
        """Whether a length of one class may hold one of another: ``[inner, outer]``.

        Classes of which no two lengths can follow each other in a chain of tiles are no chain.
        """
        return _may_hold(self.sizes[dim])

    def chain_at(self, indices: Sequence[tuple[int, ...]]) -> list[dict[str, int]] | None:
        """Tiles of the classes of a chain, from the innermost: the shortest ones that are met.

        ``None`` where no tiles of these classes are a chain.
        """
        tiles: list[dict[str, int]] = [{} for _ in indices]
        for axis, dim in enumerate(self.dims):
            classes = [index[axis] for index in indices]
            lengths = self._chain_along(dim, classes)
            if lengths is None:
                return None
            for tile, length in zip(tiles, lengths, strict=True):
                if length > 1:
                    tile[dim] = length
        return tiles

    def _chain_along(self, dim: str, classes: Sequence[int]) -> list[int] | None:
        """Lengths along one dimension, each of which divides the next or the next is all."""
        distinct = sorted(set(classes))
        for start in range(int(self.first[dim][distinct[0]]), int(self.last[dim][distinct[0]]) + 1):
            found = self._multiples(dim, distinct, start)
            if found is not None:
                return [found[one] for one in classes]
        return None

    def _multiples(self, dim: str, classes: Sequence[int], start: int) -> dict[int, int] | None:
        """Lengths of ever larger classes from one on, each the least multiple of the one before."""
        found = {classes[0]: start}
        length = start
        for one in classes[1:]:
            low, high = int(self.first[dim][one]), int(self.last[dim][one])
            length = low if low == self.sizes[dim] else ceil_div(low, length) * length
            if length > high:
                return None
            found[one] = length
        return found


@lru_cache(maxsize=1024)
def _may_hold(size: int) -> Bools:
    """Whether lengths of one class may divide some of another, or that is the whole."""
    first = np.array(first_lengths(size))
    last = np.append(first[1:] - 1, first[-1])
    lengths = np.arange(1, size + 1)[:, np.newaxis]
    least_multiple = ceil_div(first, lengths) * lengths
    divides = (least_multiple <= last) & (lengths <= last)
    divides[:, -1] = True
    may_hold: Bools = np.logical_or.reduceat(divides, first - 1, axis=0)
    may_hold.flags.writeable = False
    return may_hold
