"""How many iterations the tiles of some loops have."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from zigzag_imc.solver.tables.lattice import Array

Lengths = Callable[[int], Sequence[int]]
"""Lengths of the tiles of a loop."""


class TileProducts:
    """Numbers of iterations that tiles of some loops can have, under many spatial mappings.

    On average, where the last tile of a loop may be shorter.

    Parameters
    ----------
    sizes
        ``T_d`` of each loop, per spatial mapping.
    lengths
        Lengths of tiles that are told apart.
    """

    def __init__(self, sizes: Sequence[Array], lengths: Lengths) -> None:
        everything = np.prod(sizes, axis=0)
        # Above any number of iterations: one table holds those of all spatial mappings.
        self._apart = 2.0 * float(np.max(everything, initial=1.0))
        # Whole numbers stand for the sizes: they are sorted far faster than rows of an array.
        places = np.zeros(len(everything), dtype=np.int64)
        for size in sizes:
            places = places * (int(np.max(size, initial=1)) + 1) + size.astype(np.int64)
        _, first, which = np.unique(places, return_index=True, return_inverse=True)
        shapes = zip(*(size[first].tolist() for size in sizes), strict=True)
        products = [_products(tuple(map(int, shape)), lengths) for shape in shapes]
        self._start = which * self._apart
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
def _products(sizes: tuple[int, ...], lengths: Lengths) -> Array:
    """Iterations of all tiles of some loops, ascending."""
    resting = ([size / -(-size // length) for length in lengths(size)] for size in sizes)
    return np.array(sorted(set(map(math.prod, itertools.product(*resting)))), dtype=np.float64)
