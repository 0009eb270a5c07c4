"""Energy: of the array, and of the transfers over every cut."""

from __future__ import annotations

import math

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.lines import add_above, lines_below
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables, total
from zigzag_imc.solver.scoring.tile_choice import CutPlace

LARGE = 1000
"""Candidates from which on a model is large: energies by length would take too long there."""


def add_energy(problem: Problem, model: cp_model.CpModel, variables: Variables) -> cp_model.IntVar:
    """Return the energy in units of the model, never more than the exact one.

    ``energy = sum of fixed[s] * spatial[s] + sum of energy[t] * tiles[t]``, each rounded down, and
    within the limit of the goal; of bundles, what some of their lengths need beyond that.
    """
    scale, most = problem.scale, _most(problem)
    fixed = [scale.energy(columns.fixed_energy_pj) for columns in problem.spatials]
    moved = variables.over_tiles(problem.all_tiles, lambda tile: scale.energy(tile.energy_pj))
    energy = model.new_int_var(min(scale.least_energy, most), most, "energy")
    places = problem.by_place if len(problem.candidates) < LARGE else ()
    more = total(_more(problem, model, variables, place) for place in places)
    model.add(energy == variables.over_spatials(fixed) + moved + more)
    return energy


def _more(
    problem: Problem, model: cp_model.CpModel, variables: Variables, place: CutPlace
) -> cp_model.LinearExprT:
    """Energy of a bundle at a cut beyond the least of its tiles, by its lengths (`lines`)."""
    group = problem.by_place[place].where(lambda tile: bool(tile.energy_by))
    if not group.by_number:
        return 0
    more = model.new_int_var(0, _most(problem), f"more{place}")
    for number, tile in group.by_number.items():
        least = problem.scale.energy(tile.energy_pj)
        for dim, points in tile.energy_by.items():
            units = list(map(problem.scale.energy, points.amounts))
            for line in lines_below(points.lengths, units):
                length = variables.lengths[place][dim]
                add_above(model, least + more, length, line, [variables.tiles[number]])
    return more


def _most(problem: Problem) -> int:
    """Largest energy of interest, in units of the model."""
    if math.isinf(problem.goal.most_energy_pj):
        return problem.scale.most_energy
    return min(problem.scale.most_energy, problem.scale.energy(problem.goal.most_energy_pj))
