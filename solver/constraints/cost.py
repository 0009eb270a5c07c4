"""Energy, latency and the objective: linear in the tiles, never more than the exact cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zigzag_imc.solver.columns import ROW_PORT, PortKey

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from zigzag_imc.solver.model import Problem, Variables


def add_energy(problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
    """Energy of the array and of the transfers over every cut."""
    scale = problem.scale
    total = sum(
        scale.energy(option.columns.fixed_energy_pj) * variables.spatial[number]
        for number, option in enumerate(problem.options)
    ) + sum(
        scale.energy(candidate.energy_pj) * variables.tiles[number]
        for number, candidate in enumerate(problem.candidates)
    )
    most = scale.most_energy
    if problem.goal.most_energy_pj != float("inf"):
        most = min(most, scale.energy(problem.goal.most_energy_pj))
    variables.energy = model.new_int_var(0, most, "energy")
    model.add(variables.energy == total)


def add_latency(problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
    """Bound the latency from below: computing, the stall of the worst port, on- and offloading."""
    scale = problem.scale
    most = scale.most_latency
    if problem.goal.most_latency != float("inf"):
        most = min(most, scale.latency(problem.goal.most_latency))
    compute = sum(
        scale.latency(option.columns.compute_cycles) * variables.spatial[number]
        for number, option in enumerate(problem.options)
    )
    stall = model.new_int_var(0, most, "stall")
    for key in _ports(problem):
        stuck = _load(problem, variables, key, "stuck")
        model.add(stall >= stuck)
        if key[1] != ROW_PORT:
            model.add(stall + compute >= _load(problem, variables, key, "busy"))
    onload = model.new_int_var(0, most, "onloading")
    _add_onloading(problem, model, variables, onload, most)
    offload = sum(
        scale.latency(candidate.link) * variables.tiles[number]
        for number, candidate in enumerate(problem.candidates)
        if candidate.place[0] == 2
    )
    variables.latency = model.new_int_var(0, most, "latency")
    model.add(variables.latency == compute + stall + onload + offload)


def add_objective(problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
    """Minimise the objective."""
    objective = problem.goal.objective
    if objective == "energy":
        variables.objective = variables.energy
    elif objective == "latency":
        variables.objective = variables.latency
    else:
        assert variables.energy is not None and variables.latency is not None
        most = problem.scale.most_energy * problem.scale.most_latency
        variables.objective = model.new_int_var(0, most, "edp")
        model.add_multiplication_equality(variables.objective, [variables.energy, variables.latency])
    assert variables.objective is not None
    model.minimize(variables.objective)


def _ports(problem: Problem) -> list[PortKey]:
    keys = {key for candidate in problem.candidates for key in (*candidate.busy, *candidate.stuck)}
    for option in problem.options:
        keys |= set(option.columns.fixed_busy) | set(option.columns.fixed_stuck)
    return sorted(keys)


def _load(problem: Problem, variables: Variables, key: PortKey, what: str) -> cp_model.LinearExprT:
    """Load of a port, in latency units."""
    scale = problem.scale
    return sum(
        scale.latency(getattr(candidate, what).get(key, 0.0)) * variables.tiles[number]
        for number, candidate in enumerate(problem.candidates)
    ) + sum(
        scale.latency(getattr(option.columns, f"fixed_{what}").get(key, 0.0)) * variables.spatial[number]
        for number, option in enumerate(problem.options)
    )


def _add_onloading(
    problem: Problem, model: cp_model.CpModel, variables: Variables, onload: cp_model.IntVar, most: int
) -> None:
    """Onloading of both inputs.

    With shared parts ``A``, ``B`` and private parts ``X``, ``Y`` of the two inputs, the better of the two orders
    takes ``max(A + X, B + Y, A + B + min(X, Y))``.
    """
    parts: dict[tuple[int, str], cp_model.LinearExprT] = {}
    for operand in (0, 1):
        for kind in ("shared", "private"):
            parts[(operand, kind)] = sum(
                problem.scale.latency(candidate.link) * variables.tiles[number]
                for number, candidate in enumerate(problem.candidates)
                if candidate.place[0] == operand and problem.shared_links.get(candidate.place) == kind
            )
        model.add(onload >= parts[(operand, "shared")] + parts[(operand, "private")])
    first_is_less = model.new_bool_var("less_private")
    for operand, literal in ((0, first_is_less), (1, first_is_less.negated())):
        model.add(
            onload >= parts[(0, "shared")] + parts[(1, "shared")] + parts[(operand, "private")]
        ).only_enforce_if(literal)
