"""Least energy of everything above an operand that rests lowest.

How far the higher cuts can hold its loops, too.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce

import numpy as np

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.higher_cuts import HigherCut, higher_cuts
from zigzag_imc.solver.presolve.spatial.lowest_cut import LowestCut
from zigzag_imc.solver.tables.lattice import Array

_MOST_HIGHER_CUTS = 4
"""Beyond this many cuts above the lowest ones, their ways around a resting tile are not told
apart."""


def best_rest_pj(arrays: SpatialArrays, rest: int, lowest: LowestCut) -> Array:
    """Least energy over the lowest cut of the resting operand and all higher cuts of every operand.

    For every tile ``b`` of irrelevant loops that may rest: each higher cut either holds ``b`` as
    well, and then its memory must have room for that, or lies inside ``b``, and then all loops that
    are irrelevant to its own operand are above it and it is crossed once per iteration of them. Of
    two cuts that hold ``b`` one holds the other; the loops that the inner one would like to hold,
    because they are irrelevant to it, take room at the outer one.
    """
    sizes = arrays.layer.sizes
    idle = sorted(dim for dim in arrays.layer.idle_dims(OPERANDS[rest]) if sizes[dim] > 1)
    above = _Above(arrays, rest)
    if above.has_too_many_cuts or not _all_equal(arrays, idle):
        # The loops that may rest differ from one spatial mapping to the next: let all of them rest.
        return lowest.energy_pj(arrays.iterations(frozenset(idle))) + above.once_pj
    left = {dim: int(arrays.temporal[dim][0]) for dim in idle}

    def resting_pj(tile: Mapping[str, int]) -> Array:
        return lowest.energy_pj(math.prod(tile.values())) + above.least_pj(tile)

    return reduce(np.minimum, map(resting_pj, _tiles(left)))


def _all_equal(arrays: SpatialArrays, dims: Sequence[str]) -> bool:
    """Whether all spatial mappings leave the same ``T_d`` of some dimensions."""
    return all(bool(np.all(arrays.temporal[dim] == arrays.temporal[dim][0])) for dim in dims)


def _tiles(left: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Yield all tiles of some loops."""
    for tile in itertools.product(*map(divisors, left.values())):
        yield dict(zip(left, tile, strict=True))


class _Above:
    """All cuts above the lowest ones, while one operand rests lowest."""

    def __init__(self, arrays: SpatialArrays, rest: int) -> None:
        self._arrays, self._layer = arrays, arrays.layer
        self._cuts = higher_cuts(arrays, rest)
        # The resting operand's own cuts lie above its lowest one: they hold its tile.
        self._own = [cut for cut in self._cuts if cut.operand == rest]
        self._others = [cut for cut in self._cuts if cut.operand != rest]

    @property
    def has_too_many_cuts(self) -> bool:
        """Whether the ways around a resting tile are too many to be told apart."""
        return len(self._cuts) > _MOST_HIGHER_CUTS

    @property
    def once_pj(self) -> Array | float:
        """Energy of every element crossing every cut once."""
        return sum(cut.once_pj for cut in self._cuts)

    def least_pj(self, tile: Mapping[str, int]) -> Array:
        """Least energy over the cuts, whichever of them hold the resting tile."""
        bits = {cut: cut.bits_with(tile, self._layer) for cut in self._cuts}
        return reduce(np.minimum, (self._option_pj(held, bits) for held in _subsets(self._others)))

    def _option_pj(self, around: Sequence[HigherCut], bits: Mapping[HigherCut, Array]) -> Array:
        """Energy over the cuts where, of other operands, just those ``around`` hold the tile.

        Infinite where their memories have no room for it.
        """
        holding = {*self._own, *around}
        crossed_pj = (
            cut.once_pj if cut in holding else cut.once_pj * cut.times for cut in self._cuts
        )
        # Of the resting operand's own cuts, ``bits`` of the outer one count its loops already.
        energy_pj = sum(crossed_pj, start=self._arrays.zeros) + self._conflict_pj(around, bits)
        return np.where(_overflow(holding, bits), np.inf, energy_pj)

    def _conflict_pj(
        self, around: Sequence[HigherCut], bits: Mapping[HigherCut, Array]
    ) -> Array | float:
        """Extra energy of the pair of cuts that is worst off.

        One of the two must hold the other.
        """
        worst_pj: Array | float = 0.0
        for one, two in itertools.combinations(around, 2):
            if one.operand != two.operand:
                inside_pj = np.minimum(
                    self._inside_pj(one, two, bits), self._inside_pj(two, one, bits)
                )
                worst_pj = np.maximum(worst_pj, inside_pj)
        return worst_pj

    def _inside_pj(
        self, inner: HigherCut, outer: HigherCut, bits: Mapping[HigherCut, Array]
    ) -> Array:
        """Extra energy of a cut inside another one, whose room its idle loops would take."""
        layer, outer_name = self._layer, OPERANDS[outer.operand]
        # Along a window a tile grows less than its loops.
        taking = layer.idle_dims(OPERANDS[inner.operand]) & layer.plain_dims(outer_name)
        beside = bits[inner] if inner.memory == outer.memory else 0.0
        held = np.maximum(1.0, (outer.size_bits - beside) / bits[outer])
        again = np.maximum(1.0, self._arrays.iterations(taking) / held)
        extra_pj: Array = inner.once_pj * (again - 1)
        return extra_pj


def _subsets(cuts: Sequence[HigherCut]) -> Iterator[list[HigherCut]]:
    """Yield all subsets of some cuts."""
    for chosen in itertools.product((True, False), repeat=len(cuts)):
        yield list(itertools.compress(cuts, chosen))


def _overflow(holding: Iterable[HigherCut], bits: Mapping[HigherCut, Array]) -> Array | bool:
    """Whether any memory overflows that holds these tiles."""
    free: dict[int, Array | int] = {cut.memory: cut.size_bits for cut in holding}
    for cut in holding:
        free[cut.memory] = free[cut.memory] - bits[cut]
    overflowing: Array | bool = False
    for room in free.values():
        overflowing = overflowing | (room < 0)
    return overflowing
