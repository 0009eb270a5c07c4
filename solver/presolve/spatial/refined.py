"""The least of what spatial mappings cost in any scenario: bounds of those that look promising.

`bounds` takes what is best in each scenario, for all spatial mappings at once. Here every tile that
may rest is told apart, which takes a hundred times as long, and so only some of them get it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays, fixed_energy_pj
from zigzag_imc.solver.presolve.spatial.energy import one_rests_at_most
from zigzag_imc.solver.presolve.spatial.rest import has_too_many_cuts
from zigzag_imc.solver.presolve.spatial.scenarios import Costs, Scenarios
from zigzag_imc.solver.presolve.spatial.tile_products import Lengths
from zigzag_imc.solver.tables.lattice import Array

MOST_TOGETHER = 1 << 14
"""Tiles, of as many spatial mappings as have so many, that are bounded together."""

Numbers = npt.NDArray[np.intp]
"""Indices of spatial mappings."""


@dataclass(frozen=True, slots=True)
class Least:
    """Least costs over all scenarios, per spatial mapping; infinite where none is possible.

    Attributes
    ----------
    value
        Objective.
    energy_pj, latency
        Energy in pJ and latency in clock cycles, each by itself.
    """

    value: Array
    energy_pj: Array
    latency: Array

    @classmethod
    def of(cls, costs: Costs, goal: Goal) -> Least:
        """Take one scenario."""
        is_possible = np.isfinite(costs.energy_pj)
        return cls(
            goal.values(costs.energy_pj * (1 - TOLERANCE), costs.latency * (1 - TOLERANCE)),
            costs.energy_pj,
            np.where(is_possible, costs.latency, np.inf),
        )

    def or_less(self, other: Least) -> Least:
        """Take the better of two scenarios."""
        return Least(
            np.minimum(self.value, other.value),
            np.minimum(self.energy_pj, other.energy_pj),
            np.minimum(self.latency, other.latency),
        )

    def followed_by(self, other: Least) -> Least:
        """These, and then others."""
        return Least(
            np.concatenate([self.value, other.value]),
            np.concatenate([self.energy_pj, other.energy_pj]),
            np.concatenate([self.latency, other.latency]),
        )

    def where(self, kept: npt.NDArray[np.bool_]) -> Least:
        """Those for which ``kept`` holds."""
        return Least(self.value[kept], self.energy_pj[kept], self.latency[kept])

    def grouped(self, starts: Sequence[int]) -> Least:
        """Take the least of each group of entries, given where the groups start."""
        return Least(
            np.minimum.reduceat(self.value, starts),
            np.minimum.reduceat(self.energy_pj, starts),
            np.minimum.reduceat(self.latency, starts),
        )


class Refinement:
    """Bounds spatial mappings of one layer by scenarios.

    Parameters
    ----------
    model
        Cost model of the layer.
    goal
        What is minimised, within which limits.
    lengths
        All lengths of tiles along a dimension that are told apart: its divisors, or where tiles may
        have any length, the shortest of those that make equally many steps. Those take no more room
        than the others, and are visited as often.

    Attributes
    ----------
    applies
        Whether scenarios can be told apart for the layer.
    """

    def __init__(self, model: CostModel, goal: Goal, lengths: Lengths = divisors) -> None:
        self._model, self._with_latency, self._goal = model, goal.needs_latency, goal
        self._lengths = lengths
        self.applies = one_rests_at_most(model) and not has_too_many_cuts(model.accelerator)

    def within(self, spatials: SpatialSpace, value: float) -> tuple[Numbers, Least]:
        """Bound spatial mappings that may reach a value; return their indices, and the bounds.

        First under any tile; where that is not too much already, tile by tile.
        """
        arrays = SpatialArrays(self._model, spatials)
        array_pj = fixed_energy_pj(arrays)
        numbers = np.flatnonzero(self._roughly(arrays, array_pj).value <= value)
        if not len(numbers):
            nothing = np.empty(0)
            return numbers, Least(nothing, nothing, nothing)
        least = self._precisely(spatials.at(numbers), array_pj[numbers])
        kept = least.value <= value
        return numbers[kept], least.where(kept)

    def roughly(self, spatials: SpatialSpace) -> Least:
        """Bound spatial mappings in every scenario, whatever the tile."""
        arrays = SpatialArrays(self._model, spatials)
        return self._roughly(arrays, fixed_energy_pj(arrays))

    def _roughly(self, arrays: SpatialArrays, array_pj: Array) -> Least:
        """Bound spatial mappings in every scenario, whatever the tile."""
        return self._least(
            costs
            for rest in range(len(OPERANDS))
            for costs in self._scenarios(arrays, array_pj, rest).under_any(self._lengths)
        )

    def _precisely(self, spatials: SpatialSpace, array_pj: Array) -> Least:
        """Bound spatial mappings tile by tile."""
        arrays = SpatialArrays(self._model, spatials)
        found = (self._with_rest(spatials, arrays, array_pj, rest) for rest in range(len(OPERANDS)))
        return reduce(Least.or_less, found)

    def _with_rest(
        self, spatials: SpatialSpace, arrays: SpatialArrays, array_pj: Array, rest: int
    ) -> Least:
        """Bound those of their mappings in which an operand rests lowest, if any does."""
        idle = self._model.layer.idle_dims(OPERANDS[rest])
        dims = sorted(dim for dim in idle if np.any(arrays.temporal[dim] > 1))
        left = np.stack([arrays.ones, *(arrays.temporal[dim] for dim in dims)], axis=1)
        tiles = [
            _tiles(sizes, self._lengths) for sizes in map(tuple, left.astype(np.int64).tolist())
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
        expanded = SpatialArrays(self._model, spatials.at(which))
        scenarios = self._scenarios(expanded, array_pj[which], rest)
        # Iterations that rest on average: those of all, over the number of tiles.
        resting = np.prod(left[which] / np.ceil(left[which] / flat), axis=1)
        least = self._least(scenarios.under(tile, resting))
        return least.grouped([0, *itertools.accumulate(counts[:-1])])

    def _scenarios(self, arrays: SpatialArrays, array_pj: Array, rest: int) -> Scenarios:
        """Scenarios in which an operand rests lowest."""
        return Scenarios(arrays, array_pj, rest, self._with_latency)

    def _least(self, costs: Iterable[Costs]) -> Least:
        """Take the least of several scenarios."""
        return reduce(Least.or_less, (Least.of(each, self._goal) for each in costs))


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
