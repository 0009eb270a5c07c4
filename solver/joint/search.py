"""The search by the joint model alone: no listing, no bound but that of CP-SAT."""

from __future__ import annotations

import math
import time
from dataclasses import replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import COARSEST, RESOLUTION
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.model import JointModel
from zigzag_imc.solver.joint.session import JointAnswer, minimise
from zigzag_imc.solver.scoring.incumbent import Incumbent, better_of
from zigzag_imc.solver.scoring.scores import KeptScores
from zigzag_imc.solver.solution import STOPPED, SearchOptions, Solution
from zigzag_imc.solver.spaces import refuse_short_tiles


def solve_jointly(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    objective: Objective,
    options: SearchOptions | None = None,
    budget: Budget | None = None,
) -> Solution:
    """Find the mapping of least cost, and prove it by the joint model alone.

    Parameters and result are those of `zigzag_imc.solver.search.solve`; what comes second is not
    asked, and nothing is counted but exact scores.
    """
    options = options or SearchOptions()
    budget = budget or Budget.of(options.time_limit_s)
    return search_jointly(CostModel(layer, accelerator, profile), objective, options, budget)


def search_jointly(
    costs: CostModel, objective: Objective, options: SearchOptions, budget: Budget
) -> Solution:
    """Find and prove the mapping of least cost, as `solve_jointly` does.

    Raises
    ------
    OptionError
        For another objective than the energy, and for tiles that need not divide.
    """
    refuse_short_tiles(options.space, "the method cp-sat")
    if objective != "energy":
        raise OptionError(
            f"method: cp-sat proves the objective energy alone so far; found {objective}"
        )
    started = time.monotonic()
    search = _Search(costs, Goal(objective), options, budget)
    return replace(search.run(), seconds=time.monotonic() - started)


class _Search:
    """Minimise, score, exclude, until bound and incumbent meet."""

    def __init__(
        self, costs: CostModel, goal: Goal, options: SearchOptions, budget: Budget
    ) -> None:
        self._goal, self._options, self._budget = goal, options, budget
        self._scores = KeptScores(costs)
        self._best: Incumbent | None = None
        self._bound = 0.0
        self._unresolved = math.inf  # least bound of excluded tiles with orders not told apart
        self._costs = costs

    def run(self) -> Solution:
        """Search until there is a verdict."""
        whole = Domain(most_pj=self._options.cutoff)
        self._look_at(whole.coarse)
        model = JointModel.of(self._costs, replace(whole, most_pj=self._value))
        while True:
            answer = minimise(model, self._options, self._budget)
            self._check(answer)
            # What an earlier solve has proved of all that is not excluded still holds.
            self._bound = max(self._bound, answer.bound)
            self._score(model, answer)
            if self._is_closed():
                return self._proved()
            if not answer.proved or self._budget.is_over():
                return self._stopped()

    # ------------------------------------------------------------------ exact scores
    def _check(self, answer: JointAnswer) -> None:
        """Trust no answer that contradicts what is known.

        The model holds the mapping of the coarse one, whose cost is the most of interest, until
        something is excluded. That CP-SAT does not find it back would be a fault of either.
        """
        is_first = self._bound == 0.0
        if is_first and self._best is not None and answer.bound > self._best.value * (1 + COARSEST):
            raise RuntimeError(
                f"the joint model has a bound of {answer.bound!r}, "
                f"above a mapping that costs {self._best.value!r}"
            )

    def _look_at(self, coarse: Domain) -> None:
        """Score what a coarse model finds: nothing above it is of interest any more."""
        model = JointModel.of(self._costs, coarse)
        for found in minimise(model, self._options, self._budget).found[-1:]:
            scored = self._scores.best_arrangement(found.choice, self._goal, 0.0, self._budget)
            self._best = better_of(scored.best, self._best)

    def _score(self, model: JointModel, answer: JointAnswer) -> None:
        """Score the solutions of an answer, the best first, and exclude them."""
        for found in reversed(answer.found):
            scored = self._scores.best_arrangement(
                found.choice, self._goal, answer.bound, self._budget
            )
            self._best = better_of(scored.best, self._best)
            if scored.bound <= answer.bound and not self._is_at(scored.best, answer.bound):
                self._unresolved = min(self._unresolved, answer.bound)
            model.exclude(found.rows)

    def _is_at(self, best: Incumbent | None, bound: float) -> bool:
        """Whether a mapping is as good as a bound."""
        return best is not None and best.value <= bound * (1 + RESOLUTION)

    # ------------------------------------------------------------------ verdicts
    @property
    def _value(self) -> float:
        """Objective of the incumbent, or above which nothing is asked for."""
        return self._options.cutoff if self._best is None else self._best.value

    def _is_closed(self) -> bool:
        """Whether nothing that is left can be better than the incumbent."""
        return self._bound >= self._value * (1 - RESOLUTION)

    def _proved(self) -> Solution:
        """Return the optimum, or say that there is no mapping."""
        objective, count = self._goal.objective, self._scores.count
        bound = min(self._bound, self._unresolved)
        asked = self._best is not None and self._best.value <= self._options.cutoff
        if not asked or self._best is None:
            none_at_all = math.isinf(self._options.cutoff)
            return Solution(
                "INFEASIBLE",
                objective,
                bound=None if none_at_all else min(bound, self._options.cutoff),
                reason="no mapping fits" if none_at_all else None,
                exact_scores=count,
            )
        best = self._best
        is_resolved = bound >= best.value * (1 - RESOLUTION)
        return self._with_mapping(best, bound, None if is_resolved else STOPPED)

    def _stopped(self) -> Solution:
        """Return the best mapping so far."""
        objective, count = self._goal.objective, self._scores.count
        bound = min(self._bound, self._unresolved)
        if self._best is None or self._best.value > self._options.cutoff:
            return Solution("UNKNOWN", objective, bound=bound, reason=STOPPED, exact_scores=count)
        return self._with_mapping(self._best, bound, STOPPED)

    def _with_mapping(self, best: Incumbent, bound: float, reason: str | None) -> Solution:
        """Return a mapping with its certified bound."""
        return Solution(
            "OPTIMAL" if reason is None else "FEASIBLE",
            self._goal.objective,
            mapping=best.mapping,
            cost=best.cost,
            objective_value=best.value,
            bound=min(best.value, bound),
            reason=reason,
            exact_scores=self._scores.count,
            spatial_mappings=None,
            mapspace_size=None,
        )
