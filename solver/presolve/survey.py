"""The survey of all spatial mappings.

Which of them can still beat the best mapping, and by how much at most.

A quick bound of all spatial mappings orders them; the best ones are bounded precisely by dynamic
programming over chains of tiles, which also yields good mappings. Those whose bound exceeds the
best mapping are out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.candidates import TOLERANCE, SpatialOption
from zigzag_imc.solver.presolve.energy_bound import energy_bound, fitting
from zigzag_imc.solver.presolve.latency_sums import LatencySums, SumName
from zigzag_imc.solver.presolve.workbench import Incumbent, Workbench, better
from zigzag_imc.solver.tables.chains import Chain, best_chain, forward
from zigzag_imc.solver.tables.cut import SpatialColumns

MOST_SUMS = 4
"""Bounds of the latency, the largest ones, whose best chains are scored for a good first
mapping."""

PATIENCE = 200
"""Chains scored without a better mapping after which the rest is left to CP-SAT."""


FIRST_LOOKS = 20
"""Spatial mappings looked at whatever the time limit, if none of them has given a mapping yet."""


@dataclass
class Standing:
    """Where a search stands: the best mapping so far, and what could still beat it.

    Attributes
    ----------
    best
        Best mapping scored so far.
    cutoff
        Objective from which on no mapping is of interest.
    options
        Spatial mappings that may still be optimal, with a lower bound of each one's objective.
    """

    best: Incumbent | None
    cutoff: float = math.inf
    options: list[tuple[float, SpatialOption]] = field(default_factory=list)

    @property
    def value(self) -> float:
        """Objective of the best mapping so far, or the least of interest where that is less."""
        return self.cutoff if self.best is None else min(self.best[0], self.cutoff)


def survey(bench: Workbench, goal: Goal, standing: Standing) -> float | None:
    """Bound spatial mappings from the most promising on.

    Return the next bound when stopped, else ``None``.

    Those that can still beat the best mapping are added to ``standing.options``, good mappings
    become its ``best``.
    """
    quick = goal.values(bench.quick.energy_pj * (1 - TOLERANCE), bench.quick.latency)
    decisive: list[
        SumName
    ] = []  # what bounds the latency of one spatial mapping often bounds that of the next
    in_vain = 0
    for looked, number in enumerate(np.argsort(quick, kind="stable")):
        if quick[number] > standing.value or math.isinf(quick[number]):
            break
        if bench.stopping() and (looked >= FIRST_LOOKS or math.isfinite(standing.value)):
            return float(quick[number]) if bench.complete else 0.0
        columns = bench.columns(int(number))
        sums = LatencySums(columns, decisive) if goal.needs_latency else None
        latency = 0.0
        if sums is not None:
            enough = _enough_latency(goal, standing.value, float(bench.quick.energy_pj[number]))
            latency, name = sums.largest(enough)
            latency = max(latency, float(bench.quick.latency[number]))
            decisive = [name, *(other for other in decisive if other != name)]
        if (
            goal.value(float(bench.quick.energy_pj[number]), latency) > standing.value
            or latency > goal.most_latency
        ):
            continue
        energy = energy_bound(columns, bench.accelerator, _enough_pj(goal, standing.value, latency))
        bound = float(goal.values(np.array(energy.value_pj * (1 - TOLERANCE)), latency))
        if bound > standing.value or math.isinf(bound):
            continue
        if in_vain < PATIENCE:
            for chain in dict.fromkeys(
                (*energy.chains, *_promising(columns, bench.accelerator, sums))
            ):
                if _can_win(goal, standing.best, columns, sums, chain):
                    before = standing.best
                    found, _ = bench.best_arrangement(bench.choice(columns, chain), goal, bound)
                    standing.best = better(found, before)
                    in_vain = in_vain + 1 if standing.best is before else 0
        standing.options.append((bound, SpatialOption(columns, energy, sums)))
    return None if bench.complete else 0.0


def _enough_latency(goal: Goal, value: float, energy_pj: float) -> float:
    """Latency from which on a spatial mapping is out."""
    if goal.objective == "latency":
        return min(value, goal.most_latency)
    if goal.objective == "edp" and energy_pj > 0:
        return min(value / energy_pj * (1 + TOLERANCE), goal.most_latency)
    return goal.most_latency


def _enough_pj(goal: Goal, value: float, latency: float) -> float:
    """Energy from which on a spatial mapping is out."""
    if goal.objective == "energy":
        return min(value, goal.most_energy_pj)
    if goal.objective == "edp" and latency > 0:
        return min(value / latency, goal.most_energy_pj)
    return goal.most_energy_pj


def _promising(
    columns: SpatialColumns, accelerator: Accelerator, sums: LatencySums | None
) -> Iterator[Chain]:
    """Chains with little latency, alone and in balance with the energy."""
    energies = [[cut.energy_pj for cut in cuts] for cuts in columns.cuts]
    for bound, chain in sums.best_chains()[:MOST_SUMS] if sums is not None else ():
        balanced = [
            [
                e / columns.fixed_energy_pj + v / max(1.0, bound.offset)
                for e, v in zip(es, vs, strict=True)
            ]
            for es, vs in zip(energies, bound.values, strict=True)
        ]
        for found in (chain, best_chain(balanced, forward(columns.lattice, balanced))):
            if math.isfinite(found.value) and fitting(columns, accelerator, found):
                yield found


def _can_win(
    goal: Goal,
    best: Incumbent | None,
    columns: SpatialColumns,
    sums: LatencySums | None,
    chain: Chain,
) -> bool:
    """Whether a chain may have loop orders that rank before the best mapping."""
    if best is None:
        return True
    energy_pj = columns.fixed_energy_pj + sum(
        float(columns.cuts[operand][rank].energy_pj[index])
        for (operand, rank), index in chain.tiles
    )
    latency = sums.of(chain) if sums is not None else 0.0
    return (goal.value(energy_pj, latency), energy_pj) < best[:2]
