"""Find the optimal mapping of one layer, and prove it."""

from __future__ import annotations

import math
import time

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace, mapspace_size
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.infeasible import smallest_overflow, why_nothing_fits
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.minimise import minimise
from zigzag_imc.solver.solution import SearchOptions, ShouldStop, Solution


def solve(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    objective: Objective,
    options: SearchOptions | None = None,
    should_stop: ShouldStop | None = None,
) -> Solution:
    """Find the mapping of least energy, latency or energy-delay product, and prove it.

    Parameters
    ----------
    layer, accelerator, profile
        What to map onto what, under which cost model.
    objective
        ``energy`` (pJ), ``latency`` (cycles) or ``edp`` (pJ x cycles).
    options
        Limits and seed.
    should_stop
        Asked between steps; true ends the search with the best mapping so far.

    Returns
    -------
    Solution
        With status, mapping, exact cost and certified bound.
    """
    started = time.monotonic()
    goal = Goal(objective)
    if smallest_overflow(layer, accelerator) is not None:
        return Solution(
            "INFEASIBLE",
            objective,
            reason=why_nothing_fits(layer, accelerator),
            spatial_mappings=len(space := SpatialSpace.of(layer, accelerator)),
            mapspace_size=mapspace_size(layer, accelerator, space),
            seconds=time.monotonic() - started,
        )
    bench = Workbench(
        layer, accelerator, profile, options, should_stop, with_latency=goal.needs_latency
    )
    outcome = minimise(bench, goal)
    cutoff = bench.options.cutoff
    best = outcome.best if outcome.best is not None and outcome.best[0] <= cutoff else None
    status = "OPTIMAL" if outcome.proved else "FEASIBLE"
    reason = outcome.reason
    if best is None:
        status = "INFEASIBLE" if outcome.proved else "UNKNOWN"
        reason = (
            why_nothing_fits(layer, accelerator)
            if outcome.proved and math.isinf(cutoff)
            else reason
        )
    spatial_mappings, size = bench.sizes
    return Solution(
        status,  # type: ignore[arg-type]
        objective,
        mapping=best[3] if best else None,
        cost=best[4] if best else None,
        objective_value=best[0] if best else None,
        bound=min(best[0], outcome.bound)
        if best
        else outcome.bound
        if math.isfinite(cutoff)
        else None,
        reason=reason,
        exact_scores=bench.exact_scores,
        spatial_mappings=spatial_mappings,
        mapspace_size=size,
        seconds=time.monotonic() - started,
    )
