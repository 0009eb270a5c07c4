"""Energy: of the array, and of the transfers over every cut."""

from __future__ import annotations

import math

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables


def add_energy(problem: Problem, model: cp_model.CpModel, variables: Variables) -> cp_model.IntVar:
    """Return the energy in units of the model, never more than the exact one.

    ``energy = sum of fixed[s] * spatial[s] + sum of energy[t] * tiles[t]``, each rounded down, and
    within the limit of the goal.
    """
    scale, most = problem.scale, _most(problem)
    fixed = [scale.energy(columns.fixed_energy_pj) for columns in problem.spatials]
    moved = variables.over_tiles(problem.all_tiles, lambda tile: scale.energy(tile.energy_pj))
    energy = model.new_int_var(min(scale.least_energy, most), most, "energy")
    model.add(energy == variables.over_spatials(fixed) + moved)
    return energy


def _most(problem: Problem) -> int:
    """Largest energy of interest, in units of the model."""
    if math.isinf(problem.goal.most_energy_pj):
        return problem.scale.most_energy
    return min(problem.scale.most_energy, problem.scale.energy(problem.goal.most_energy_pj))
