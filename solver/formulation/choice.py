"""Choice: exactly one spatial mapping, and at every cut exactly one of its tiles."""

from __future__ import annotations

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.formulation.variables import Variables


def add_choice(problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
    """Tie the tiles of every cut to the chosen spatial mapping.

    ``sum of spatial[s] = 1``, and for every spatial mapping ``s`` and cut with tiles of it,
    ``sum of tiles[t] = spatial[s]``.
    """
    model.add_exactly_one(variables.spatial)
    for group in problem.by_place.values():
        _add_choice_at(model, variables, group)


def _add_choice_at(model: cp_model.CpModel, variables: Variables, group: TileGroup) -> None:
    """Choose among the candidates at one cut.

    None of a spatial mapping that is not chosen, exactly one of the one that is.
    """
    for option, own in group.by(lambda tile: tile.at.option).items():
        not_chosen = variables.spatial[option].negated()
        model.add_exactly_one([*variables.of(own), not_chosen])
