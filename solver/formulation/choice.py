"""Exactly one spatial mapping, and at every cut exactly one of its tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from zigzag_imc.solver.formulation.model import Problem, Variables


def add_choice(problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
    """Tie the tiles of every cut to the chosen spatial mapping."""
    model.add_exactly_one(variables.spatial)
    for numbers in variables.by_place.values():
        of_option: dict[int, list[int]] = {}
        for number in numbers:
            of_option.setdefault(problem.candidates[number].option, []).append(number)
        for option, tiles in of_option.items():
            # No tile of a spatial mapping that is not chosen, exactly one of the one that is.
            model.add_exactly_one(
                [*(variables.tiles[i] for i in tiles), variables.spatial[option].negated()]
            )
