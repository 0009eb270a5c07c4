"""Exact scores of one layer's mappings: the only place where a search calls the cost model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.capacity import overflows
from zigzag_imc.models.mapspace.constraints.kept import keeps
from zigzag_imc.models.mapspace.constraints.loop_order import LoopRules
from zigzag_imc.models.mapspace.constraints.short_ends import ShortRules
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.scoring.incumbent import Incumbent, better_of
from zigzag_imc.solver.scoring.ruled_orders import ruled_arrangements
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.solution import ParetoPoint

MOST_ORDERS = 2000
"""Loop orders scored for one choice of tiles."""

_LOOK_EVERY = 100
"""Loop orders scored between two looks at the clock."""


class Scorer:
    """Scores mappings of one layer exactly, and counts them.

    Attributes
    ----------
    model
        The exact cost model of the layer.
    count
        Mappings scored.
    """

    def __init__(self, model: CostModel) -> None:
        self.model = model
        self.count = 0

    def score(self, mapping: LayerMapping) -> Cost:
        """Exact cost of a legal mapping."""
        self.count += 1
        return self.model.evaluate(mapping)


@dataclass(frozen=True, slots=True)
class Arranged:
    """What the loop orders of one choice of tiles come to.

    Attributes
    ----------
    best
        Best mapping within the limits of the goal; ``None`` where there is none.
    bound
        Proved lower bound of the objective of all loop orders; infinite where none keeps the
        limits.
    """

    best: Incumbent | None
    bound: float


class KeptScores(Scorer):
    """Exact scores of mappings that keep constraints, each worked out once and kept.

    Several goals for the same layer (its Pareto front) share them.

    Parameters
    ----------
    model
        The exact cost model of the layer.
    constraints
        What mappings have to keep.
    has_any_sizes
        Whether tiles need not divide. Some may not fit then; mappings that do not are left out.
    """

    def __init__(
        self, model: CostModel, constraints: Constraints = (), has_any_sizes: bool = False
    ) -> None:
        super().__init__(model)
        self._constraints = constraints
        self._has_any_sizes = has_any_sizes
        self._known: dict[LayerMapping, Cost] = {}
        precision = model.layer.precision
        self._may_overflow = has_any_sizes or precision.O_final > precision.O

    def score(self, mapping: LayerMapping) -> Cost:
        """Exact cost of a legal mapping."""
        known = self._known.get(mapping)
        if known is None:
            known = self._known[mapping] = super().score(mapping)
        return known

    def points(self) -> Iterator[ParetoPoint]:
        """All mappings scored so far."""
        return (ParetoPoint(mapping, cost) for mapping, cost in self._known.items())

    def best_for(self, goal: Goal) -> Incumbent | None:
        """Best of all mappings scored so far, for a goal."""
        best: Incumbent | None = None
        for mapping, cost in self._known.items():
            best = better_of(_within_limits(goal, mapping, cost), best)
        return best

    def best_arrangement(
        self, choice: TileChoice, goal: Goal, floor: float, budget: Budget
    ) -> Arranged:
        """Best exact score over the loop orders of a choice of tiles.

        Parameters
        ----------
        choice
            Tiles whose loop orders are scored.
        goal
            The objective, and limits to keep.
        floor
            Lower bound of the objective of all loop orders, in the objective's unit. An order that
            reaches it ends the search; it is also what is proved where not all were told apart.
        budget
            Looked at now and then.
        """
        best: Incumbent | None = None
        for count, mapping in enumerate(self._arrangements(choice), start=1):
            if self._fits(mapping) and self._is_allowed(mapping):
                best = better_of(_within_limits(goal, mapping, self.score(mapping)), best)
            if _value(best) <= floor * (1 + TOLERANCE):
                break  # floor <= objective of every order: none is better
            if count >= MOST_ORDERS or (count % _LOOK_EVERY == 0 and budget.is_over()):
                return Arranged(best, floor)
        return Arranged(best, _value(best))

    def _arrangements(self, choice: TileChoice) -> Iterator[LayerMapping]:
        """Loop orders of a choice of tiles that can differ in cost, as far as they are allowed."""
        if not self._constraints:
            return choice.arrangements(self.model.layer)
        sizes, layer = dict(choice.temporal), self.model.layer
        if not self._has_any_sizes:
            return ruled_arrangements(choice, layer, LoopRules.of(self._constraints, sizes))
        rules = ShortRules.of(self._constraints, sizes)
        return chain.from_iterable(
            ruled_arrangements(choice, layer, one) for one in rules.alternatives(choice.has_beside)
        )

    def _is_allowed(self, mapping: LayerMapping) -> bool:
        """Whether a mapping keeps all constraints."""
        return keeps(self.model.layer, self.model.accelerator, mapping, self._constraints)

    def _fits(self, mapping: LayerMapping) -> bool:
        """Whether a loop order of tiles fits.

        Those of tiles that fit do, but for loops that sink below the outputs' cut and finish them,
        which takes more room where they widen.
        """
        if not self._may_overflow:
            return True
        return not overflows(self.model.layer, self.model.accelerator, mapping)


def _within_limits(goal: Goal, mapping: LayerMapping, cost: Cost) -> Incumbent | None:
    """Rank a mapping for a goal; ``None`` outside the goal's limits."""
    if not goal.allows(cost.energy_pj, cost.latency_cycles):
        return None
    return Incumbent.of(goal.value(cost.energy_pj, cost.latency_cycles), mapping, cost)


def _value(best: Incumbent | None) -> float:
    """Objective of the best mapping; infinite where there is none."""
    return math.inf if best is None else best.value
