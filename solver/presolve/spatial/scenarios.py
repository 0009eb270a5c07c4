"""Energy and latency of spatial mappings, scenario by scenario.

A scenario says which operand rests lowest (`energy` argues that there is one at most), under which
tile of loops, and which cuts above hold that tile. The energy of the memories is then a sum over
the cuts, and so are the cycles of every port; both are bounded from below for many spatial mappings
at once. A mapping has to be good in one scenario, not in each of its costs under another one: that
is what makes this bound tighter than the least energy beside the least latency.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

import numpy as np

from zigzag_imc.core.layer import OPERANDS, WEIGHTS
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.crossing_ports import Passing
from zigzag_imc.solver.presolve.spatial.energy import brought_along
from zigzag_imc.solver.presolve.spatial.lowest_cut import LowestCut
from zigzag_imc.solver.presolve.spatial.lowest_ports import ArrayLoads, LowestPorts
from zigzag_imc.solver.presolve.spatial.rest import CutsAbove, WayAbove
from zigzag_imc.solver.presolve.spatial.tile_products import Lengths
from zigzag_imc.solver.tables.cut import PortKey
from zigzag_imc.solver.tables.lattice import Array


@dataclass(frozen=True, slots=True)
class Costs:
    """What every spatial mapping costs at least in one scenario.

    Attributes
    ----------
    energy_pj
        Energy, in pJ, zero where it was not asked for; infinite where the scenario is not possible.
    latency
        Latency in clock cycles; that of computing alone where it was not asked for.
    """

    energy_pj: Array
    latency: Array


class Scenarios:
    """All scenarios in which one operand rests lowest.

    Parameters
    ----------
    arrays
        The spatial mappings.
    array_pj
        Energy of the array under each of them.
    rest
        Place of the operand in `OPERANDS`.
    goal
        What is asked for: latency, energy, or both.
    """

    def __init__(self, arrays: SpatialArrays, array_pj: Array, rest: int, goal: Goal) -> None:
        self._arrays, self._array_pj, self._rest = arrays, array_pj, rest
        self._with_latency = goal.needs_latency and arrays.model.profile.ports_stall
        self._with_energy = goal.needs_energy
        self._lowest = [LowestCut(arrays, operand) for operand in range(len(OPERANDS))]
        self._above = CutsAbove(arrays, rest, self._with_latency, self._with_energy)
        self._compute = arrays.steps * arrays.accelerator.array.cycles_per_activation

    def under(
        self, tile: Mapping[str, Amount], resting: Amount, with_halos: bool = False
    ) -> Iterator[Costs]:
        """Yield the costs under a tile that rests, in every way in which cuts hold it.

        ``resting`` are its iterations. ``with_halos`` tells more ways apart.
        """
        lowest = self._lowest_costs(resting)
        ways = self._above.ways_with_halos if with_halos else self._above.ways
        return (self._together(lowest, way) for way in ways(tile))

    def under_any(self, lengths: Lengths) -> Iterator[Costs]:
        """Yield the least costs under any tile that rests, in every way in which cuts hold it."""
        for way, most in self._above.ways_of_any(lengths):
            yield self._together(self._lowest_costs(most), way)

    def _lowest_costs(self, resting: Amount) -> _Lowest:
        """What the lowest cuts take."""
        below = [
            resting if cut.operand == self._rest else brought_along(self._arrays, self._rest, cut)
            for cut in self._lowest
        ]
        pairs = list(zip(self._lowest, below, strict=True))
        energy_pj = self._array_pj
        if self._with_energy:
            energy_pj = sum((cut.energy_pj(loops) for cut, loops in pairs), start=energy_pj)
        return _Lowest(energy_pj, self._waiting(pairs) if self._with_latency else None)

    def _together(self, lowest: _Lowest, way: WayAbove) -> Costs:
        """Costs of the lowest cuts and of those above."""
        waiting = lowest.waiting
        latency = self._compute if waiting is None else waiting.beside(way)
        return Costs(lowest.energy_pj + way.energy_pj, latency)

    def _waiting(self, pairs: list[tuple[LowestCut, Amount]]) -> _Waiting:
        """What the lowest cuts take of the ports."""
        busy: dict[PortKey, Array] = {}
        stuck: dict[PortKey, Array] = {}
        for cut, loops in pairs:
            for load in LowestPorts(self._arrays, cut).loads(1.0 if loops is None else loops):
                busy[load.key] = busy.get(load.key, 0.0) + load.busy
                stuck[load.key] = stuck.get(load.key, 0.0) + load.stuck
        weights, loops = pairs[WEIGHTS]
        loads, below = ArrayLoads(self._arrays, weights), 1.0 if loops is None else loops
        stalls = [*stuck.values(), loads.rows_stuck(below)]
        computing = self._compute + np.maximum.reduce([self._arrays.zeros, *stalls])
        return _Waiting(busy, computing, loads.first(below), loads.spare(below))


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What the lowest cuts take of the ports.

    Attributes
    ----------
    busy
        Cycles of every port after the first transfers.
    computing
        Cycles of computing and of waiting for transfers that no window hides.
    first
        Cycles of the first load of the array.
    spare
        Share of its cycles that a port has left beside periodic loads of the array.
    """

    busy: Mapping[PortKey, Array]
    computing: Array
    first: Array
    spare: Mapping[PortKey, Array]

    def beside(self, way: WayAbove) -> Array:
        """Least latency beside what the cuts above take.

        Computing and its stall take at least as long as all transfers of any port but the first
        ones; the first load of the array comes before.
        """
        nothing: Array = np.zeros_like(self.computing)
        cycles = {
            key: self.busy.get(key, nothing) + way.ports.get(key, nothing)
            for key in {**self.busy, **way.ports}
        }
        computing = reduce(np.maximum, cycles.values(), self.computing)
        beside_first = reduce(
            np.maximum,
            (
                self._from_end_to_end(key, computing, cycles[key], None, outputs)
                for key, outputs in way.unloading.items()
            ),
            computing,
        )
        beside_inputs = (
            self._from_end_to_end(key, computing, cycles[key], inputs, way.unloading.get(key))
            for loading in way.loading
            for key, inputs in loading.items()
        )
        return reduce(np.maximum, beside_inputs, beside_first + self.first)

    def _from_end_to_end(
        self,
        key: PortKey,
        computing: Array,
        cycles: Array,
        inputs: Passing | None,
        outputs: Passing | None,
    ) -> Array:
        """Least cycles of computing, its stall, on- and offloading through a port.

        What passes the uppermost cut in several transfers has one of them exposed as a whole, the
        first of inputs, the last of outputs, and the port is busy with all of them in computing,
        on- and offloading together. What passes in one, for which there has to be room, hides at
        most in the share of computing that the port has left beside periodic loads of the array:
        inputs and outputs in the same cycles. The longer computing takes, the longer all of it.
        """
        ends = [end for end in (inputs, outputs) if end is not None]
        fewest: Array = np.full_like(computing, np.inf)
        for together in itertools.product((False, True), repeat=len(ends)):
            in_turn = (
                end.crossing.first for end, one in zip(ends, together, strict=True) if not one
            )
            busy = np.maximum(computing, sum(in_turn, start=cycles))
            in_one = sum((end.in_one for end in itertools.compress(ends, together)), start=0.0)
            shown = np.maximum(0.0, in_one - busy * self.spare.get(key, 1.0))
            fewest = np.minimum(fewest, busy + shown)
        return fewest


class _Lowest(NamedTuple):
    """What the array and the lowest cuts take: energy (pJ), and of the ports, if asked for."""

    energy_pj: Array
    waiting: _Waiting | None
