"""The largest energy and latency of interest, from which the units of the model follow.

Each is the sum, over the cuts, of the most that any candidate there has; less where the incumbent
or a limit says that no better mapping can have so much.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.scaling import Scale
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import SpatialColumns

_HEADROOM = 1 + 1e-6
"""Factor by which an energy may be above the most that is of interest, and still be in range."""

_HEADROOM_CYCLES = 1
"""The same for a latency, in clock cycles."""


def scale_for(
    goal: Goal, spatials: Sequence[SpatialColumns], candidates: Sequence[Candidate], value: float
) -> Scale:
    """Choose the units for some candidates.

    Parameters
    ----------
    goal
        What is minimised, within which limits.
    spatials, candidates
        What the range of values is read from.
    value
        Objective above which nothing is of interest; infinite where nothing is known.
    """
    energy_pj = min(_most_energy_pj(spatials, candidates), _energy_limit_pj(goal, spatials, value))
    latency = min(_most_latency(spatials, candidates), _latency_limit(goal, spatials, value))
    return Scale.of(energy_pj, latency, value if goal.objective == "edp" else math.inf)


def _most_energy_pj(spatials: Sequence[SpatialColumns], candidates: Iterable[Candidate]) -> float:
    """Energy that no choice of candidates exceeds."""
    fixed_pj = max(columns.fixed_energy_pj for columns in spatials)
    return fixed_pj + _sum_of_most(candidates, lambda tile: tile.most_energy_pj)


def _most_latency(spatials: Sequence[SpatialColumns], candidates: Iterable[Candidate]) -> float:
    """Latency that no choice of candidates exceeds, in cycles: no transfer hides anywhere."""
    fixed = max(columns.compute_cycles + _fixed_stall(columns) for columns in spatials)
    return fixed + _sum_of_most(
        candidates, lambda tile: tile.ports.longest_periodic + 2 * tile.ports.longest_once
    )


def _fixed_stall(columns: SpatialColumns) -> float:
    """Cycles for which a port is kept by what no cut changes, at most."""
    return max([0.0, *columns.fixed_busy.values(), *columns.fixed_stuck.values()])


def _sum_of_most(candidates: Iterable[Candidate], amount: Callable[[Candidate], float]) -> float:
    """Sum over the cuts of the largest amount of any candidate there."""
    most: dict[CutPlace, float] = {}
    for tile in candidates:
        most[tile.at.place] = max(most.get(tile.at.place, 0.0), amount(tile))
    return sum(most.values())


def _energy_limit_pj(goal: Goal, spatials: Sequence[SpatialColumns], value: float) -> float:
    """Energy above which no mapping is of interest."""
    least_latency = min(columns.compute_cycles for columns in spatials)
    most_pj = goal.measure.most_energy_pj(value, least_latency)
    return min(goal.most_energy_pj, most_pj) * _HEADROOM


def _latency_limit(goal: Goal, spatials: Sequence[SpatialColumns], value: float) -> float:
    """Latency above which no mapping is of interest, in cycles."""
    least_pj = min(columns.fixed_energy_pj for columns in spatials)
    most_cycles = goal.measure.most_latency(value, least_pj)
    return min(goal.most_latency, most_cycles) + _HEADROOM_CYCLES
