"""The scoreboard of an engine: every exact score made, the incumbent, and when to stop."""

from __future__ import annotations

import math

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.constraints.kept import keeps
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.scoring.incumbent import Incumbent, better_of
from zigzag_imc.solver.scoring.scores import Scorer


class OutOfBudget(Exception):  # noqa: N818  (not an error)
    """Ends a search from wherever it is."""


class Scoreboard:
    """Scores legal mappings of one layer and keeps the best.

    Parameters
    ----------
    layer, accelerator, profile
        What is mapped onto what, under which cost model.
    objective
        What mappings are ranked by.
    budget
        Looked at before every score; no limit when left out.
    space
        Which mappings are asked for.

    Attributes
    ----------
    accelerator
        The accelerator as the layer sees it.
    constraints
        What mappings have to keep.
    best
        The incumbent: least objective, then energy, then latency, then the one scored first.
    """

    def __init__(
        self,
        layer: Layer,
        accelerator: Accelerator,
        profile: CostProfile,
        objective: Objective,
        budget: Budget | None = None,
        space: Space = DIVISORS,
    ) -> None:
        costs = CostModel(layer, accelerator, profile)
        self.layer, self.accelerator, self.profile = layer, costs.accelerator, profile
        self.space = space
        self.best: Incumbent | None = None
        self._scorer = Scorer(costs)
        self._objective = objective
        self._budget = budget or Budget.of()
        self.constraints = space.constraints

    @property
    def exact_scores(self) -> int:
        """Mappings scored so far; one that comes again counts again."""
        return self._scorer.count

    def check(self) -> None:
        """Raise `OutOfBudget` when a limit is reached or the user asks to stop."""
        if self._budget.is_over():
            raise OutOfBudget

    def is_over(self, share: float = 1.0) -> bool:
        """Whether a share of the time is used up, or the user asks to stop."""
        return self._budget.is_over(share)

    def score(self, mapping: LayerMapping) -> float:
        """Return the exact objective of a legal mapping (pJ, cycles, or pJ x cycles).

        Infinite for a mapping that breaks a constraint, which is not scored.

        Raises
        ------
        OutOfBudget
            Before the mapping is scored.
        """
        self.check()
        if not keeps(self.layer, self.accelerator, mapping, self.constraints):
            return math.inf
        cost = self._scorer.score(mapping)
        value = cost.value(self._objective)
        self.best = better_of(Incumbent.of(value, mapping, cost), self.best)
        return value
