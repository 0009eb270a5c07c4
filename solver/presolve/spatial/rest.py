"""What it takes at least to cross the cuts above an operand that rests lowest.

For every tile ``b`` of irrelevant loops that may rest: each higher cut either holds ``b`` as well,
and then its memory must have room for that, or lies inside ``b``, and then all loops that are
irrelevant to its own operand are above it and it is crossed once per iteration of them. Of two cuts
that hold ``b`` one holds the other; the loops that the inner one would like to hold, because they
are irrelevant to it, take room at the outer one.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, OUTPUTS
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.crossing import Crossing
from zigzag_imc.solver.presolve.spatial.crossing_ports import Passing
from zigzag_imc.solver.presolve.spatial.higher_cuts import HigherCut, higher_cuts
from zigzag_imc.solver.tables.cut import PortKey
from zigzag_imc.solver.tables.lattice import Array

_MOST_HIGHER_CUTS = 4
"""Beyond this many cuts above the lowest ones, their ways around a resting tile are not told
apart."""


def has_too_many_cuts(accelerator: Accelerator) -> bool:
    """Whether the ways around a resting tile are too many to be told apart."""
    return sum(len(levels[2:]) for levels in accelerator.levels.values()) > _MOST_HIGHER_CUTS


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two cuts around a resting tile, one of which must hold the other.

    Attributes
    ----------
    one, two
        Each cut, with how often it is crossed at least if it is the inner one.
    """

    one: tuple[HigherCut, Array]
    two: tuple[HigherCut, Array]

    def extra_pj(self) -> Array:
        """Extra energy of the better order of the two."""
        of_either = [_extra(cut.energy_pj, times) for cut, times in (self.one, self.two)]
        return np.minimum(*of_either)

    def extra_cycles(self, key: PortKey) -> Array:
        """Extra cycles of a port in the better order of the two."""
        of_either = [
            _extra(cut.ports[key].cycles, times) if key in cut.ports else times * 0.0
            for cut, times in (self.one, self.two)
        ]
        return np.minimum(*of_either)


@dataclass(frozen=True, slots=True)
class WayAbove:
    """One way in which the higher cuts hold a resting tile, with what crosses them at least.

    Attributes
    ----------
    energy_pj
        Energy over the cuts, in pJ; infinite where their memories have no room for the tile.
    ports
        Cycles of every port after the first transfers.
    loading
        Inputs passing their uppermost cuts, per operand and port, where computing waits for the
        first of them.
    unloading
        Outputs passing their uppermost cut, per port.
    """

    energy_pj: Array
    ports: Mapping[PortKey, Array]
    loading: Sequence[Mapping[PortKey, Passing]]
    unloading: Mapping[PortKey, Passing]


class CutsAbove:
    """All cuts above the lowest ones, while one operand rests lowest.

    Parameters
    ----------
    arrays
        The spatial mappings.
    rest
        Place of the operand in `OPERANDS`.
    """

    def __init__(self, arrays: SpatialArrays, rest: int) -> None:
        self._arrays, self._layer = arrays, arrays.layer
        self._cuts = higher_cuts(arrays, rest)
        # The resting operand's own cuts lie above its lowest one: they hold its tile.
        self._own = [cut for cut in self._cuts if cut.operand == rest]
        self._others = [cut for cut in self._cuts if cut.operand != rest]
        self._uppermost = [cut for cut in self._cuts if cut.is_uppermost and cut.is_waited_for]

    @property
    def once_pj(self) -> Array:
        """Energy of every element crossing every cut once, in pJ."""
        return sum((cut.energy_pj.once for cut in self._cuts), start=self._arrays.zeros)

    @property
    def once(self) -> WayAbove:
        """What it takes that every element crosses every cut once, whatever the tile."""
        return WayAbove(self.once_pj, self._ports(self._cuts, ()), *self._ends(self._cuts))

    def ways(self, tile: Mapping[str, Amount]) -> Iterator[WayAbove]:
        """Yield every way in which the cuts of other operands hold the resting tile or not."""
        bits = {cut: cut.bits_with(tile, self._layer) for cut in self._cuts}
        for around in _subsets(self._others):
            holding = {*self._own, *around}
            overflow = _overflow(holding, bits)
            again = list(self._conflicts(around, bits))
            yield WayAbove(
                np.where(overflow, np.inf, self._energy_pj(holding, again)),
                self._ports(holding, again),
                *self._ends(holding),
            )

    def _ends(
        self, holding: Collection[HigherCut]
    ) -> tuple[list[Mapping[PortKey, Passing]], Mapping[PortKey, Passing]]:
        """What passes the uppermost cuts: inputs that are waited for, and outputs."""
        passing = {
            cut.operand: {
                key: Passing(crossing, 1.0 if cut in holding else cut.times)
                for key, crossing in cut.ports.items()
            }
            for cut in self._uppermost
        }
        outputs = passing.pop(OUTPUTS, {})
        return list(passing.values()), outputs

    def _energy_pj(self, holding: Collection[HigherCut], again: Sequence[Conflict]) -> Array:
        """Energy over the cuts where just those ``holding`` hold the tile."""
        crossed_pj = (
            cut.energy_pj.times(1.0 if cut in holding else cut.times) for cut in self._cuts
        )
        # Of the resting operand's own cuts, ``bits`` of the outer one count its loops already.
        worst_pj: Array = reduce(
            np.maximum, (either.extra_pj() for either in again), self._arrays.zeros
        )
        return sum(crossed_pj, start=self._arrays.zeros) + worst_pj

    def _ports(
        self, holding: Collection[HigherCut], again: Sequence[Conflict]
    ) -> dict[PortKey, Array]:
        """Cycles of every port after the first transfers over the cuts."""
        cycles: dict[PortKey, Array] = {}
        for cut in self._cuts:
            times = 1.0 if cut in holding else cut.times
            for key, crossing in cut.ports.items():
                cycles[key] = cycles.get(key, self._arrays.zeros) + crossing.later(times)
        return {
            key: reduce(np.maximum, (once + either.extra_cycles(key) for either in again), once)
            for key, once in cycles.items()
        }

    def _conflicts(
        self, around: Sequence[HigherCut], bits: Mapping[HigherCut, Array]
    ) -> Iterator[Conflict]:
        """Yield every pair of cuts of two operands, one of which must hold the other."""
        for one, two in itertools.combinations(around, 2):
            if one.operand != two.operand:
                yield Conflict(
                    (one, self._times_inside(one, two, bits)),
                    (two, self._times_inside(two, one, bits)),
                )

    def _times_inside(
        self, inner: HigherCut, outer: HigherCut, bits: Mapping[HigherCut, Array]
    ) -> Array:
        """How often a cut inside another one is crossed at least.

        The loops that it would like to hold take room at the outer one.
        """
        layer, outer_name = self._layer, OPERANDS[outer.operand]
        # Along a window a tile grows less than its loops.
        taking = layer.idle_dims(OPERANDS[inner.operand]) & layer.plain_dims(outer_name)
        beside = bits[inner] if inner.memory == outer.memory else 0.0
        held = np.maximum(1.0, (outer.size_bits - beside) / bits[outer])
        times: Array = np.maximum(1.0, self._arrays.iterations(taking) / held)
        return times


def _extra(crossing: Crossing, times: Array) -> Array:
    """Amount of all elements crossing several times beyond that of crossing once."""
    return crossing.times(times) - crossing.once


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
