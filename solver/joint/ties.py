"""Ties: what comes second, least among all mappings whose objective is equally good.

The question is that of `zigzag_imc.solver.ties`, the answer that of the joint model alone.
"""

from __future__ import annotations

from typing import Literal

from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.joint.bench import Bench, Minimum
from zigzag_imc.solver.joint.domain import Least
from zigzag_imc.solver.joint.minimising import minimum
from zigzag_imc.solver.scoring.incumbent import Incumbent
from zigzag_imc.solver.solution import Tie

Second = Literal["energy", "latency"]


def decide(
    bench: Bench, objective: Objective, best: Incumbent, least: Least
) -> tuple[Incumbent, Tie]:
    """Break the tie between all mappings that are as good as a proved optimum.

    ``least`` is what is proved that every mapping needs.
    """
    most = best.value * (1 + RESOLUTION)
    if objective == "energy":
        found = minimum(bench, Goal("latency", most_energy_pj=most))
        return _decided(found, "latency")
    if objective == "latency":
        found = minimum(bench, Goal("energy", most_latency=most))
        return _decided(found, "energy")
    return _thriftiest_product(bench, most, least)


def _decided(found: Minimum, second: Second) -> tuple[Incumbent, Tie]:
    """The best in what comes second."""
    best = found.best
    assert best is not None, "the optimum itself is one of them"
    return best, Tie(second, best.value, min(best.value, found.bound))


def _thriftiest_product(bench: Bench, most: float, least: Least) -> tuple[Incumbent, Tie]:
    """Least energy of the mappings whose energy-delay product is no larger.

    As long as a mapping with less energy reaches the product, it is the new one.
    """
    best = _thriftiest_known(bench, most)
    while True:
        less_pj = best.energy_pj * (1 - RESOLUTION)
        if least.energy_pj >= less_pj:
            bound_pj = least.energy_pj
            break
        found = minimum(bench, Goal("edp", most_energy_pj=less_pj), most, least)
        if found.best is None or found.best.energy_pj >= best.energy_pj:
            bound_pj = less_pj if found.proved else least.energy_pj
            break
        best = found.best
    return best, Tie("energy", best.energy_pj, min(best.energy_pj, bound_pj))


def _thriftiest_known(bench: Bench, most: float) -> Incumbent:
    """Least energy of the mappings that were looked at."""
    alike = []
    for point in bench.scores.points():
        found = Incumbent.of(point.cost.edp, point.mapping, point.cost)
        if found.value <= most:
            alike.append(found)
    return min(alike, key=lambda found: (found.energy_pj, found.value))
