"""The exact energy-latency Pareto front of a layer, point by point, each proved."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.infeasible import unfit
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.minimise import minimise
from zigzag_imc.solver.solution import Front, ParetoPoint, SearchOptions, undominated


def pareto_front(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    options: SearchOptions | None = None,
    budget: Budget | None = None,
) -> Front:
    """Walk along the front from least energy to least latency.

    Each step proves the least energy among mappings faster than the last point, then the least
    latency at that energy; so no point is missing and none is beaten.

    Parameters
    ----------
    layer, accelerator, profile
        What to map onto what, under which cost model.
    options
        Seed; and the time limit where there is no budget.
    budget
        When to end with the points so far.

    Returns
    -------
    Front
        Points by rising latency; ``proved`` is false when a limit stopped the walk: then they are
        the best of all mappings scored until then.
    """
    started = time.monotonic()
    lacking = unfit(layer, accelerator, profile, "edp")
    options = options or SearchOptions()
    if lacking is not None:
        from zigzag_imc.solver.refuted import refuted_bits

        lacking = refuted_bits(lacking, layer, accelerator, profile, options)
        return Front((), proved=True, reason=lacking.reason, last_word=lacking.last_word)
    budget = budget or Budget.of(options.time_limit_s)
    # Every step stands on the proof of the one before.
    exact = replace(options, gap=0.0)
    bench = Workbench(CostModel(layer, accelerator, profile), exact, budget, with_latency=True)
    walk = _Walk(bench)
    proved, reason = walk.to_the_end()
    points, last_word = _points(bench, walk, proved), bench.last_word()
    least_latency_cycles = float(_least_latency(bench, walk, proved))
    counts = bench.counts()
    return Front(
        points=points,
        proved=proved,
        reason=reason,
        exact_scores=bench.scores.count,
        seconds=time.monotonic() - started,
        least_energy_pj=float(walk.least_energy_pj),
        least_latency_cycles=least_latency_cycles,
        spatial_mappings=counts.spatial_mappings,
        mapspace_size=counts.mappings,
        last_word=last_word,
    )


@dataclass
class _Walk:
    """A walk along the front, so far.

    Attributes
    ----------
    bench
        The layer.
    points
        Points found, by falling latency.
    least_energy_pj
        Certified bound: no mapping has less.
    """

    bench: Workbench
    points: list[ParetoPoint] = field(default_factory=list)
    least_energy_pj: float = 0.0

    def to_the_end(self) -> tuple[bool, str | None]:
        """Take all steps; return whether it is proved that none is left, and why not."""
        limit = math.inf
        while True:
            thriftiest = minimise(self.bench, Goal("energy", most_latency=limit))
            if not self.points:
                self.least_energy_pj = thriftiest.bound
            if thriftiest.best is None or not thriftiest.proved:
                return thriftiest.proved, thriftiest.reason
            most_pj = thriftiest.best.energy_pj * (1 + TOLERANCE)
            goal = Goal("latency", most_energy_pj=most_pj, most_latency=limit)
            fastest = minimise(self.bench, goal)
            if fastest.best is None or not fastest.proved:
                return False, fastest.reason
            self.points.append(ParetoPoint(fastest.best.mapping, fastest.best.cost))
            limit = fastest.best.latency_cycles * (1 - TOLERANCE)


def _points(bench: Workbench, walk: _Walk, proved: bool) -> tuple[ParetoPoint, ...]:
    """Points by rising latency; of a walk cut short, the best of all mappings scored."""
    if proved:
        return tuple(reversed(walk.points))
    return undominated([*walk.points, *bench.scores.points()])


def _least_latency(bench: Workbench, walk: _Walk, proved: bool) -> float:
    """Certified bound of the latency of all mappings, in cycles."""
    if proved and walk.points:
        return walk.points[-1].cost.latency_cycles
    return bench.least_latency_cycles
