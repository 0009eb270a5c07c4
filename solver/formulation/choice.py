"""Choice: exactly one spatial mapping, and at every cut exactly one of its tiles."""

from __future__ import annotations

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables


def add_choice(problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
    """Tie the tiles of every cut to the chosen spatial mapping.

    ``sum of spatial[s] = 1``, and for every spatial mapping ``s`` and cut with tiles of it,
    ``sum of tiles[t] = spatial[s]``.
    """
    model.add_exactly_one(variables.spatial)
    for numbers in problem.by_place.values():
        for option, own in _by_option(problem, numbers).items():
            # No tile of a spatial mapping that is not chosen, exactly one of the one that is.
            not_chosen = variables.spatial[option].negated()
            model.add_exactly_one([*(variables.tiles[number] for number in own), not_chosen])


def _by_option(problem: Problem, numbers: list[int]) -> dict[int, list[int]]:
    """Candidates of every spatial mapping among those of one cut."""
    found: dict[int, list[int]] = {}
    for number in numbers:
        found.setdefault(problem.candidates[number].at.option, []).append(number)
    return found
