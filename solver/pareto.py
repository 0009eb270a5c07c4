"""The exact energy-latency Pareto front of a layer, point by point, each proved."""

from __future__ import annotations

import math
import time
from dataclasses import replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.minimise import minimise
from zigzag_imc.solver.solution import Front, ParetoPoint, SearchOptions, ShouldStop, undominated


def pareto_front(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    options: SearchOptions | None = None,
    should_stop: ShouldStop | None = None,
) -> Front:
    """Walk along the front from least energy to least latency.

    Each step proves the least energy among mappings faster than the last point, then the least
    latency at that energy; so no point is missing and none is beaten.

    Returns
    -------
    Front
        Points by rising latency; ``proved`` is false when a limit stopped the walk: then they are
        the best of all mappings scored until then.
    """
    started = time.monotonic()
    exact = replace(
        options or SearchOptions(), gap=0.0
    )  # every step stands on the proof of the one before
    bench = Workbench(layer, accelerator, profile, exact, should_stop, with_latency=True)
    points: list[ParetoPoint] = []
    limit, proved, reason = math.inf, True, None
    least_energy = 0.0
    while True:
        least = minimise(bench, Goal("energy", most_latency=limit))
        least_energy = least_energy if points else least.bound
        if least.best is None or not least.proved:
            proved, reason = least.proved, least.reason
            break
        fastest = minimise(
            bench,
            Goal("latency", most_energy_pj=least.best[1] * (1 + TOLERANCE), most_latency=limit),
        )
        if fastest.best is None or not fastest.proved:
            proved, reason = False, fastest.reason
            break
        _, _, latency, mapping, cost = fastest.best
        points.append(ParetoPoint(mapping, cost))
        limit = latency * (1 - TOLERANCE)
    known = tuple(reversed(points)) if proved else undominated([*points, *bench.scored_points()])
    least_latency = points[-1].cost.latency_cycles if proved and points else bench.least_latency
    return Front(
        known,
        proved,
        reason,
        bench.exact_scores,
        time.monotonic() - started,
        float(least_energy),
        float(least_latency),
        *bench.sizes,
    )
