"""Whether any mapping lies below a front: one bounded search in every gap between its points.

Points by rising latency and falling energy make a staircase. A mapping that no point is as good as
lies below it, in one of the gaps: faster than the first point; slower than a point (or as fast) and
faster than the next one, with less energy than the former; or with less energy than the last one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.minimise import minimise
from zigzag_imc.solver.solution import ParetoPoint, SearchOptions
from zigzag_imc.solver.underside import MARGIN, Corner, Underside


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one gap: whether a mapping within the goal's limits has so little.

    Attributes
    ----------
    goal
        What is minimised there, and up to which latency.
    most
        Objective up to which a mapping would lie below the staircase.
    """

    goal: Goal
    most: float


def questions(corners: Sequence[Corner]) -> Iterator[Question]:
    """Yield the question of every gap of a staircase, by rising latency.

    No mapping below the staircase escapes them. Let it take `l` cycles and `e` pJ. Where `l` is
    less than that of the first point, the first question finds it. Else it is no faster than some
    points; the last of them has more energy, or it would be as good. So the question of the gap
    behind that point finds it: the next point, if there is one, is slower.
    """
    first, last = corners[0], corners[-1]
    yield Question(Goal("latency"), first.latency_cycles * (1 - TOLERANCE))
    for faster, slower in pairwise(corners):
        goal = Goal("energy", most_latency=slower.latency_cycles * (1 - TOLERANCE))
        yield Question(goal, faster.energy_pj * (1 - MARGIN))
    yield Question(Goal("energy"), last.energy_pj * (1 - MARGIN))


def underside(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    corners: Sequence[Corner],
    options: SearchOptions | None = None,
    budget: Budget | None = None,
) -> Underside:
    """Search all gaps below a staircase, until a mapping is found in one.

    Parameters
    ----------
    layer, accelerator, profile
        What to map onto what, under which cost model.
    corners
        At least one point, by rising latency and falling energy.
    options
        Seed and parameters of CP-SAT; and the time limit where there is no budget.
    budget
        When to end with the gaps closed so far.
    """
    started = time.monotonic()
    options = options or SearchOptions()
    budget = budget or Budget.of(options.time_limit_s)
    bench = Workbench(CostModel(layer, accelerator, profile), options, budget, with_latency=True)
    closed, gaps = 0, list(questions(corners))
    found, reason = None, None
    for question in gaps:
        verdict = minimise(bench.asking_for(question.most), question.goal)
        best = verdict.best
        if best is not None and best.value <= question.most:
            found = ParetoPoint(best.mapping, best.cost)
            break
        closed += verdict.proved
        reason = reason or verdict.reason
    seconds = time.monotonic() - started
    return Underside(len(gaps), closed, found, reason, bench.scores.count, seconds)
