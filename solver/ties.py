"""Ties: of mappings whose objective is equally good, one that is best in what comes second.

Optima are lexicographic: energy then latency, latency then energy, the product of both then energy.
What comes second is least among all mappings whose objective is at most ``1 + RESOLUTION`` times
that of the proved optimum, for no proof tells these apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import COARSEST, RESOLUTION
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.minimise import minimise
from zigzag_imc.solver.scoring.incumbent import Incumbent
from zigzag_imc.solver.solution import Tie

Second = Literal["energy", "latency"]

_SECOND: dict[Objective, Second] = {"energy": "latency", "latency": "energy", "edp": "energy"}
"""What decides between mappings that are equally good in an objective."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A mapping that is best in what comes second, and how far that is proved.

    Attributes
    ----------
    best
        The mapping.
    tie
        What decided.
    """

    best: Incumbent
    tie: Tie


def decide(bench: Workbench, objective: Objective, best: Incumbent) -> Decided:
    """Break the tie between all mappings that are as good as a proved optimum."""
    most = best.value * (1 + RESOLUTION)
    if objective == "energy":
        return _least_latency(bench.with_energy_at_most(most), most)
    if objective == "latency":
        return _least_energy(bench, most)
    return _thriftiest_product(bench, most)


def best_known(bench: Workbench, objective: Objective, best: Incumbent) -> Incumbent:
    """Return the best in what comes second of the mappings scored so far; nothing is proved."""
    most = best.value * (1 + RESOLUTION)
    alike = (found for found in _scored(bench, objective) if found.value <= most)
    return min(alike, key=lambda found: (_second(objective, found), found.value), default=best)


def _least_latency(bench: Workbench, most_pj: float) -> Decided:
    """Least latency of the mappings that need no more energy."""
    verdict = minimise(bench, Goal("latency", most_energy_pj=most_pj))
    best = verdict.best
    assert best is not None, "the optimum itself is one of them"
    return Decided(best, Tie("latency", best.latency_cycles, min(best.value, verdict.bound)))


def _least_energy(bench: Workbench, most_cycles: float) -> Decided:
    """Least energy of the mappings that take no longer."""
    verdict = minimise(bench, Goal("energy", most_latency=most_cycles))
    best = verdict.best
    assert best is not None, "the optimum itself is one of them"
    return Decided(best, Tie("energy", best.energy_pj, min(best.value, verdict.bound)))


def _thriftiest_product(bench: Workbench, most: float) -> Decided:
    """Least energy of the mappings whose energy-delay product is no larger.

    As long as a mapping with less energy reaches the product, it is the new one. Where none does,
    none has less energy: the search for it ends with the proof.
    """
    # As far as a product may be proved: closer to the limit, nothing would be left to ask for.
    asked = bench.asking_for(most, proved=most * (1 - 2 * COARSEST))
    best = min((found for found in _scored(bench, "edp") if found.value <= most), key=_energy_pj)
    while True:
        less_pj = best.energy_pj * (1 - RESOLUTION)
        verdict = minimise(asked, Goal("edp", most_energy_pj=less_pj))
        found = verdict.best
        is_better = found is not None and found.value <= most and found.energy_pj < best.energy_pj
        if found is None or not is_better:
            bound_pj = less_pj if verdict.proved else bench.least_energy_pj
            return Decided(best, Tie("energy", best.energy_pj, min(best.energy_pj, bound_pj)))
        best = found


def _scored(bench: Workbench, objective: Objective) -> Iterator[Incumbent]:
    """Mappings scored so far, with the value of an objective."""
    goal = Goal(objective)
    for point in bench.scores.points():
        value = goal.value(point.cost.energy_pj, point.cost.latency_cycles)
        yield Incumbent.of(value, point.mapping, point.cost)


def _energy_pj(found: Incumbent) -> float:
    return found.energy_pj


def _second(objective: Objective, found: Incumbent) -> float:
    """What comes second, of a mapping."""
    return found.latency_cycles if _SECOND[objective] == "latency" else found.energy_pj
