"""A session with CP-SAT.

Build the model of the remaining candidates once, minimise, exclude, minimise again.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.solver.formulation.model import Problem, build
from zigzag_imc.solver.formulation.scaling import Scale
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.candidates import Candidate, SpatialOption
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.scoring.loop_orders import CutPlace
from zigzag_imc.solver.solution import ShouldStop
from zigzag_imc.solver.tables.links import link_kinds

POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Answer:
    """Result of one minimisation.

    Attributes
    ----------
    solutions
        Chosen candidates of every solution met, each better than the one before; none where the
        model has none.
    bound
        Proved lower bound of the objective.
    proved
        Whether the last solution is optimal, or without one, that there is none.
    """

    solutions: tuple[tuple[int, ...], ...]
    bound: float
    proved: bool


class _Recorder(cp_model.CpSolverSolutionCallback):
    """Keeps every solution met on the way.

    Any of them may turn out the best when it is scored exactly.
    """

    def __init__(self, tiles: list[cp_model.IntVar]) -> None:
        super().__init__()
        self._tiles = tiles
        self.solutions: list[tuple[int, ...]] = []

    def on_solution_callback(self) -> None:
        """Keep the candidates of a solution."""
        self.solutions.append(
            tuple(n for n, tile in enumerate(self._tiles) if self.boolean_value(tile))
        )


class Session:
    """The CP-SAT model of what is left of a search."""

    def __init__(
        self,
        bench: Workbench,
        goal: Goal,
        options: list[SpatialOption],
        candidates: list[Candidate],
        best: float,
    ) -> None:
        self.goal = goal
        self.candidates = candidates
        self.seed = bench.options.seed
        self.parameters = bench.options.parameters
        used = sorted({candidate.option for candidate in candidates})
        self.scale = _scale(goal, options, candidates, best)
        problem = Problem(
            bench.accelerator,
            [options[number] for number in used],
            [_renumbered(candidate, used.index(candidate.option)) for candidate in candidates],
            goal,
            self.scale,
            tuple(bench.layer.relevant(operand) for operand in OPERANDS),
            link_kinds(bench.model),
        )
        self.model, self.variables = build(problem)
        self._by_key = {(c.option, c.place, c.index): number for number, c in enumerate(candidates)}

    def exclude(self, tiles: Iterable[tuple[int, CutPlace, tuple[int, ...]]]) -> None:
        """Forbid one choice of tiles, all of whose loop orders have been scored."""
        numbers = [self._by_key.get(key) for key in tiles]
        if None not in numbers:
            self.model.add_bool_or([self.variables.tiles[number].negated() for number in numbers])  # type: ignore[index]

    def minimise(self, seconds: float | None, should_stop: ShouldStop) -> Answer:
        """Solve the model.

        One worker and a fixed seed, so that the same model gives the same answer.
        """
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self.seed
        solver.parameters.catch_sigint_signal = False  # the caller decides what Ctrl-C does
        for name, value in self.parameters:
            setattr(solver.parameters, name, value)
        if seconds is not None:
            solver.parameters.max_time_in_seconds = max(0.01, seconds)
        recorder = _Recorder(self.variables.tiles)
        done = threading.Event()

        def watch() -> None:
            while not done.wait(POLL_SECONDS):
                if should_stop():
                    solver.stop_search()
                    return

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            status = solver.solve(self.model, recorder)
        finally:
            done.set()
            watcher.join()
        if status == cp_model.INFEASIBLE:
            return Answer((), math.inf, True)
        if status == cp_model.MODEL_INVALID:
            raise RuntimeError(f"CP-SAT rejects the model: {self.model.validate()}")
        unit = self._unit()
        bound = max(0.0, solver.best_objective_bound) * unit
        return Answer(tuple(dict.fromkeys(recorder.solutions)), bound, status == cp_model.OPTIMAL)

    def _unit(self) -> float:
        """Value of one unit of the objective."""
        if self.goal.objective == "energy":
            return self.scale.energy_unit_pj
        if self.goal.objective == "latency":
            return self.scale.latency_unit
        return self.scale.product_unit

    @property
    def resolution(self) -> float:
        """Relative distance of bound and value that rounding alone can cause."""
        return 2 * self.scale.product_resolution if self.goal.objective == "edp" else 0.0


def _scale(
    goal: Goal, options: list[SpatialOption], candidates: list[Candidate], best: float
) -> Scale:
    """Units that fit the range of values of the candidates."""
    used = {candidate.option for candidate in candidates}
    slots: dict[CutPlace, float] = {}
    waits: dict[CutPlace, float] = {}
    for c in candidates:
        slots[c.place] = max(slots.get(c.place, 0.0), c.energy_pj)
        longest = max([0.0, *c.busy.values(), *c.stuck.values()]) + 2 * max(
            [c.link, *c.loads.values()]
        )
        waits[c.place] = max(waits.get(c.place, 0.0), longest)
    energy = max(options[n].columns.fixed_energy_pj for n in used) + sum(slots.values())
    latency = max(
        options[n].columns.compute_cycles
        + max(
            [0.0, *options[n].columns.fixed_busy.values(), *options[n].columns.fixed_stuck.values()]
        )
        for n in used
    ) + sum(waits.values())
    if goal.objective == "energy":
        energy = min(energy, best * (1 + 1e-6))
    if goal.objective == "latency":
        latency = min(latency, best + 1)
    energy = min(energy, goal.most_energy_pj * (1 + 1e-6))
    latency = min(latency, goal.most_latency + 1)
    if goal.objective == "edp" and math.isfinite(best):
        least_latency = min(options[n].columns.compute_cycles for n in used)
        least_energy = min(options[n].columns.fixed_energy_pj for n in used)
        if least_latency > 0:
            energy = min(energy, best / least_latency * (1 + 1e-6))
        if least_energy > 0:
            latency = min(latency, best / least_energy + 1)
    return Scale.of(energy, latency, best if goal.objective == "edp" else math.inf)


def _renumbered(candidate: Candidate, option: int) -> Candidate:
    """The same candidate with its option's number in the model."""
    return replace(candidate, option=option)
