"""How many iterations the tiles of some loops have."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.solver.tables.lattice import Array


class TileProducts:
    """Numbers of iterations that tiles of some loops can have, under many spatial mappings.

    Parameters
    ----------
    sizes
        ``T_d`` of each loop, per spatial mapping.
    """

    def __init__(self, sizes: Sequence[Array]) -> None:
        everything = math.prod(sizes)
        # Above any number of iterations: one table holds those of all spatial mappings.
        self._apart = 2.0 * float(np.max(everything, initial=1.0))
        shapes, which = np.unique(np.stack(sizes, axis=1), axis=0, return_inverse=True)
        products = [_products(tuple(map(int, shape))) for shape in shapes.tolist()]
        self._start = which.ravel() * self._apart
        self._table = np.concatenate(
            [number * self._apart + each for number, each in enumerate(products)]
        )

    def at_most(self, most: Array) -> Array:
        """Most iterations of any tile that has no more than given; at least one is given."""
        place = np.searchsorted(self._table, self._start + most * _UP, side="right") - 1
        found: Array = self._table[place] - self._start
        return found


_UP = 1 + 1e-9
"""Against quotients that rounding made too small."""


@lru_cache(maxsize=4096)
def _products(sizes: tuple[int, ...]) -> Array:
    """Iterations of all tiles of some loops, ascending."""
    tiles = itertools.product(*map(divisors, sizes))
    return np.array(sorted(set(map(math.prod, tiles))), dtype=np.float64)
