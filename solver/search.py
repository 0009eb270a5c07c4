"""Find the optimal mapping of one layer, and prove it."""

from __future__ import annotations

import math
import time

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective, Status
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace, mapspace_size
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.infeasible import smallest_overflow, why_nothing_fits
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.minimise import minimise
from zigzag_imc.solver.proof.verdict import Verdict
from zigzag_imc.solver.scoring.incumbent import Incumbent
from zigzag_imc.solver.solution import SearchOptions, Solution


def solve(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    objective: Objective,
    options: SearchOptions | None = None,
    budget: Budget | None = None,
) -> Solution:
    """Find the mapping of least energy, latency or energy-delay product, and prove it.

    Parameters
    ----------
    layer, accelerator, profile
        What to map onto what, under which cost model.
    objective
        ``energy`` (pJ), ``latency`` (cycles) or ``edp`` (pJ x cycles).
    options
        Gap, seed, cutoff; and the time limit where there is no budget.
    budget
        When to end with the best mapping so far.

    Returns
    -------
    Solution
        With status, mapping, exact cost and certified bound.
    """
    started = time.monotonic()
    options = options or SearchOptions()
    budget = budget or Budget.of(options.time_limit_s)
    costs = CostModel(layer, accelerator, profile)
    if smallest_overflow(layer, costs.accelerator) is not None:
        return _nothing_fits(costs, objective, started)
    goal = Goal(objective)
    bench = Workbench(costs, options, budget, with_latency=goal.needs_latency)
    return _solution(bench, objective, minimise(bench, goal), started)


def _nothing_fits(costs: CostModel, objective: Objective, started: float) -> Solution:
    """Answer without a search: even the smallest tiles overflow a memory."""
    layer, accelerator = costs.layer, costs.accelerator
    space = SpatialSpace.of(layer, accelerator, costs.profile)
    return Solution(
        "INFEASIBLE",
        objective,
        reason=why_nothing_fits(layer, accelerator),
        spatial_mappings=len(space),
        mapspace_size=mapspace_size(layer, accelerator, costs.profile, space),
        seconds=time.monotonic() - started,
    )


def _solution(bench: Workbench, objective: Objective, verdict: Verdict, started: float) -> Solution:
    """Say what a verdict means for whoever asked."""
    cutoff = bench.options.cutoff
    best = verdict.best
    if best is not None and best.value > cutoff:
        best = None  # a mapping was found, but none that was asked for
    reason = verdict.reason
    if best is None and verdict.proved and math.isinf(cutoff):
        reason = why_nothing_fits(bench.layer, bench.accelerator)
    counts = bench.counts()
    return Solution(
        _status(best, verdict.proved),
        objective,
        mapping=None if best is None else best.mapping,
        cost=None if best is None else best.cost,
        objective_value=None if best is None else best.value,
        bound=_bound(best, verdict.bound, cutoff),
        reason=reason,
        exact_scores=bench.scores.count,
        spatial_mappings=counts.spatial_mappings,
        mapspace_size=counts.mappings,
        seconds=time.monotonic() - started,
    )


def _status(best: Incumbent | None, proved: bool) -> Status:
    if best is None:
        return "INFEASIBLE" if proved else "UNKNOWN"
    return "OPTIMAL" if proved else "FEASIBLE"


def _bound(best: Incumbent | None, bound: float, cutoff: float) -> float | None:
    """Certified bound; without a mapping there is one only of a question about a cutoff."""
    if best is not None:
        return min(best.value, bound)
    return bound if math.isfinite(cutoff) else None
