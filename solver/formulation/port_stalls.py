"""Port stalls: computing waits for the port that keeps it longest."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate, PortLoads
from zigzag_imc.solver.formulation.length_windows import add_length_windows
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables, total
from zigzag_imc.solver.formulation.windows import add_windows
from zigzag_imc.solver.tables.cut import ROW_PORT, PortKey, SpatialColumns

Loads = Mapping[PortKey, float]
"""Cycles per port."""


def add_port_stalls(
    problem: Problem,
    model: cp_model.CpModel,
    variables: Variables,
    compute: cp_model.LinearExpr,
    stall: cp_model.IntVar,
) -> None:
    """Bound the stall from below, port by port.

    ``stall >= stuck + what reduced windows cost``: what no window hides. And
    ``compute + stall >= busy``: a port moves its transfers while it computes or stalls. The array's
    row-by-row writes stall it whenever they happen, so only the first counts there.
    """
    add = add_windows if problem.sizes is None else add_length_windows
    losses = add(problem, model, variables)
    for key in _ports(problem):
        model.add(stall >= _stuck(problem, variables, key) + total(losses.get(key, ())))
        if key[1] != ROW_PORT:
            model.add(stall + compute >= _busy(problem, variables, key))


def _ports(problem: Problem) -> list[PortKey]:
    """Ports with any load."""
    keys: set[PortKey] = set()
    for candidate in problem.candidates:
        keys |= candidate.ports.busy.keys() | candidate.ports.stuck.keys()
    for columns in problem.spatials:
        keys |= columns.fixed_busy.keys() | columns.fixed_stuck.keys()
    return sorted(keys)


def _stuck(problem: Problem, variables: Variables, key: PortKey) -> cp_model.LinearExpr:
    """Cycles that no window on a port hides."""
    return _load(
        problem, variables, key, lambda ports: ports.stuck, lambda columns: columns.fixed_stuck
    )


def _busy(problem: Problem, variables: Variables, key: PortKey) -> cp_model.LinearExpr:
    """Cycles of transfer on a port after the first period."""
    return _load(
        problem, variables, key, lambda ports: ports.busy, lambda columns: columns.fixed_busy
    )


def _load(
    problem: Problem,
    variables: Variables,
    key: PortKey,
    of_tile: Callable[[PortLoads], Loads],
    of_spatial: Callable[[SpatialColumns], Loads],
) -> cp_model.LinearExpr:
    """Load of a port, in latency units: that of the chosen tiles, and what no cut changes."""
    cycles = problem.scale.latency

    def moved(tile: Candidate) -> int:
        return cycles(of_tile(tile.ports).get(key, 0.0))

    fixed = [cycles(of_spatial(columns).get(key, 0.0)) for columns in problem.spatials]
    return variables.over_tiles(problem.all_tiles, moved) + variables.over_spatials(fixed)
