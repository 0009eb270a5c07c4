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
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import INPUTS, OPERANDS, OUTPUTS, WEIGHTS
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.conflicts import (
    Conflict,
    Inner,
    Ports,
    Smallest,
    with_halo,
)
from zigzag_imc.solver.presolve.spatial.crossing_ports import Passing
from zigzag_imc.solver.presolve.spatial.halos import halo, longer_tiles
from zigzag_imc.solver.presolve.spatial.higher_cuts import HigherCut, higher_cuts
from zigzag_imc.solver.presolve.spatial.tile_products import Lengths, TileProducts
from zigzag_imc.solver.tables.cut import PortKey
from zigzag_imc.solver.tables.lattice import Array

_MOST_HIGHER_CUTS = 4
"""Beyond this many cuts above the lowest ones, their ways around a resting tile are not told
apart."""


NONE: Mapping[HigherCut, Array] = {}
"""No halos."""


def has_too_many_cuts(accelerator: Accelerator) -> bool:
    """Whether the ways around a resting tile are too many to be told apart."""
    return sum(len(levels[2:]) for levels in accelerator.levels.values()) > _MOST_HIGHER_CUTS


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

    def where(self, is_possible: npt.NDArray[np.bool_]) -> WayAbove:
        """Return the same, of which some spatial mappings have none."""
        return replace(self, energy_pj=np.where(is_possible, self.energy_pj, np.inf))


class CutsAbove:
    """All cuts above the lowest ones, while one operand rests lowest.

    Parameters
    ----------
    arrays
        The spatial mappings.
    rest
        Place of the operand in `OPERANDS`.
    with_ports, with_energy
        Whether to tell what is taken of the ports, and the energy.
    """

    def __init__(
        self, arrays: SpatialArrays, rest: int, with_ports: bool, with_energy: bool = True
    ) -> None:
        self._arrays, self._layer, self._rest = arrays, arrays.layer, rest
        self._with_ports, self._with_energy = with_ports, with_energy
        self._cuts = higher_cuts(arrays, rest, with_ports, with_energy)
        # The resting operand's own cuts lie above its lowest one: they hold its tile.
        self._own = [cut for cut in self._cuts if cut.operand == rest]
        self._others = [cut for cut in self._cuts if cut.operand != rest]
        self._uppermost = [cut for cut in self._cuts if cut.is_uppermost and cut.is_waited_for]

    def ways(self, tile: Mapping[str, Amount]) -> Iterator[WayAbove]:
        """Yield every way in which the cuts of other operands hold the resting tile or not."""
        tiles = Smallest(self._bits(tile))
        return (self._way(around, tiles) for around in _subsets(self._others))

    def ways_with_halos(self, tile: Mapping[str, Amount]) -> Iterator[WayAbove]:
        """Yield the ways in more detail: inputs that touch a part of a window have halos.

        Along the outputs of a window a cut of the inputs inside the tile holds no more than that,
        and a cut around it holds just as much, or there is room for more.
        """
        if self._rest != WEIGHTS:
            yield from self.ways(tile)
            return
        bits, often = self._bits(tile), halo(self._arrays, tile)
        inputs = [cut for cut in self._others if cut.operand == INPUTS]
        for around in _subsets(self._others):
            holding = [cut for cut in inputs if cut in around]
            yield self._way(around, Smallest(bits), dict.fromkeys(inputs, often))
            inside = dict.fromkeys((cut for cut in inputs if cut not in around), often)
            for longer, is_longer in longer_tiles(self._arrays, tile) if holding else ():
                tiles = Smallest(bits, holding[-1], self._bits(longer))
                yield self._way(around, tiles, inside).where(is_longer)

    def _bits(self, tile: Mapping[str, Amount]) -> dict[HigherCut, Array]:
        """Bits of a tile at every cut."""
        return {cut: cut.bits_with(tile, self._layer) for cut in self._cuts}

    def ways_of_any(self, lengths: Lengths) -> Iterator[tuple[WayAbove, Array]]:
        """Yield every way, for any tile, with the iterations that can rest in it at most.

        Tiles of some ``lengths``; where the last one is shorter, iterations on average.

        Why it is safe: whatever the tile, a cut that holds it takes no less room than for the
        smallest one, and per iteration no less than for the largest one, for positions along a
        window grow less than the steps do. So no tile has more iterations than fit by these bits,
        and only so many as it can have; and none has less to cross the cuts than the smallest one.
        """
        idle = self._layer.idle_dims(OPERANDS[self._rest])
        whole = {dim: size for dim, size in self._arrays.temporal.items() if dim in idle}
        everything = self._arrays.iterations(idle)
        products = TileProducts([self._arrays.ones, *whole.values()], lengths)
        bits = self._bits({})
        each = {cut: cut.bits_with(whole, self._layer) / everything for cut in self._others}
        for around in _subsets(self._others):
            most = _most_iterations({cut: each[cut] for cut in around}, self._own, bits)
            yield (
                self._way(around, Smallest(bits)),
                products.at_most(np.clip(most, 1.0, everything)),
            )

    def _way(
        self, around: Sequence[HigherCut], tiles: Smallest, halos: Mapping[HigherCut, Array] = NONE
    ) -> WayAbove:
        """What it takes where of other operands' cuts those ``around`` hold the resting tile.

        ``halos`` tell how often all elements cross some cuts together.
        """
        holding = {*self._own, *around}
        ports = {cut: with_halo(cut.ports, halos.get(cut)) for cut in self._cuts}
        again = list(self._conflicts(around, tiles, ports))
        is_possible = np.logical_not(_overflow(holding, tiles))
        energy_pj = np.where(is_possible, self._energy_pj(holding, again), np.inf)
        if not self._with_ports:
            return WayAbove(energy_pj, {}, (), {})
        return WayAbove(energy_pj, self._ports(holding, again, ports), *self._ends(holding, ports))

    def _ends(
        self, holding: Collection[HigherCut], ports: Mapping[HigherCut, Ports]
    ) -> tuple[list[Mapping[PortKey, Passing]], Mapping[PortKey, Passing]]:
        """What passes the uppermost cuts: inputs that are waited for, and outputs."""
        passing = {
            cut.operand: {
                key: Passing(crossing, 1.0 if cut in holding else cut.times)
                for key, crossing in ports[cut].items()
            }
            for cut in self._uppermost
        }
        outputs = passing.pop(OUTPUTS, {})
        return list(passing.values()), outputs

    def _energy_pj(self, holding: Collection[HigherCut], again: Sequence[Conflict]) -> Array:
        """Energy over the cuts where just those ``holding`` hold the tile."""
        if not self._with_energy:
            return self._arrays.zeros
        crossed_pj = (
            cut.energy_pj.times(1.0 if cut in holding else cut.times) for cut in self._cuts
        )
        # Of the resting operand's own cuts, ``bits`` of the outer one count its loops already.
        worst_pj: Array = reduce(
            np.maximum, (either.extra_pj() for either in again), self._arrays.zeros
        )
        return sum(crossed_pj, start=self._arrays.zeros) + worst_pj

    def _ports(
        self,
        holding: Collection[HigherCut],
        again: Sequence[Conflict],
        ports: Mapping[HigherCut, Ports],
    ) -> dict[PortKey, Array]:
        """Cycles of every port after the first transfers over the cuts."""
        cycles: dict[PortKey, Array] = {}
        for cut in self._cuts:
            times = 1.0 if cut in holding else cut.times
            for key, crossing in ports[cut].items():
                cycles[key] = cycles.get(key, self._arrays.zeros) + crossing.later(times)
        return {
            key: reduce(np.maximum, (once + either.extra_cycles(key) for either in again), once)
            for key, once in cycles.items()
        }

    def _conflicts(
        self,
        around: Sequence[HigherCut],
        tiles: Smallest,
        ports: Mapping[HigherCut, Ports],
    ) -> Iterator[Conflict]:
        """Yield every pair of cuts of two operands, one of which must hold the other."""
        for one, two in itertools.combinations(around, 2):
            if one.operand != two.operand:
                yield Conflict(
                    Inner(one, ports[one], self._times_inside(one, two, tiles)),
                    Inner(two, ports[two], self._times_inside(two, one, tiles)),
                )

    def _times_inside(self, inner: HigherCut, outer: HigherCut, tiles: Smallest) -> Array:
        """How often a cut inside another one is crossed at least.

        The loops that it would like to hold take room at the outer one. Both are whole numbers:
        the iterations of these loops that the outer one has room for, a product of lengths of
        tiles, and the rounds of all others, a product of numbers of steps, the last of which may be
        short.
        """
        layer, outer_name = self._layer, OPERANDS[outer.operand]
        # Along a window a tile grows less than its loops.
        taking = layer.idle_dims(OPERANDS[inner.operand]) & layer.plain_dims(outer_name)
        beside = tiles.bits_at(inner) if inner.memory == outer.memory else 0.0
        room = (outer.size_bits - beside) / tiles.bits_around(inner, outer)
        held = np.maximum(1.0, np.floor(room * (1 + TOLERANCE)))
        rounds: Array = np.ceil(self._arrays.iterations(taking) / held * (1 - TOLERANCE))
        return np.maximum(1.0, rounds)


def _subsets(cuts: Sequence[HigherCut]) -> Iterator[list[HigherCut]]:
    """Yield all subsets of some cuts."""
    for chosen in itertools.product((True, False), repeat=len(cuts)):
        yield list(itertools.compress(cuts, chosen))


def _most_iterations(
    each: Mapping[HigherCut, Array], own: Iterable[HigherCut], bits: Mapping[HigherCut, Array]
) -> Array | float:
    """Iterations of a tile that have room in every memory, at most.

    ``each`` are the bits of one iteration at the cuts of other operands; those at its ``own`` cuts
    are the same for any tile.
    """
    most: Array | float = np.inf
    for memory in {cut.memory for cut in each}:
        tenants = [cut for cut in each if cut.memory == memory]
        held = sum((bits[cut] for cut in own if cut.memory == memory), start=0.0)
        most = np.minimum(most, (tenants[0].size_bits - held) / sum(each[cut] for cut in tenants))
    return most


def _overflow(holding: Iterable[HigherCut], tiles: Smallest) -> Array | bool:
    """Whether any memory overflows that holds these tiles."""
    free: dict[int, Array | int] = {cut.memory: cut.size_bits for cut in holding}
    for cut in holding:
        free[cut.memory] = free[cut.memory] - tiles.bits_at(cut)
    overflowing: Array | bool = False
    for room in free.values():
        overflowing = overflowing | (room < 0)
    return overflowing
