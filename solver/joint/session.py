"""A session with CP-SAT about the joint model: minimise, exclude, minimise again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.core.budget import Budget
from zigzag_imc.solver.formulation.stopping import stopped_by
from zigzag_imc.solver.joint.model import JointModel, Rows
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.solution import SearchOptions

_LEAST_SECONDS = 0.01
"""Time limit of a solve at least: CP-SAT takes none for no limit."""

_ALWAYS = (
    ("num_workers", 1),  # the same model gives the same answer
    # The clauses tell CP-SAT all that presolve would; sums of many rows keep it for longer than
    # the search without it takes.
    ("cp_model_presolve", False),
    ("linearization_level", 0),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A solution of the model.

    Attributes
    ----------
    rows
        What it chooses, as the model tells it apart.
    choice
        Its spatial mapping and tiles.
    """

    rows: Rows
    choice: TileChoice


@dataclass(frozen=True, slots=True)
class JointAnswer:
    """Result of one minimisation.

    Attributes
    ----------
    found
        Solutions met, each better than the one before.
    bound
        Proved lower bound of the objective; infinite where there is no solution.
    proved
        Whether the last solution is optimal, or without one, that there is none.
    """

    found: tuple[Found, ...]
    bound: float
    proved: bool


class _Recorder(cp_model.CpSolverSolutionCallback):
    """Keeps every solution met on the way."""

    def __init__(self, model: JointModel) -> None:
        super().__init__()
        self._model = model
        self.found: list[Found] = []

    def on_solution_callback(self) -> None:
        """Keep a solution."""
        rows = self._model.rows(self.value)
        self.found.append(Found(rows, self._model.choice(self.value)))


def minimise(model: JointModel, options: SearchOptions, budget: Budget) -> JointAnswer:
    """Solve the model as it stands."""
    solver = _solver((*_ALWAYS, *options.parameters), options.seed, budget)
    recorder = _Recorder(model)
    with stopped_by(budget, solver):
        status = solver.solve(model.cp_model, recorder)
    if status == cp_model.INFEASIBLE:
        return JointAnswer((), math.inf, True)
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(f"CP-SAT rejects the model: {model.cp_model.validate()}")
    bound = max(0.0, solver.best_objective_bound) * model.unit
    return JointAnswer(tuple(recorder.found), bound, status == cp_model.OPTIMAL)


def _solver(parameters: Sequence[tuple[str, int]], seed: int, budget: Budget) -> cp_model.CpSolver:
    """Return CP-SAT with all parameters set."""
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = seed
    solver.parameters.catch_sigint_signal = False  # the caller decides what Ctrl-C does
    for name, value in parameters:
        setattr(solver.parameters, name, value)
    if budget.left_s is not None:
        solver.parameters.max_time_in_seconds = max(_LEAST_SECONDS, budget.left_s)
    return solver
