"""The workbench of one layer: all that several searches of it share."""

from __future__ import annotations

from collections import OrderedDict

from zigzag_imc.core.budget import Budget
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.listing import Listing, MapspaceCounts
from zigzag_imc.solver.scoring.scores import Arranged, KeptScores
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.solution import SearchOptions
from zigzag_imc.solver.tables.builder import ColumnBuilder
from zigzag_imc.solver.tables.cut import SpatialColumns

MOST_COLUMNS = 1000
"""Spatial mappings whose columns are kept for another goal; some hundred kilobytes each, by the
number of tiles."""


class Workbench:
    """A layer on an accelerator under a profile.

    The latest columns of spatial mappings and all exact scores are kept, so that several goals for
    the same layer (its Pareto front) share them.

    Parameters
    ----------
    costs
        Exact cost model of the layer.
    options
        Gap, seed and cutoff.
    budget
        Time for all searches; no limit when left out.
    with_latency
        Whether bounds and columns of the latency are needed.

    Attributes
    ----------
    budget
        What is left of the budget, from the beginning of this work on.
    listing
        All spatial mappings with their quick bounds.
    scores
        Every exact score made so far.
    """

    def __init__(
        self,
        costs: CostModel,
        options: SearchOptions | None = None,
        budget: Budget | None = None,
        with_latency: bool = True,
    ) -> None:
        self.costs = costs
        self.layer, self.accelerator = costs.layer, costs.accelerator
        self.options = options or SearchOptions()
        self.budget = (budget or Budget.of()).rest()
        self.scores = KeptScores(costs)
        self.listing = Listing.of(costs, with_latency, self.budget)
        self._builder = ColumnBuilder(costs, with_latency)
        self._columns: OrderedDict[int, SpatialColumns] = OrderedDict()

    def columns(self, number: int) -> SpatialColumns:
        """Columns of a spatial mapping; the `MOST_COLUMNS` asked for last are kept."""
        found = self._columns.pop(number, None)
        if found is None:
            found = self._builder.build(self.listing.spatials[number])
        self._columns[number] = found  # the last one again
        if len(self._columns) > MOST_COLUMNS:
            self._columns.popitem(last=False)
        return found

    def best_arrangement(self, choice: TileChoice, goal: Goal, floor: float) -> Arranged:
        """Best exact score over the loop orders of a choice of tiles."""
        return self.scores.best_arrangement(choice, goal, floor, self.budget)

    def counts(self) -> MapspaceCounts:
        """How many spatial mappings and mappings there are."""
        return self.listing.counts(self.costs, self.budget)
