"""The lattice of tiles: every vector of divisors of the ``T_d``, ordered by divisibility.

A tile is what lies below a memory cut. Tiles are kept in dense numpy arrays with one axis per
(dimension, prime): the index along an axis is the exponent of the prime in the tile. ``a`` divides
``b`` exactly when no index of ``a`` is larger, so "the best over all tiles inside this one" is a
running minimum along every axis in turn.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from zigzag_imc.models.mapspace.factors import prime_factors

Array = npt.NDArray[Any]

_FEW_VALUES = 256
"""Values up to which numpy's own running minimum is as fast: each call takes a microsecond."""


@dataclass(frozen=True)
class TileLattice:
    """All tiles of one temporal problem.

    Attributes
    ----------
    temporal
        ``T_d`` per layer dimension, in the layer's order.
    """

    temporal: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, temporal: Mapping[str, int]) -> TileLattice:
        """Build from ``T_d`` per dimension."""
        return cls(tuple(temporal.items()))

    @cached_property
    def _exponents(self) -> Mapping[tuple[str, int], int]:
        """Exponent in its ``T_d`` of the prime of every axis, (dimension, prime)."""
        return {
            (dim, prime): exponent
            for dim, size in self.temporal
            for prime, exponent in prime_factors(size)
        }

    @cached_property
    def axes(self) -> tuple[tuple[str, int], ...]:
        """``(dimension, prime)`` of every axis."""
        return tuple(self._exponents)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """One more than the exponent of the axis' prime in its ``T_d``.

        One axis of one tile where no loop is left.
        """
        return tuple(exponent + 1 for exponent in self._exponents.values()) or (1,)

    @cached_property
    def size(self) -> int:
        """Number of tiles."""
        return math.prod(self.shape)

    @cached_property
    def steps(self) -> npt.NDArray[np.int64]:
        """Product of all dimensions of every tile."""
        return np.broadcast_to(self.product(frozenset(self._tiles)), self.shape)

    @cached_property
    def _single(self) -> npt.NDArray[np.int64]:
        """Tile size along a dimension that is not left, in a shape that broadcasts."""
        return np.ones((1,) * len(self.shape), dtype=np.int64)

    @cached_property
    def _tiles(self) -> dict[str, npt.NDArray[np.int64]]:
        """Tile sizes along every dimension that is left."""
        tiles: dict[str, npt.NDArray[np.int64]] = {}
        for (dim, _), powers in zip(self.axes, np.ix_(*self._powers()), strict=True):
            tiles[dim] = tiles.get(dim, self._single) * powers
        return tiles

    def _powers(self) -> Iterator[npt.NDArray[np.int64]]:
        """Powers of the prime along every axis."""
        for (_, prime), exponent in self._exponents.items():
            yield np.int64(prime) ** np.arange(exponent + 1)

    def tile(self, dim: str) -> npt.NDArray[np.int64]:
        """Tile size along ``dim``, in a shape that broadcasts to the lattice."""
        return self._tiles.get(dim, self._single)

    def product(self, dims: frozenset[str]) -> npt.NDArray[np.int64]:
        """Product of the tile sizes along ``dims``, in a shape that broadcasts to the lattice."""
        sizes = (size for dim, size in self._tiles.items() if dim in dims)
        return math.prod(sizes, start=self._single)

    def fill(self, values: Array | float) -> Array:
        """Broadcast to the whole lattice (a copy)."""
        return np.full(self.shape, values, dtype=np.float64)

    def best_inside(self, values: Array) -> Array:
        """Smallest value over all tiles that divide each tile.

        There may be several values of every tile, along axes before those of the lattice.
        """
        others = values.ndim - len(self.shape)
        if values.size < _FEW_VALUES:
            return _accumulated(values, others)
        return _passed_on(values, others, upwards=True)

    def best_around(self, values: Array) -> Array:
        """Smallest value over all tiles that each tile divides; of several values, too."""
        others = values.ndim - len(self.shape)
        if values.size < _FEW_VALUES:
            axes = tuple(range(others, values.ndim))
            return np.flip(_accumulated(np.flip(values, axes), others), axes)
        return _passed_on(values, others, upwards=False)

    def tile_at(self, index: tuple[int, ...]) -> dict[str, int]:
        """Tile sizes at an index, only dimensions above one."""
        sizes: dict[str, int] = {}
        for (dim, prime), power in zip(self.axes, index, strict=False):  # of one tile: no axes
            if power:
                sizes[dim] = sizes.get(dim, 1) * prime**power
        return sizes

    def chain_at(self, indices: Sequence[tuple[int, ...]]) -> list[dict[str, int]] | None:
        """Tiles at the indices of a chain, from the innermost."""
        return list(map(self.tile_at, indices))


def _accumulated(values: Array, others: int) -> Array:
    """Running minimum along every axis after some others in turn, as numpy has it."""
    return functools.reduce(np.minimum.accumulate, range(others, values.ndim), values)


def _passed_on(values: Array, others: int, *, upwards: bool) -> Array:
    """Running minimum along every axis after some others, from the first index or the last one.

    Each index of an axis takes what is less at the one before, for all other axes together: axes
    are short, and numpy goes along each by itself, which takes up to eight times as long.
    """
    least = np.array(values)
    outer = math.prod(least.shape[:others])
    inner = least.size // max(1, outer)
    for count in least.shape[others:]:
        inner //= count
        rows = least.reshape(outer, count, inner)
        for to in range(1, count) if upwards else range(count - 2, -1, -1):
            before = to - 1 if upwards else to + 1
            np.minimum(rows[:, to], rows[:, before], out=rows[:, to])
        outer *= count
    return least
