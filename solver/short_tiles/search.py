"""The search among tiles of any size, for the least energy.

1. The search over divisors gives a first mapping.
2. A quick bound of every spatial mapping drops those that cannot need less; it knows no sizes of
   tiles, so it holds of all.
3. Each of the others has a CP-SAT model, by rising bound, which is asked for anything below the
   best mapping. Every solution is scored exactly, kept if better, and excluded. When all models are
   refuted, the best mapping is proved.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace

import numpy as np
from ortools.sat.python import cp_model

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.tolerances import RESOLUTION, TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.capacity import overflows
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.solver.formulation.stopping import stopped_by
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.minimise import minimise
from zigzag_imc.solver.scoring.incumbent import Incumbent, better_of
from zigzag_imc.solver.scoring.segment_orders import MOST_ARRANGEMENTS
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.short_tiles.model import ShortTilesModel
from zigzag_imc.solver.solution import STOPPED, SearchOptions, Solution

MOST_SOLUTIONS = 1000
"""Solutions of one spatial mapping that are scored before it is left open."""

_LEAST_SECONDS = 0.01
"""Time limit of a solve at least: CP-SAT takes none for no limit."""


def search_short_tiles(costs: CostModel, options: SearchOptions, budget: Budget) -> Solution | None:
    """Find the mapping of least energy among tiles of any size, and prove it.

    ``None`` where nothing fits: tiles of one step and of all need the least room, and they divide,
    so that is so for all sizes of tiles or for none.
    """
    return ShortTilesSearch(costs, options, budget).run()


@dataclass
class ShortTilesSearch:
    """A search for the least energy.

    Attributes
    ----------
    costs
        Exact cost model of the layer.
    options
        Cutoff, seed and parameters of CP-SAT, and the space.
    budget
        When to end with the best mapping so far.
    best
        The best mapping so far.
    open_pj
        Least bound of what was left open; infinite where nothing was.
    """

    costs: CostModel
    options: SearchOptions
    budget: Budget
    best: Incumbent | None = None
    open_pj: float = math.inf
    _bench: Workbench = field(init=False)

    def __post_init__(self) -> None:
        narrow = replace(self.options.space, tile_sizes="divisors")
        self._bench = Workbench(
            self.costs, replace(self.options, space=narrow), self.budget, with_latency=False
        )

    def run(self) -> Solution | None:
        """Search; ``None`` where nothing fits, which is so for all sizes of tiles or for none."""
        started = time.monotonic()
        verdict = minimise(self._bench, Goal("energy"))
        self.best = verdict.best
        if self.best is None and verdict.proved and math.isinf(self.options.cutoff):
            return None
        for part, listing in self._bench.all_listings():
            quick_pj = listing.quick.energy_pj * (1 - TOLERANCE)
            for number in np.argsort(quick_pj, kind="stable").tolist():
                if float(quick_pj[number]) > self.most_pj:
                    break
                self._close(self._bench.listings[part].spatials[number], float(quick_pj[number]))
        if not self._bench.complete:
            self.open_pj = min(self.open_pj, self._bench.floor.energy_pj * (1 - TOLERANCE))
        return self._solution(time.monotonic() - started)

    @property
    def most_pj(self) -> float:
        """Energy up to which a mapping is of interest: better than the best, and asked for."""
        best = math.inf if self.best is None else self.best.value * (1 - RESOLUTION / 2)
        return min(best, self.options.cutoff)

    # ------------------------------------------------------------------ one spatial mapping
    def _close(self, spatial: SpatialMapping, bound_pj: float) -> None:
        """Find what is better under one spatial mapping, until there is nothing."""
        if self.budget.is_over() or math.isinf(self.most_pj):
            self.open_pj = min(self.open_pj, bound_pj)
            return
        model = ShortTilesModel.of(self.costs, spatial, self.most_pj)
        if model is None:
            return
        for _ in range(MOST_SOLUTIONS):
            solver = self._solver()
            with stopped_by(self.budget, solver):
                status = solver.solve(model.model)
            if status == cp_model.INFEASIBLE:
                return
            if status == cp_model.MODEL_INVALID:
                raise RuntimeError(f"CP-SAT rejects the model: {model.model.validate()}")
            if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                break
            if not self._score(model.choice(solver)) or self.budget.is_over():
                break
            model.exclude(solver)
            model.ask_below(self.most_pj)
        self.open_pj = min(self.open_pj, bound_pj)

    def _score(self, choice: TileChoice) -> bool:
        """Score some tiles exactly; whether that is all that is to know of them.

        All loop orders that agree with them cost the same, or less where loops sink below a cut;
        those are other tiles, too. Loops that sink below the outputs' cut may finish and so widen
        them: then another order may fit.
        """
        layer, accelerator = self.costs.layer, self.costs.accelerator
        arranged = list(choice.arrangements(layer))
        for mapping in arranged:
            if not overflows(layer, accelerator, mapping):
                cost = self._bench.scores.score(mapping)
                self.best = better_of(Incumbent.of(cost.energy_pj, mapping, cost), self.best)
                return True
        return len(arranged) < MOST_ARRANGEMENTS

    def _solver(self) -> cp_model.CpSolver:
        """Return CP-SAT with all parameters set."""
        solver = cp_model.CpSolver()
        solver.parameters.random_seed = self.options.seed
        solver.parameters.catch_sigint_signal = False  # the caller decides what Ctrl-C does
        solver.parameters.num_workers = 1  # the same model gives the same answer
        for name, value in self.options.parameters:
            setattr(solver.parameters, name, value)
        if self.budget.left_s is not None:
            solver.parameters.max_time_in_seconds = max(_LEAST_SECONDS, self.budget.left_s)
        return solver

    # ------------------------------------------------------------------ the answer
    def _solution(self, seconds: float) -> Solution:
        """Say what is proved."""
        best, bound = self.best, min(self.most_pj, self.open_pj)
        is_asked = best is not None and best.value <= self.options.cutoff
        is_proved = self.open_pj >= self.most_pj
        counts = self._bench.counts()
        size = None
        if counts.mappings is not None:
            spatials = self._bench.listing.spatials
            layer, accelerator = self.costs.layer, self.costs.accelerator
            size = mapspace_size(
                layer, accelerator, self.costs.profile, self.options.space, spatials
            )
        found = Solution(
            "INFEASIBLE" if is_proved else "UNKNOWN",
            "energy",
            bound=bound,
            reason=None if is_proved else STOPPED,
            exact_scores=self._bench.scores.count,
            spatial_mappings=counts.spatial_mappings,
            mapspace_size=size,
            seconds=seconds,
        )
        if best is None or not is_asked:
            return found
        return replace(
            found,
            status="OPTIMAL" if is_proved else "FEASIBLE",
            mapping=best.mapping,
            cost=best.cost,
            objective_value=best.value,
            bound=min(best.value, bound),
        )
