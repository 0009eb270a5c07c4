"""The search by the joint model alone: no listing, no bound but that of CP-SAT."""

from __future__ import annotations

import math
import time
from dataclasses import replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.joint.bench import Bench, Minimum
from zigzag_imc.solver.joint.domain import NOTHING_KNOWN, Least
from zigzag_imc.solver.joint.minimising import minimum
from zigzag_imc.solver.joint.product import least_product
from zigzag_imc.solver.joint.ties import decide
from zigzag_imc.solver.scoring.scores import KeptScores
from zigzag_imc.solver.solution import NOTHING_KEEPS, SearchOptions, Solution
from zigzag_imc.solver.spaces import has_any_sizes


def solve_jointly(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    objective: Objective,
    options: SearchOptions | None = None,
    budget: Budget | None = None,
) -> Solution:
    """Find the mapping of least cost, and prove it by the joint model alone.

    Parameters and result are those of `zigzag_imc.solver.search.solve`; nothing is counted but
    exact scores.
    """
    options = options or SearchOptions()
    budget = budget or Budget.of(options.time_limit_s)
    return search_jointly(CostModel(layer, accelerator, profile), objective, options, budget)


def search_jointly(
    costs: CostModel, objective: Objective, options: SearchOptions, budget: Budget
) -> Solution:
    """Find and prove the mapping of least cost, as `solve_jointly` does."""
    started = time.monotonic()
    ends_short = has_any_sizes(options.space, costs.profile)
    if not ends_short:  # under some cost models all tiles divide
        options = replace(options, space=replace(options.space, tile_sizes="divisors"))
    scores = KeptScores(costs, options.constraints, ends_short)
    bench = Bench(costs, scores, options, budget)
    found, least = _first_level(bench, objective)
    solution = _solution(bench, objective, found)
    if solution.status == "OPTIMAL" and _is_whole_question(options):
        assert found.best is not None, "an optimum has a mapping"
        best, tie = decide(bench, objective, found.best, least)
        optimum = Solution.of_mapping(objective, best.mapping, best.cost, found.bound, None)
        solution = replace(optimum, tie=tie)
    return replace(
        solution,
        exact_scores=bench.scores.count,
        spatial_mappings=None,
        mapspace_size=None,
        seconds=time.monotonic() - started,
    )


def _first_level(bench: Bench, objective: Objective) -> tuple[Minimum, Least]:
    """Minimise the objective; also what is proved on the way that every mapping needs."""
    most = bench.options.cutoff
    if objective == "edp":
        return least_product(bench, most)
    return minimum(bench, Goal(objective), most), NOTHING_KNOWN


def _is_whole_question(options: SearchOptions) -> bool:
    """Whether mappings as good as the best are told apart."""
    return options.gap == 0 and math.isinf(options.cutoff)


def _solution(bench: Bench, objective: Objective, found: Minimum) -> Solution:
    """Say what a minimum means for whoever asked."""
    if (best := found.best) is not None:
        return Solution.of_mapping(objective, best.mapping, best.cost, found.bound, found.reason)
    if not found.proved:
        return Solution("UNKNOWN", objective, bound=found.bound, reason=found.reason)
    if math.isfinite(bench.options.cutoff):
        return Solution("INFEASIBLE", objective, bound=found.bound)
    reason = NOTHING_KEEPS if bench.options.constraints else "no mapping fits"
    return Solution("INFEASIBLE", objective, bound=None, reason=reason)
