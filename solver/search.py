"""Find the optimal mapping of one layer, and prove it."""

from __future__ import annotations

import math
import time
from dataclasses import replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective, Status
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.infeasible import smallest_overflow, unfit, why_nothing_fits
from zigzag_imc.solver.presolve.listing import UNCOUNTED
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.minimise import minimise
from zigzag_imc.solver.proof.verdict import Verdict
from zigzag_imc.solver.scoring.incumbent import Incumbent
from zigzag_imc.solver.solution import SearchOptions, Solution
from zigzag_imc.solver.ties import best_known, decide


def solve(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    objective: Objective,
    options: SearchOptions | None = None,
    budget: Budget | None = None,
) -> Solution:
    """Find the mapping of least energy, latency or energy-delay product, and prove it.

    Among mappings as good as the optimum it is one with the least of what comes second: latency
    after energy, energy after the others.

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
    lacking = unfit(layer, accelerator, profile, objective)
    if lacking is not None:
        from zigzag_imc.solver.refuted import refuted_bits

        return refuted_bits(lacking, layer, accelerator, profile, options)
    costs = CostModel(layer, accelerator, profile)
    if options.method == "cp-sat":
        from zigzag_imc.solver.joint.search import search_jointly

        found = search_jointly(costs, objective, options, budget)
        return _with_conflict(found, costs, options, budget)
    if smallest_overflow(layer, costs.accelerator) is not None:
        return _nothing_fits(costs, objective, options, started)
    goal = Goal(objective)
    bench = Workbench(costs, options, budget, with_latency=goal.needs_latency)
    return _solution(bench, objective, minimise(bench, goal), started)


def _with_conflict(
    found: Solution, costs: CostModel, options: SearchOptions, budget: Budget
) -> Solution:
    """Say which constraints contradict each other, where the joint model has found no mapping.

    That is found, and proved, by the other method.
    """
    is_whole_question = math.isinf(options.cutoff)
    if found.status != "INFEASIBLE" or not options.constraints or not is_whole_question:
        return found
    from zigzag_imc.solver.conflict import conflict_in

    conflict = conflict_in(Workbench(costs, options, budget, with_latency=False))
    if conflict is None:
        return found
    return replace(found, reason=conflict.reason, conflict=conflict.constraints)


def _nothing_fits(
    costs: CostModel, objective: Objective, options: SearchOptions, started: float
) -> Solution:
    """Answer without listing anything: even the smallest tiles overflow a memory."""
    from zigzag_imc.solver.refuted import refuted_tiles

    layer, accelerator, space = costs.layer, costs.accelerator, options.space
    spatials = SpatialSpace.of(layer, accelerator, costs.profile, space)
    found = Solution(
        "INFEASIBLE",
        objective,
        reason=why_nothing_fits(layer, accelerator, spatials),
        spatial_mappings=len(spatials),
        mapspace_size=mapspace_size(layer, accelerator, costs.profile, space, spatials),
        seconds=time.monotonic() - started,
    )
    return refuted_tiles(found, layer, accelerator, options)


def _solution(bench: Workbench, objective: Objective, verdict: Verdict, started: float) -> Solution:
    """Say what a verdict means for whoever asked, and what it took."""
    # What comes second is another question.
    last_word = bench.last_word() if bench.options.counted else None
    best = _asked_for(verdict.best, bench.options.cutoff)
    if best is None:
        solution = _without_mapping(bench, objective, verdict)
    else:
        tie = None
        if _breaks_ties(bench, verdict):
            decided = decide(bench, objective, best)
            best, tie = decided.best, decided.tie
        else:
            best = best_known(bench, objective, best)
        solution = Solution.of_mapping(
            objective, best.mapping, best.cost, verdict.bound, verdict.reason
        )
        solution = replace(solution, tie=tie)
    counts = bench.counts() if bench.options.counted else UNCOUNTED
    return replace(
        solution,
        exact_scores=bench.scores.count,
        spatial_mappings=counts.spatial_mappings,
        mapspace_size=counts.mappings,
        seconds=time.monotonic() - started,
        last_word=last_word,
    )


def _asked_for(best: Incumbent | None, cutoff: float) -> Incumbent | None:
    """Return the best mapping where it is one of those that were asked for."""
    return best if best is not None and best.value <= cutoff else None


def _breaks_ties(bench: Workbench, verdict: Verdict) -> bool:
    """Whether mappings as good as the best are told apart: where it is proved, and asked for."""
    options = bench.options
    is_whole_question = options.gap == 0 and math.isinf(options.cutoff)
    return verdict.proved and bench.complete and is_whole_question


def _without_mapping(bench: Workbench, objective: Objective, verdict: Verdict) -> Solution:
    """Say why there is no mapping; there is a bound only of a question about a cutoff."""
    from zigzag_imc.solver.conflict import conflict_in

    conflict: Constraints = ()
    if math.isfinite(bench.options.cutoff):
        bound, reason = verdict.bound, verdict.reason
    elif verdict.proved and (found := conflict_in(bench)) is not None:
        bound, reason, conflict = None, found.reason, found.constraints
    elif verdict.proved:
        bound, reason = (
            None,
            why_nothing_fits(bench.layer, bench.accelerator, bench.listing.spatials),
        )
    else:
        bound, reason = None, verdict.reason
    status: Status = "INFEASIBLE" if verdict.proved else "UNKNOWN"
    return Solution(status, objective, bound=bound, reason=reason, conflict=conflict)
