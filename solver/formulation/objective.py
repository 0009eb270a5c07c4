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
    """Energy times latency, both rounded down so far that CP-SAT can multiply them."""
    energy_step, latency_step = scale.product_steps
    energy_steps = _in_steps(model, energy, scale.most_energy, energy_step)
    latency_steps = _in_steps(model, latency, scale.most_latency, latency_step)
    product = model.new_int_var(0, scale.most_product, "edp")
    model.add_multiplication_equality(product, [energy_steps, latency_steps])
    return product


def _in_steps(
    model: cp_model.CpModel, fine: cp_model.IntVar, most: int, step: int
) -> cp_model.IntVar:
    """Return ``fine`` in whole steps, rounded down: ``0 <= fine - step * coarse < step``."""
    if step == 1:
        return fine
    coarse = model.new_int_var(0, most // step, f"coarse{fine.name}")
    model.add_linear_constraint(fine - step * coarse, 0, step - 1)
    return coarse
