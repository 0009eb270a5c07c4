"""Objective: energy, latency, or their product."""

from __future__ import annotations

from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.scaling import Scale


@dataclass(frozen=True, slots=True)
class Costs:
    """What the model adds up.

    Attributes
    ----------
    energy
        Energy in energy units.
    latency
        Latency in latency units; ``None`` where it takes no part.
    """

    energy: cp_model.IntVar
    latency: cp_model.IntVar | None


def objective_of(problem: Problem, model: cp_model.CpModel, costs: Costs) -> cp_model.IntVar:
    """Return the variable to minimise."""
    if problem.goal.objective == "energy":
        return costs.energy
    assert costs.latency is not None, "all other objectives need the latency"
    if problem.goal.objective == "latency":
        return costs.latency
    return product_of(problem.scale, model, costs.energy, costs.latency)


def product_of(
    scale: Scale, model: cp_model.CpModel, energy: cp_model.IntVar, latency: cp_model.IntVar
) -> cp_model.IntVar:
    """Energy ``E`` times latency ``L``, rounded down where both are more than all mappings need.

    With the least values ``e`` and ``l``, ``E L = e L + l E - e l + (E - e) (L - l)``. So most of
    it is linear. CP-SAT multiplies only the rest, rounded down so far that it can.
    """
    energy_step, latency_step = scale.product_steps
    least_energy, least_latency = scale.least_energy, scale.least_latency
    more_energy = _in_steps(model, energy, (least_energy, scale.most_energy), energy_step)
    more_latency = _in_steps(model, latency, (least_latency, scale.most_latency), latency_step)
    most_steps = scale.most_product // (energy_step * latency_step)
    steps = model.new_int_var(0, most_steps, "more_energy_more_latency")
    model.add_multiplication_equality(steps, [more_energy, more_latency])
    product = model.new_int_var(0, scale.most_product, "edp")
    linear = least_energy * latency + least_latency * energy - least_energy * least_latency
    model.add(product == linear + energy_step * latency_step * steps)
    return product


def _in_steps(
    model: cp_model.CpModel, fine: cp_model.IntVar, within: tuple[int, int], step: int
) -> cp_model.LinearExpr | cp_model.IntVar:
    """Return what is more than the least in whole steps, rounded down.

    ``0 <= fine - least - step * more < step``
    """
    least, most = within
    if step == 1:
        return fine - least if least else fine
    more = model.new_int_var(0, (most - least) // step, f"more_{fine.name}")
    model.add_linear_constraint(fine - step * more, least, least + step - 1)
    return more
