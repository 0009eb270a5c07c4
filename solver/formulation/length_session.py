"""A session with CP-SAT about tiles of any lengths: solutions are candidates and lengths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ortools.sat.python import cp_model

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.formulation.attempts import Attempt, attempts, is_decided
from zigzag_imc.solver.formulation.energy import LARGE
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.session import Session
from zigzag_imc.solver.formulation.stopping import stopped_by
from zigzag_imc.solver.formulation.variables import Variables
from zigzag_imc.solver.scoring.tile_choice import CutPlace

MOST_SOLUTIONS = 300
"""Solutions of one solve, each better than the one before, until it is begun anew. Where CP-SAT's
presolve has used a symmetry, the search may come down by one unit of the objective at a time, of a
billion, and what it keeps of them grows without end."""

Lengths = tuple[tuple[CutPlace, tuple[tuple[str, int], ...]], ...]
"""Length of the tile at every cut along every dimension."""


class Pick(NamedTuple):
    """A solution.

    Attributes
    ----------
    tiles
        Numbers of the chosen candidates.
    lengths
        Lengths of their tiles.
    """

    tiles: tuple[int, ...]
    lengths: Lengths


class LengthAnswer(NamedTuple):
    """As an `Answer`.

    Attributes
    ----------
    picks
        Every solution met, each better than the one before.
    bound, proved
        As of an `Answer`.
    """

    picks: tuple[Pick, ...]
    bound: float
    proved: bool


class _Recorder(cp_model.CpSolverSolutionCallback):
    """Keeps every solution met on the way, and ends the search after the most that it may keep."""

    def __init__(self, variables: Variables, most: float) -> None:
        super().__init__()
        self._variables, self._most = variables, most
        self.picks: list[Pick] = []

    @property
    def is_full(self) -> bool:
        """Whether there are as many solutions as may be kept."""
        return len(self.picks) >= self._most

    def on_solution_callback(self) -> None:
        """Keep the candidates of a solution and their lengths."""
        chosen = (n for n, tile in enumerate(self._variables.tiles) if self.boolean_value(tile))
        lengths = tuple(
            (place, tuple((dim, self.value(length)) for dim, length in own.items()))
            for place, own in self._variables.lengths.items()
        )
        self.picks.append(Pick(tuple(chosen), lengths))
        if self.is_full:
            self.stop_search()


class LengthSession(Session):
    """The CP-SAT model of one spatial mapping whose tiles may have any lengths.

    It minimises a cost that is at least its objective: so what is known of all mappings may be
    asked of the cost, though the objective may take a mapping for less.
    """

    def __init__(
        self, problem: Problem, seed: int = 0, parameters: Sequence[tuple[str, int]] = ()
    ) -> None:
        super().__init__(problem, seed, parameters)
        self._is_large = len(problem.candidates) >= LARGE
        objective = self.variables.objective
        assert objective is not None, "the model is built"
        self._cost = self.model.new_int_var(0, max(objective.proto.domain), "cost")
        self.model.add(self._cost >= objective)
        self.model.minimize(self._cost)

    def picks(self, budget: Budget, below: float, least: float = 0.0) -> LengthAnswer:
        """Solve the model, for what may cost less than a value.

        What is proved of all mappings, that they cost at least ``least`` and what former solves
        have found, need not be proved again.
        """
        self._ask_within(least, below)
        met: dict[Pick, None] = {}
        for attempt in attempts():
            status, proved = self._attempt(attempt, budget, met)
            if status == cp_model.INFEASIBLE:
                return LengthAnswer((), math.inf, True)
            self.model.add(self._cost >= math.floor(proved))
            if is_decided(status) or budget.is_over():
                break
        return LengthAnswer(tuple(met), proved * self.unit, status == cp_model.OPTIMAL)

    def _ask_within(self, least: float, below: float) -> None:
        """Ask for no less than what is proved of all mappings, and for what may be below a value.

        Both may be beyond the range of all costs, and of CP-SAT's numbers: where nothing fits, the
        price of room alone is. Anything above that range says the same.
        """
        beyond = max(self._cost.proto.domain) + 1
        units = math.floor(least * (1 - TOLERANCE) / self.unit)
        self.model.add(self._cost >= min(units, beyond))
        if below / self.unit < beyond:
            self.model.add(self._cost <= math.floor(below / self.unit))

    def _attempt(
        self, attempt: Attempt, budget: Budget, met: dict[Pick, None]
    ) -> tuple[cp_model.CpSolverStatus, float]:
        """Solve the model as far as an attempt goes; what is met is added, the best at the end."""
        solver = self._solver(budget)
        attempt.set(solver)
        most = math.inf if attempt.is_relaxed else MOST_SOLUTIONS
        recorder = _Recorder(self.variables, most)
        with stopped_by(budget, solver):
            status = solver.solve(self.model, recorder)
        if status == cp_model.MODEL_INVALID:
            raise RuntimeError(f"CP-SAT rejects the model: {self.model.validate()}")
        for pick in recorder.picks:
            met.pop(pick, None)
            met[pick] = None
        return status, max(0.0, solver.best_objective_bound)

    def _solver(self, budget: Budget) -> cp_model.CpSolver:
        """Return CP-SAT with all parameters set.

        Probing, and looking for what long sums have in common, take longer than they spare here; in
        large models all of CP-SAT's presolve does, while more of its linear relaxation spares time.
        """
        solver = super()._solver(budget)
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.find_big_linear_overlap = False
        if self._is_large:
            solver.parameters.cp_model_presolve = False
            if "linearization_level" not in dict(self.parameters):
                solver.parameters.linearization_level = 2
        return solver

    def exclude_lengths(self, lengths: Lengths) -> None:
        """Forbid tiles of some lengths, all of whose loop orders have been scored."""
        known = [
            (self.variables.lengths[place][dim], length)
            for place, own in lengths
            for dim, length in own
        ]
        if known:
            variables, row = zip(*known, strict=True)
            self.model.add_forbidden_assignments(list(variables), [list(row)])
        else:  # a single step is left: there is one choice of tiles
            self.model.add_bool_or([])
