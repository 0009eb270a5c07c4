"""Halos: input positions that tiles of outputs beside each other both touch.

Where only a part of the outputs along a window is held, the positions at its edges are moved with
either part. So all elements of the inputs cross a boundary a little more than once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.layer import Layer, Window
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.tables.lattice import Array


def has_halos(layer: Layer) -> bool:
    """Whether any window has several taps."""
    return any(layer.sizes[window.filter_dim] > 1 for window in layer.windows)


def halo(arrays: SpatialArrays, tile: Mapping[str, Amount]) -> Array:
    """How often the positions of all inputs are moved at least, a tile of outputs at a time.

    The least over all tiles that make as many steps as ``tile`` along every window.

    Why it is safe: what is moved for all parts of a tile touches all positions that the tile does,
    for all taps; the count of positions of two tiles is never less than that of both as one. Of
    tiles that make ``n`` steps, the longest leaves the shortest last one, and as positions grow
    ever less with the outputs, all of them touch the fewest.
    """
    windows = (_of_window(arrays, window, tile) for window in arrays.layer.windows)
    return reduce(np.multiply, windows, arrays.ones)


def _of_window(arrays: SpatialArrays, window: Window, tile: Mapping[str, Amount]) -> Array:
    """How often the positions along a window are moved."""
    dim, sizes = window.output_dim, arrays.layer.sizes
    left = arrays.temporal.get(dim, arrays.ones)
    rounds = np.ceil(left / tile.get(dim, 1))
    longest = np.floor((left - 1) / np.maximum(1, rounds - 1))
    full = longest * arrays.factor(dim)
    last = sizes[dim] - (rounds - 1) * full
    taps = sizes[window.filter_dim]
    moved = (rounds - 1) * window.extent(full, taps) + window.extent(last, taps)
    found: Array = moved / window.extent(sizes[dim], taps)
    return found


def longer_tiles(
    arrays: SpatialArrays, tile: Mapping[str, Amount]
) -> Iterator[tuple[dict[str, Amount], npt.NDArray[np.bool_]]]:
    """Yield the least tile that is longer along each window, and whether there is one.

    A tile around another one holds it a whole number of times, twice at least, or all there is.
    """
    for window in arrays.layer.windows:
        dim = window.output_dim
        if dim in tile:
            left = arrays.temporal[dim]
            yield {**tile, dim: np.minimum(2 * tile[dim], left)}, left > tile[dim]
