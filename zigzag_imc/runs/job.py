"""One layer's share of the work, as it is handed to a worker.

The only place outside the solver that calls it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective, Status
from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.runs.loading import load_cp_sat
from zigzag_imc.solver.alternatives import better_solution, joint_front, joint_underside
from zigzag_imc.solver.solution import Front, SearchOptions, Solution

if TYPE_CHECKING:
    from zigzag_imc.solver.underside import Corner, Underside

Found = TypeVar("Found")
"""What a search finds: a solution or a front."""


class Searcher(Protocol):
    """What can search in the place of the solver.

    See `zigzag_imc.solver.engines.engine.Engine.search`.
    """

    @property
    def name(self) -> str:
        """What to call it."""

    def described(self) -> str:
        """Name and settings in one line."""

    def search(
        self,
        layer: Layer,
        accelerator: Accelerator,
        profile: CostProfile,
        objective: Objective,
        options: SearchOptions | None = None,
        budget: Budget | None = None,
    ) -> Solution:
        """Search for a mapping."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to work out for one layer.

    Attributes
    ----------
    layer, accelerator, profile
        What to map onto what, under which cost model.
    objective
        What is minimised.
    options
        Limits, gap and seed.
    optimum
        Whether the optimum of the objective is wanted.
    front
        Whether the energy-latency front is wanted.
    engine
        What searches in the place of the solver; then there is no front.
    corners
        A front below which any mapping is looked for, and nothing else.
    """

    layer: Layer
    accelerator: Accelerator
    profile: CostProfile
    objective: Objective
    options: SearchOptions
    optimum: bool = True
    front: bool = False
    engine: Searcher | None = None
    corners: tuple[Corner, ...] = ()

    @property
    def label(self) -> str:
        """What is being searched, for people who watch."""
        return self.layer.name if self.engine is None else f"{self.layer.name} ({self.engine.name})"

    def run(self, should_stop: Callable[[], bool]) -> Outcome:
        """Do it; see `run_job`."""
        return run_job(self, should_stop)

    @property
    def size(self) -> int:
        """Rough measure of the work, to start the longest first.

        Ways to tile the loops, then their sizes.
        """
        tilings = 1
        for _, size in self.layer.loop_dims:
            tilings *= len(divisors(size))
        return tilings * self.layer.macs * len(self.layer.alternatives)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job found.

    Attributes
    ----------
    solution
        The optimum; ``None`` where only a front was asked for and found.
    front
        The energy-latency front; ``None`` where it was not asked for, or nothing fits.
    seconds
        Time that the job took.
    underside
        What lies below a front; ``None`` where that was not asked.
    """

    solution: Solution | None = None
    front: Front | None = None
    seconds: float = 0.0
    underside: Underside | None = None

    @property
    def status(self) -> Status:
        """How the job ended."""
        if self.solution is not None:
            return self.solution.status
        if self.underside is not None:
            return "OPTIMAL" if self.underside.is_empty else "FEASIBLE"
        return "OPTIMAL" if self.front is not None and self.front.proved else "FEASIBLE"

    @property
    def final(self) -> bool:
        """Whether more time cannot change it."""
        if self.solution is not None and self.solution.status == "INFEASIBLE":
            return True
        if self.underside is not None:
            return self.underside.is_settled
        if self.front is not None and not self.front.proved:
            return False
        return self.status == "OPTIMAL"


def combined(first: Outcome, again: Outcome) -> Outcome:
    """What two searches for one job say together.

    The better mapping, the higher bound, the front known better.
    """
    solution, front = again.solution or first.solution, again.front or first.front
    if first.solution is not None and again.solution is not None and not again.final:
        solution = _together(first.solution, again.solution)
    if first.front is not None and again.front is not None and not again.front.proved:
        front = max(first.front, again.front, key=lambda front: (front.proved, len(front.points)))
    underside = again.underside or first.underside
    if first.underside is not None and again.underside is not None:
        underside = max(first.underside, again.underside, key=lambda known: known.rank)
    return Outcome(solution, front, first.seconds + again.seconds, underside)


def _together(first: Solution, again: Solution) -> Solution:
    values = [
        math.inf if found.objective_value is None else found.objective_value
        for found in (first, again)
    ]
    better = again if values[1] <= values[0] else first
    bounds = [found.bound for found in (first, again) if found.bound is not None]
    return replace(better, bound=min(max(bounds), *values) if bounds else None)


def prepare() -> None:
    """Import the solver and CP-SAT, so that no search pays for that out of its time limit."""
    load_cp_sat()
    import zigzag_imc.solver.formulation.session
    import zigzag_imc.solver.search  # noqa: F401


def run_job(job: Job, should_stop: Callable[[], bool]) -> Outcome:
    """Do a job; the time limit counts for all of it."""
    budget = Budget.of(job.options.time_limit_s, should_stop)
    if job.corners:
        return _below_front(job, budget)
    search = _by_engine if job.engine is not None else _by_solver
    try:
        solution, front = search(job, budget)
    except MemoryError:
        return not_run(job, "its search ran out of memory", budget.elapsed_s)
    return Outcome(solution, front, budget.elapsed_s)


def _below_front(job: Job, budget: Budget) -> Outcome:
    """Look for mappings below a front."""
    from zigzag_imc.solver.staircase import underside

    def search(layer: Layer, time: Budget) -> Underside:
        return underside(layer, job.accelerator, job.profile, job.corners, job.options, time)

    try:
        found = _of_alternatives(job, budget, search, joint_underside)
    except MemoryError:
        return not_run(job, "its search ran out of memory", budget.elapsed_s)
    return Outcome(seconds=budget.elapsed_s, underside=found)


def _by_engine(job: Job, budget: Budget) -> tuple[Solution | None, Front | None]:
    """Let the job's engine search."""
    engine = job.engine
    assert engine is not None

    def search(layer: Layer, time: Budget) -> Solution:
        return engine.search(layer, job.accelerator, job.profile, job.objective, job.options, time)

    return _of_alternatives(job, budget, search, better_solution), None


def _by_solver(job: Job, budget: Budget) -> tuple[Solution | None, Front | None]:
    """Find the optimum, the front, or both."""
    solution = _solved(job, budget) if job.optimum else None
    front = None
    if job.front and (solution is None or solution.mapping is not None):
        front = _front(job, budget)
    if solution is None and (front is None or not front.points):
        # Nothing fits, or nothing was found in time: the search for one mapping says which and why.
        solution = _solved(job, budget)
    if front is not None and not front.proved and solution is not None:
        front = front.with_known(solution)
    return solution, front


def _solved(job: Job, budget: Budget) -> Solution:
    """Search for the optimum with what is left of the budget."""
    from zigzag_imc.solver.search import solve

    def search(layer: Layer, time: Budget) -> Solution:
        return solve(layer, job.accelerator, job.profile, job.objective, job.options, time)

    return _of_alternatives(job, budget, search, better_solution)


def _front(job: Job, budget: Budget) -> Front:
    """Walk along the front with what is left of the budget."""
    from zigzag_imc.solver.pareto import pareto_front

    def search(layer: Layer, time: Budget) -> Front:
        return pareto_front(layer, job.accelerator, job.profile, job.options, time)

    return _of_alternatives(job, budget, search, joint_front)


def _of_alternatives(
    job: Job,
    budget: Budget,
    search: Callable[[Layer, Budget], Found],
    together: Callable[[Found, Found], Found],
) -> Found:
    """Search for the layer; where its other operand may be stored, for that in as much time."""
    own, *others = job.layer.alternatives
    found = search(own, budget.part(1 / (1 + len(others))) if others else budget)
    for other in others:
        found = together(found, search(other, budget.rest()))
    return found


def not_run(job: Job, reason: str, seconds: float = 0.0) -> Outcome:
    """Outcome of a job that was never done or never came back."""
    return Outcome(
        Solution("UNKNOWN", job.objective, reason=reason, seconds=seconds), None, seconds
    )
