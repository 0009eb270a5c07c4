"""The least of what spatial mappings cost, with every tile that may rest told apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.least import Least
from zigzag_imc.solver.presolve.spatial.scenarios import Scenarios
from zigzag_imc.solver.presolve.spatial.tile_products import Lengths
from zigzag_imc.solver.tables.lattice import Array

MOST_TOGETHER = 1 << 14
"""Tiles, of as many spatial mappings as have so many, that are bounded together."""

Numbers = npt.NDArray[np.intp]
"""Indices of spatial mappings."""


@dataclass(frozen=True, slots=True)
class ByTiles:
    """Bounds spatial mappings of one layer tile by tile.

    Attributes
    ----------
    model
        Cost model of the layer.
    goal
        What is minimised, within which limits.
    lengths
        All lengths of tiles along a dimension that are told apart.
    with_halos
        Whether ways are told apart in which inputs are moved with two tiles.
    """

    model: CostModel
    goal: Goal
    lengths: Lengths
    with_halos: bool = False

    def least(self, spatials: SpatialSpace, array_pj: Array) -> Least:
        """Bound spatial mappings, the energy of whose array is known."""
        arrays = SpatialArrays(self.model, spatials)
        found = (self._with_rest(spatials, arrays, array_pj, rest) for rest in range(len(OPERANDS)))
        return reduce(Least.or_less, found)

    def _with_rest(
        self, spatials: SpatialSpace, arrays: SpatialArrays, array_pj: Array, rest: int
    ) -> Least:
        """Bound those of their mappings in which an operand rests lowest, if any does."""
        idle = self.model.layer.idle_dims(OPERANDS[rest])
        dims = sorted(dim for dim in idle if np.any(arrays.temporal[dim] > 1))
        left = np.stack([arrays.ones, *(arrays.temporal[dim] for dim in dims)], axis=1)
        tiles = [
            _tiles(sizes, self.lengths) for sizes in map(tuple, left.astype(np.int64).tolist())
        ]
        found = [
            self._under(spatials.at(numbers), array_pj[numbers], rest, dims, left[numbers], own)
            for numbers, own in _in_lots(tiles)
        ]
        return reduce(Least.followed_by, found)

    def _under(
        self,
        spatials: SpatialSpace,
        array_pj: Array,
        rest: int,
        dims: list[str],
        left: Array,
        tiles: Sequence[Array],
    ) -> Least:
        """Bound some spatial mappings under all tiles of theirs."""
        counts = list(map(len, tiles))
        # Every spatial mapping once for each of its tiles.
        which = np.repeat(np.arange(len(spatials)), counts)
        flat = np.concatenate(tiles)
        tile = dict(zip(dims, flat.T[1:], strict=True))
        expanded = SpatialArrays(self.model, spatials.at(which))
        scenarios = Scenarios(expanded, array_pj[which], rest, self.goal)
        # Iterations that rest on average: those of all, over the number of tiles.
        resting = np.prod(left[which] / np.ceil(left[which] / flat), axis=1)
        least = Least.of_any(scenarios.under(tile, resting, self.with_halos), self.goal)
        return least.grouped([0, *itertools.accumulate(counts[:-1])])


def _in_lots(tiles: Sequence[Array]) -> Iterator[tuple[Numbers, Sequence[Array]]]:
    """Yield spatial mappings by their numbers, with their tiles: few at a time, as room is short.

    Scores of arrays have an entry for each tile of each of them.
    """
    ends = np.cumsum(list(map(len, tiles)))
    lots = ends // MOST_TOGETHER
    for lot in np.unique(lots):
        numbers = np.flatnonzero(lots == lot)
        yield numbers, [tiles[number] for number in numbers.tolist()]


@lru_cache(maxsize=4096)
def _tiles(sizes: tuple[int, ...], lengths: Lengths) -> Array:
    """All tiles of some loops, a row for each."""
    return np.array(list(itertools.product(*map(lengths, sizes))), dtype=np.float64)
