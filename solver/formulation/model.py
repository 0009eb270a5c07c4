"""The CP-SAT model.

One spatial mapping, one tile per cut, in a chain, within all capacities, at least cost.

Every candidate tile is a literal; all quantities are linear in the literals. One family of
constraints has one file.
"""

from __future__ import annotations

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.capacity import add_capacities
from zigzag_imc.solver.formulation.chain import add_chain
from zigzag_imc.solver.formulation.choice import add_choice
from zigzag_imc.solver.formulation.energy import add_energy
from zigzag_imc.solver.formulation.even import add_even
from zigzag_imc.solver.formulation.latency import add_latency
from zigzag_imc.solver.formulation.objective import Costs, objective_of
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables


def build(problem: Problem) -> tuple[cp_model.CpModel, Variables]:
    """Build the model of a problem."""
    model = cp_model.CpModel()
    variables = Variables.create(problem, model)
    _add_constraints(problem, model, variables)
    costs = _add_costs(problem, model, variables)
    model.minimize(objective_of(problem, model, costs))
    return model, variables


def _add_constraints(problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
    """Say which choices of tiles are mappings that fit."""
    add_choice(problem, model, variables)
    chain = add_chain(problem, model, variables)
    add_even(problem, model, chain)
    add_capacities(problem, model, variables)


def _add_costs(problem: Problem, model: cp_model.CpModel, variables: Variables) -> Costs:
    """Say what a choice of tiles costs at least."""
    energy = add_energy(problem, model, variables)
    needed = problem.goal.needs_latency
    return Costs(energy, add_latency(problem, model, variables) if needed else None)
