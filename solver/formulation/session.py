"""A session with CP-SAT.

Build the model of the remaining candidates once, minimise, exclude, minimise again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ortools.sat.python import cp_model

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.tolerances import COARSEST, RESOLUTION
from zigzag_imc.solver.formulation.answer import Answer
from zigzag_imc.solver.formulation.attempts import attempts, is_decided
from zigzag_imc.solver.formulation.model import build
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.stopping import stopped_by

_LEAST_SECONDS = 0.01
"""Time limit of a solve at least: CP-SAT takes none for no limit."""


class _Recorder(cp_model.CpSolverSolutionCallback):
    """Keeps every solution met on the way.

    Any of them may turn out the best when it is scored exactly.
    """

    def __init__(self, tiles: Sequence[cp_model.IntVar]) -> None:
        super().__init__()
        self._tiles = tiles
        self.solutions: list[tuple[int, ...]] = []

    def on_solution_callback(self) -> None:
        """Keep the candidates of a solution."""
        chosen = (n for n, tile in enumerate(self._tiles) if self.boolean_value(tile))
        self.solutions.append(tuple(chosen))


class Session:
    """The CP-SAT model of what is left of a search.

    Parameters
    ----------
    problem
        What is left.
    seed
        Seed of the solver.
    parameters
        Names and values of further CP-SAT parameters.
    """

    def __init__(
        self, problem: Problem, seed: int = 0, parameters: Sequence[tuple[str, int]] = ()
    ) -> None:
        self.goal, self.scale = problem.goal, problem.scale
        self.seed, self.parameters = seed, parameters
        self.model, self.variables = build(problem)

    def exclude(self, tiles: Iterable[int]) -> None:
        """Forbid one choice of candidates, all of whose loop orders have been scored.

        A no-good: ``sum of (1 - tiles[t]) >= 1`` over the choice.
        """
        self.model.add_bool_or([self.variables.tiles[number].negated() for number in tiles])

    def minimise(self, budget: Budget) -> Answer:
        """Solve the model.

        One worker and a fixed seed, so that the same model gives the same answer.
        """
        recorder = _Recorder(self.variables.tiles)
        for attempt in attempts():
            solver = self._solver(budget)
            attempt.set(solver)
            with stopped_by(budget, solver):
                status = solver.solve(self.model, recorder)
            if is_decided(status) or budget.is_over():
                break
        if status == cp_model.INFEASIBLE:
            return Answer((), math.inf, True)
        if status == cp_model.MODEL_INVALID:
            raise RuntimeError(f"CP-SAT rejects the model: {self.model.validate()}")
        bound = max(0.0, solver.best_objective_bound) * self.unit
        return Answer(tuple(dict.fromkeys(recorder.solutions)), bound, status == cp_model.OPTIMAL)

    @property
    def resolution(self) -> float:
        """Relative distance of bound and value at which a mapping counts as proved optimal.

        Rounding alone can cause as much.
        """
        rounding = 2 * self.scale.product_resolution if self.goal.objective == "edp" else 0.0
        return max(RESOLUTION, min(COARSEST, rounding))

    def _solver(self, budget: Budget) -> cp_model.CpSolver:
        """Return CP-SAT with all parameters set."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self.seed
        solver.parameters.catch_sigint_signal = False  # the caller decides what Ctrl-C does
        for name, value in self.parameters:
            setattr(solver.parameters, name, value)
        if budget.left_s is not None:
            solver.parameters.max_time_in_seconds = max(_LEAST_SECONDS, budget.left_s)
        return solver

    @property
    def unit(self) -> float:
        """Value of one unit of the objective."""
        units = {
            "energy": self.scale.energy_unit_pj,
            "latency": self.scale.latency_unit,
            "edp": self.scale.product_unit,
        }
        return units[self.goal.objective]
