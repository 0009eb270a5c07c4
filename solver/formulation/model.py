"""The CP-SAT model.

One spatial mapping, one tile per cut, in a chain, within all capacities, at least cost.

Every candidate tile is a literal; all quantities are linear in the literals. One family of
constraints has one file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.capacity import add_capacities
from zigzag_imc.solver.formulation.chain import add_chain
from zigzag_imc.solver.formulation.choice import add_choice
from zigzag_imc.solver.formulation.empty_model import empty_model
from zigzag_imc.solver.formulation.energy import add_energy
from zigzag_imc.solver.formulation.even import add_even, add_even_lengths
from zigzag_imc.solver.formulation.latency import add_latency
from zigzag_imc.solver.formulation.length_chain import add_length_chain
from zigzag_imc.solver.formulation.length_order import add_length_order
from zigzag_imc.solver.formulation.objective import Costs, objective_of
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables


def build(problem: Problem) -> tuple[cp_model.CpModel, Variables]:
    """Build the model of a problem."""
    model = empty_model()
    variables = _constrained(problem, model, Variables.create(problem, model))
    costs = _add_costs(problem, model, variables)
    objective = objective_of(problem, model, costs)
    model.minimize(objective)
    return model, replace(variables, objective=objective)


def _constrained(problem: Problem, model: cp_model.CpModel, variables: Variables) -> Variables:
    """Say which choices of tiles are mappings that fit."""
    add_choice(problem, model, variables)
    if problem.sizes is not None:
        return _of_any_lengths(problem, problem.sizes, model, variables)
    add_capacities(problem, model, variables)
    chain = add_chain(problem, model, variables)
    add_even(problem, model, chain)
    return variables


def _of_any_lengths(
    problem: Problem, sizes: Mapping[str, int], model: cp_model.CpModel, variables: Variables
) -> Variables:
    """Say the same of tiles of any lengths, with variables of these."""
    lengths, nested = add_length_chain(problem, sizes, model, variables)
    variables = replace(variables, lengths=lengths)
    add_capacities(problem, model, variables)
    add_even_lengths(problem, model, lengths, nested)
    if problem.order is not None:
        add_length_order(problem.order, model, lengths.values())
    inside = {
        (pair.inner, pair.outer): () if pair.when is None else (pair.when,) for pair in nested
    }
    return replace(variables, inside=inside)


def _add_costs(problem: Problem, model: cp_model.CpModel, variables: Variables) -> Costs:
    """Say what a choice of tiles costs at least."""
    energy = add_energy(problem, model, variables)
    needed = problem.goal.needs_latency
    return Costs(energy, add_latency(problem, model, variables) if needed else None)
