"""The survey of all spatial mappings: which of them can still beat the incumbent.

A quick bound of all spatial mappings orders them; the best ones are bounded precisely by dynamic
programming over chains of tiles, which also yields good mappings. Those whose bound exceeds the
incumbent are out.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np

from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.affordable import affordable, is_limited
from zigzag_imc.solver.presolve.energy_bound import EnergyBound, energy_bound
from zigzag_imc.solver.presolve.latency_sums import LatencySums, SumName
from zigzag_imc.solver.presolve.listing import Listing
from zigzag_imc.solver.presolve.promising import (
    can_win,
    choice_of,
    promising_chains,
    roomy_chains,
)
from zigzag_imc.solver.presolve.rising import Promising, Rising
from zigzag_imc.solver.presolve.standing import SpatialOption, Standing, Waiting
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.tables.chains import Chain
from zigzag_imc.solver.tables.cut import SpatialColumns

PATIENCE = 200
"""Chains scored without a better mapping after which the rest is left to CP-SAT."""

FIRST_LOOKS = 20
"""Spatial mappings looked at whatever the time limit, if none of them has given a mapping yet."""


IN_VAIN = 256
"""Spatial mappings looked at without a better mapping after which a survey ends that is to find a
good one, and not to bound all."""

FIRST_BREAK, NEXT_BREAK = 32, 4
"""Spatial mappings looked at before the first break, and how many times as many before the next."""


def survey(
    bench: Workbench,
    goal: Goal,
    standing: Standing,
    in_breaks: Callable[[], None] | None = None,
    most_in_vain: float = math.inf,
) -> float:
    """Bound spatial mappings from the most promising on.

    Those that can still beat the incumbent are added to ``standing.waiting``, good mappings become
    its ``best``. Where there are many, whoever asks may look for better mappings ``in_breaks``.
    After ``most_in_vain`` without a better mapping it ends.

    Returns
    -------
    float
        Lower bound of the objective over the spatial mappings that were not looked at; infinite
        where all were, or none of the others can beat the incumbent.
    """
    unseen = math.inf
    for part, listing in bench.all_listings():
        one = _Survey(bench, goal, standing, part, listing)
        unseen = min(unseen, one.run(in_breaks, most_in_vain))
    if not bench.complete:  # of those that are not listed, only this is known
        floor = goal.values(np.array(bench.floor.energy_pj), bench.floor.latency_cycles)
        unseen = min(unseen, float(floor) * (1 - TOLERANCE))
    return unseen


class _Survey:
    """One pass over a part of the spatial mappings, likely better ones first."""

    def __init__(
        self, bench: Workbench, goal: Goal, standing: Standing, part: int, listing: Listing
    ) -> None:
        self._bench, self._goal, self._standing = bench, goal, standing
        self._part, self._listing = part, listing
        # What bounded the latency of one spatial mapping often bounds that of the next.
        self._decisive: list[SumName] = []
        self._in_vain = 0  # chains scored since the last better mapping

    def run(self, in_breaks: Callable[[], None] | None, most_in_vain: float) -> float:
        """Look at one spatial mapping after the other."""
        rising = Rising(self._bench, self._goal, self._listing)
        next_break = FIRST_BREAK
        best, latest = self._standing.best, 0
        for looked in itertools.count():
            if in_breaks is not None and looked == next_break:
                next_break *= NEXT_BREAK
                in_breaks()
            if self._standing.best is not best:
                best, latest = self._standing.best, looked
            if self._out_of_time(looked) or looked - latest > most_in_vain:
                break
            found = rising.next(self._standing.value)
            if found is None:
                break  # none of those that are left can be better, or there is no time
            self._look_at(found)
        least = rising.least
        return math.inf if self._standing.beats(least) else least

    def _out_of_time(self, looked: int) -> bool:
        """Whether to end here; not before there is a mapping, or little hope of one."""
        if not self._bench.budget.is_over():
            return False
        return self._part > 0 or looked >= FIRST_LOOKS or math.isfinite(self._standing.value)

    def _look_at(self, found: Promising) -> None:
        """Bound one spatial mapping precisely; keep it where it can beat the incumbent."""
        option = self._bounded(found)
        if option is not None:
            self._score_first_mappings(option)
            self._standing.waiting.append(Waiting.of(option, (found.number, self._part)))

    def _bounded(self, found: Promising) -> SpatialOption | None:
        """Bound one spatial mapping precisely; ``None`` where it cannot beat the incumbent."""
        columns = self._bench.columns(found.number, self._part)
        if not is_limited(self._goal) or self._bench.has_any_sizes:
            return self._bounded_by_both(found, columns)
        energy = self._energy_bound(columns, found.latency)
        if energy.value_pj * (1 - TOLERANCE) > self._goal.most_energy_pj:
            return None
        within = affordable(columns, self._bench.accelerator, energy, self._goal)
        return self._bounded_by_both(found, within, energy)

    def _bounded_by_both(
        self, found: Promising, columns: SpatialColumns, energy: EnergyBound | None = None
    ) -> SpatialOption | None:
        """Bound latency, energy where it is not known, and what both make up."""
        goal, value = self._goal, self._standing.value
        sums = LatencySums(columns, self._decisive, counts=goal.needs_latency)
        latency = self._latency_bound(found, sums)
        # energy >= quick bound, latency >= precise bound, and the objective rises with either
        if goal.value(found.energy_pj, latency) > value or latency > goal.most_latency:
            return None
        energy = energy or self._energy_bound(columns, latency)
        precise = float(goal.values(np.array(energy.value_pj * (1 - TOLERANCE)), latency))
        bound = max(precise, found.bound)
        if self._standing.beats(bound):
            return None
        return SpatialOption(bound, columns, energy, sums)

    def _energy_bound(self, columns: SpatialColumns, latency: float) -> EnergyBound:
        """Bound the energy of a spatial mapping whose mappings take so many cycles at least."""
        enough_pj = self._goal.enough_energy_pj(self._standing.value, latency)
        return energy_bound(columns, self._bench.accelerator, enough_pj)

    def _latency_bound(self, found: Promising, sums: LatencySums) -> float:
        """Least latency of a spatial mapping, in cycles."""
        enough = self._goal.enough_latency(self._standing.value, found.energy_pj)
        latency, name = sums.largest(enough)
        self._decisive = list(dict.fromkeys((name, *self._decisive)))
        return max(latency, found.latency)

    def _score_first_mappings(self, option: SpatialOption) -> None:
        """Score the loop orders of the chains on which the bounds stand."""
        if self._in_vain >= PATIENCE:
            return
        for chain in self._first_chains(option):
            if can_win(self._goal, self._standing.best, option, chain):
                self._score(option, chain)

    def _first_chains(self, option: SpatialOption) -> Iterator[Chain]:
        """Yield chains worth scoring first.

        Among tiles that divide, CP-SAT looks for better ones in breaks, so no others are needed.
        """
        yield from promising_chains(option, self._bench.accelerator)
        if self._bench.has_any_sizes:
            yield from roomy_chains(option, self._bench.accelerator)

    def _score(self, option: SpatialOption, chain: Chain) -> None:
        """Score the loop orders of one chain; count those that are no better in vain."""
        choice = choice_of(option.columns, chain)
        if choice is None:
            return
        found = self._bench.best_arrangement(choice, self._goal, option.bound).best
        is_better = self._standing.offer(found)
        self._in_vain = 0 if is_better else self._in_vain + 1
