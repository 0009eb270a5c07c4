"""Energy, latency and the objective: linear in the tiles, never more than the exact cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.windows import add_windows
from zigzag_imc.solver.tables.cut import ROW_PORT, PortKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zigzag_imc.solver.formulation.model import Problem, Variables
    from zigzag_imc.solver.scoring.loop_orders import CutPlace


def add_energy(problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
    """Energy of the array and of the transfers over every cut."""
    scale = problem.scale
    total = _sum(
        scale.energy(option.columns.fixed_energy_pj) * variables.spatial[number]
        for number, option in enumerate(problem.options)
    ) + _sum(
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
    compute = _sum(
        scale.latency(option.columns.compute_cycles) * variables.spatial[number]
        for number, option in enumerate(problem.options)
    )
    stall = model.new_int_var(0, most, "stall")
    losses = add_windows(problem, model, variables)
    for key in _ports(problem):
        stuck = _load(problem, variables, key, "stuck") + _sum(losses.get(key, ()))
        model.add(stall >= stuck)
        if key[1] != ROW_PORT:
            model.add(stall + compute >= _load(problem, variables, key, "busy"))
    onload = model.new_int_var(0, most, "onloading")
    links = _links(problem, model, variables, compute, stall, most)
    _add_onloading(problem, model, onload, links)
    offload = _sum(link for place, link in links.items() if place[0] == 2)
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
        assert variables.energy is not None
        assert variables.latency is not None
        steps = problem.scale.product_steps
        energy = _coarse(model, variables.energy, problem.scale.most_energy, steps[0])
        latency = _coarse(model, variables.latency, problem.scale.most_latency, steps[1])
        variables.objective = model.new_int_var(0, problem.scale.most_product, "edp")
        model.add_multiplication_equality(variables.objective, [energy, latency])
    assert variables.objective is not None
    model.minimize(variables.objective)


def _sum(terms: Iterable[cp_model.LinearExpr | int]) -> cp_model.LinearExpr:
    """Sum of linear terms; also of none."""
    return cp_model.LinearExpr.sum(list(terms))


def _coarse(
    model: cp_model.CpModel, fine: cp_model.IntVar, most: int, step: int
) -> cp_model.IntVar:
    """Return ``fine`` in whole steps, rounded down."""
    if step == 1:
        return fine
    coarse = model.new_int_var(0, most // step, f"coarse{fine.name}")
    model.add_linear_constraint(fine - step * coarse, 0, step - 1)
    return coarse


def _ports(problem: Problem) -> list[PortKey]:
    keys = {key for candidate in problem.candidates for key in (*candidate.busy, *candidate.stuck)}
    for option in problem.options:
        keys |= set(option.columns.fixed_busy) | set(option.columns.fixed_stuck)
    return sorted(keys)


def _load(problem: Problem, variables: Variables, key: PortKey, what: str) -> cp_model.LinearExpr:
    """Load of a port, in latency units."""
    scale = problem.scale
    return _sum(
        scale.latency(getattr(candidate, what).get(key, 0.0)) * variables.tiles[number]
        for number, candidate in enumerate(problem.candidates)
    ) + _sum(
        scale.latency(getattr(option.columns, f"fixed_{what}").get(key, 0.0))
        * variables.spatial[number]
        for number, option in enumerate(problem.options)
    )


def _links(
    problem: Problem,
    model: cp_model.CpModel,
    variables: Variables,
    compute: cp_model.LinearExpr,
    stall: cp_model.IntVar,
    most: int,
) -> dict[CutPlace, cp_model.IntVar]:
    """Exposed cycles of the on- or offloading over every cut.

    At least the part that is surely exposed. And a port can hide no more than the cycles of the
    computation: what its links expose together is at least all their cycles less those, and less
    what periodic transfers take of them.
    """
    scale = problem.scale
    links: dict[CutPlace, cp_model.IntVar] = {}
    by_port: dict[PortKey, dict[CutPlace, list[tuple[int, int]]]] = {}
    for place, numbers in variables.by_place.items():
        whole_load = {}
        for number in numbers:
            candidate = problem.candidates[number]
            whole_load[number] = scale.latency(max([candidate.link, *candidate.loads.values()]))
            for key, load in candidate.loads.items():
                by_port.setdefault(key, {}).setdefault(place, []).append(
                    (scale.latency(load), number)
                )
        link = links[place] = model.new_int_var(0, max(whole_load.values()), f"link{place}")
        # No more of it is exposed than there is; else the link that counts least would stand in for
        # the others.
        model.add(
            link <= _sum(load * variables.tiles[number] for number, load in whole_load.items())
        )
        exposed = _sum(
            scale.latency(problem.candidates[number].link) * variables.tiles[number]
            for number in numbers
        )
        model.add(link >= exposed)
    for key, places in by_port.items():
        whole = _sum(
            load * variables.tiles[number] for terms in places.values() for load, number in terms
        )
        # Each floor above may be a unit below its value; the computation's floors are on the other
        # side.
        slack = 0 if scale.latency_unit == 1 else len(places) + _FLOORS
        exposed_too = _sum(links[place] for place in places) + slack - whole
        terms = [
            (variables.tiles[number], problem.candidates[number])
            for place in places
            for number in variables.by_place[place]
        ]
        bandwidth = problem.bandwidth(key)
        if not any(candidate.taken.get(key) for _, candidate in terms):
            model.add(exposed_too + compute + stall >= 0)
            continue
        taken_bits = _sum(candidate.taken.get(key, 0) * tile for tile, candidate in terms)
        # Only a port that periodic loads do not fill hides anything. They take their share of the
        # computing cycles at least (stalls only make it more), and of all cycles of interest at
        # most.
        room = model.new_bool_var(f"room{key}")
        model.add(taken_bits < bandwidth).only_enforce_if(room)
        taken = _sum(
            scale.latency(
                candidate.taken.get(key, 0)
                / bandwidth
                * problem.options[candidate.option].columns.compute_cycles
            )
            * tile
            for tile, candidate in terms
        )
        taken_of_all = _sum(
            math.floor(candidate.taken.get(key, 0) / bandwidth * most) * tile
            for tile, candidate in terms
        )
        model.add(exposed_too + compute + stall - taken >= 0).only_enforce_if(room)
        model.add(exposed_too + most - taken_of_all >= 0).only_enforce_if(room)
        model.add(exposed_too >= 0).only_enforce_if(room.negated())
    return links


_FLOORS = 2
"""Units by which computing and stalling in the model may be below their values."""


def _add_onloading(
    problem: Problem,
    model: cp_model.CpModel,
    onload: cp_model.IntVar,
    links: dict[CutPlace, cp_model.IntVar],
) -> None:
    """Onloading of both inputs.

    With shared parts ``A``, ``B`` and private parts ``X``, ``Y`` of the two inputs, the better of
    the two orders takes ``max(A + X, B + Y, A + B + min(X, Y))``.
    """
    parts: dict[tuple[int, str], cp_model.LinearExpr] = {}
    for operand in (0, 1):
        for kind in ("shared", "private"):
            parts[(operand, kind)] = _sum(
                link
                for place, link in links.items()
                if place[0] == operand and problem.shared_links.get(place) == kind
            )
        model.add(onload >= parts[(operand, "shared")] + parts[(operand, "private")])
    first_is_less = model.new_bool_var("less_private")
    for operand, literal in ((0, first_is_less), (1, first_is_less.negated())):
        model.add(
            onload >= parts[(0, "shared")] + parts[(1, "shared")] + parts[(operand, "private")]
        ).only_enforce_if(literal)
