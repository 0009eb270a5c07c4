"""Precise bounds of one spatial mapping after the other, for a survey of them.

What bounded the latency of one spatial mapping often bounds that of the next, so it is asked first.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.affordable import affordable, is_limited
from zigzag_imc.solver.presolve.alike import KnownLatencies
from zigzag_imc.solver.presolve.energy_bound import EnergyBound, energy_bound
from zigzag_imc.solver.presolve.latency_sums import LatencySums, SumName
from zigzag_imc.solver.presolve.rising import Promising
from zigzag_imc.solver.presolve.standing import SpatialOption, Waiting
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.tables.cut import SpatialColumns

if TYPE_CHECKING:
    from zigzag_imc.solver.presolve.closer import Closer, CloserLook

MOST_LEFT = 16
"""Spatial mappings left to CP-SAT before others are looked at closer: few are as soon proved."""


class Bounding:
    """Bounds spatial mappings of one part of a listing.

    Parameters
    ----------
    bench, goal
        The layer, and what is minimised.
    part
        Number of the part.
    """

    def __init__(self, bench: Workbench, goal: Goal, part: int) -> None:
        self._bench, self._goal, self._part = bench, goal, part
        self._spatials = bench.listings[part].spatials
        self._decisive: list[SumName] = []
        self._alike = KnownLatencies(bench.costs)
        self._left = 0  # spatial mappings that could beat what was the incumbent then

    @cached_property
    def _look(self) -> CloserLook:
        """What looks closer: nobody asks among tiles that divide."""
        from zigzag_imc.solver.presolve.closer import CloserLook

        return CloserLook(self._bench.accelerator, self._goal)

    def of(self, found: Promising, value: float) -> SpatialOption | None:
        """Bound one spatial mapping precisely; ``None`` where it cannot beat a value."""
        if self._bench.has_any_sizes:
            return self._among_any_sizes(found, value)
        columns = self._bench.columns(found.number, self._part)
        if not is_limited(self._goal):
            return self._by_both(found, value, columns, self._sums(columns))
        energy = self._energy_bound(columns, value, found.latency)
        if energy.value_pj * (1 - TOLERANCE) > self._goal.most_energy_pj:
            return None
        within = affordable(columns, self._bench.accelerator, energy, self._goal)
        return self._by_both(found, value, within, self._sums(within), energy)

    def _among_any_sizes(self, found: Promising, value: float) -> SpatialOption | None:
        """Bound one whose tiles may have any size: that takes longer, so what is quick is first."""
        spatial = self._spatials[found.number]
        alike = max(found.latency, self._alike.least(spatial))
        if self._is_out(found.energy_pj, alike, value):
            return None
        seen = self.closer(found.number, found.energy_pj, value)
        if self._goal.objective == "latency":  # beyond the value, or what is allowed, it ends
            self._alike.tell(spatial, min(seen.least, value, self._goal.most_latency))
        if seen.least > value:
            return None
        columns = self._bench.columns(found.number, self._part)
        # Where chains tell more, bounds that never were the largest are not worth their time.
        sums = self._sums(columns, alone=seen.least > found.bound)
        known = found._replace(bound=max(found.bound, seen.least), latency=alike)
        option = self._by_both(known, value, columns, sums)
        return None if option is None else replace(option, tiles=seen.tiles)

    def closer(self, number: int, energy_pj: float, value: float) -> Closer:
        """Look closer at a spatial mapping, by what was decisive before."""
        from zigzag_imc.solver.presolve.closer import NOTHING_SEEN

        are_few = self._left < MOST_LEFT
        if are_few or not self._decisive or not self._look.is_worth_it:
            return NOTHING_SEEN
        fine = self._bench.of_any_sizes(number, self._part)
        return self._look.at(fine, self._decisive[0], energy_pj, value)

    def seen_anew(self, waiting: Waiting, value: float) -> SpatialOption:
        """Look closer at what waits, where a better mapping is known now."""
        number, part = waiting.place
        seen = self.closer(number, waiting.energy.value_pj * (1 - TOLERANCE), value)
        columns = self._bench.columns(number, part)
        bound, sums = max(waiting.bound, seen.least), self._sums(columns, alone=True)
        return SpatialOption(bound, columns, waiting.energy, sums, seen.tiles)

    def _sums(self, columns: SpatialColumns, alone: bool = False) -> LatencySums:
        """Bounds of the latency: first, or ``alone``, those that were the largest for others."""
        return LatencySums(columns, self._decisive, self._goal.needs_latency, alone)

    def _by_both(
        self,
        found: Promising,
        value: float,
        columns: SpatialColumns,
        sums: LatencySums,
        energy: EnergyBound | None = None,
    ) -> SpatialOption | None:
        """Bound latency, energy where it is not known, and what both make up."""
        latency = self._latency_bound(found, value, sums)
        # energy >= quick bound, latency >= precise bound, and the objective rises with either
        if self._is_out(found.energy_pj, latency, value):
            return None
        energy = energy or self._energy_bound(columns, value, latency)
        precise = float(self._goal.values(np.array(energy.value_pj * (1 - TOLERANCE)), latency))
        bound = max(precise, found.bound)
        if bound > value or math.isinf(bound):
            return None
        self._left += 1
        return SpatialOption(bound, columns, energy, sums)

    def _is_out(self, energy_pj: float, latency: float, value: float) -> bool:
        """Whether mappings of so much energy and latency at least cannot beat a value."""
        return self._goal.value(energy_pj, latency) > value or latency > self._goal.most_latency

    def _energy_bound(self, columns: SpatialColumns, value: float, latency: float) -> EnergyBound:
        """Bound the energy of a spatial mapping whose mappings take so many cycles at least."""
        enough_pj = self._goal.enough_energy_pj(value, latency)
        return energy_bound(columns, self._bench.accelerator, enough_pj)

    def _latency_bound(self, found: Promising, value: float, sums: LatencySums) -> float:
        """Least latency of a spatial mapping, in cycles."""
        enough = self._goal.enough_latency(value, found.energy_pj)
        latency, name = sums.largest(enough)
        self._decisive = list(dict.fromkeys((name, *self._decisive)))
        if self._bench.has_any_sizes:
            self._alike.tell(sums.columns.spatial, latency)
        return max(latency, found.latency)
