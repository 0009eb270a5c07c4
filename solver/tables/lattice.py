"""The lattice of tiles: every vector of divisors of the ``T_d``, ordered by divisibility.

A tile is what lies below a memory cut. Tiles are kept in dense numpy arrays with one axis per
(dimension, prime): the index along an axis is the exponent of the prime in the tile. ``a`` divides
``b`` exactly when no index of ``a`` is larger, so "the best over all tiles inside this one" is a
running minimum along every axis in turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from zigzag_imc.models.mapspace.factors import prime_factors

Array = npt.NDArray[Any]


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
    def axes(self) -> tuple[tuple[str, int], ...]:
        """``(dimension, prime)`` of every axis."""
        return tuple(
            (dim, prime) for dim, size in self.temporal for prime, _ in prime_factors(size)
        )

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """One more than the exponent of the axis' prime in its ``T_d``.

        One axis of one tile where no loop is left.
        """
        return tuple(
            exponent + 1 for _, size in self.temporal for _, exponent in prime_factors(size)
        ) or (1,)

    @cached_property
    def size(self) -> int:
        """Number of tiles."""
        return int(np.prod(self.shape, dtype=np.int64))

    @cached_property
    def steps(self) -> npt.NDArray[np.int64]:
        """Product of all dimensions of every tile."""
        total = np.ones((1,) * len(self.shape), dtype=np.int64)
        for dim, _ in self.temporal:
            total = total * self.tile(dim)
        return np.broadcast_to(total, self.shape)

    @cached_property
    def _tiles(self) -> dict[str, npt.NDArray[np.int64]]:
        tiles = {}
        axis = 0
        for dim, size in self.temporal:
            values = np.ones((1,) * len(self.shape), dtype=np.int64)
            for prime, exponent in prime_factors(size):
                index = [1] * len(self.shape)
                index[axis] = exponent + 1
                values = values * np.array([prime**power for power in range(exponent + 1)]).reshape(
                    index
                )
                axis += 1
            tiles[dim] = values
        return tiles

    def tile(self, dim: str) -> npt.NDArray[np.int64]:
        """Tile size along ``dim``, in a shape that broadcasts to the lattice."""
        return self._tiles[dim]

    def product(self, dims: frozenset[str]) -> npt.NDArray[np.int64]:
        """Product of the tile sizes along ``dims``, in a shape that broadcasts to the lattice."""
        total = np.ones((1,) * len(self.shape), dtype=np.int64)
        for dim, size in self.temporal:
            if dim in dims and size > 1:
                total = total * self._tiles[dim]
        return total

    def fill(self, values: Array | float) -> Array:
        """Broadcast to the whole lattice (a copy)."""
        return np.array(np.broadcast_to(values, self.shape), dtype=np.float64)

    def best_inside(self, values: Array) -> Array:
        """Smallest value over all tiles that divide each tile."""
        best = values
        for axis in range(values.ndim):
            best = np.minimum.accumulate(best, axis=axis)
        return best

    def best_around(self, values: Array) -> Array:
        """Smallest value over all tiles that each tile divides."""
        flipped = values[(slice(None, None, -1),) * values.ndim]
        return self.best_inside(flipped)[(slice(None, None, -1),) * values.ndim]

    def tile_at(self, index: tuple[int, ...]) -> dict[str, int]:
        """Tile sizes at an index, only dimensions above one."""
        sizes: dict[str, int] = {}
        for (dim, prime), power in zip(
            self.axes, index, strict=False
        ):  # a lattice of one tile has no axes
            if power:
                sizes[dim] = sizes.get(dim, 1) * prime**power
        return sizes
