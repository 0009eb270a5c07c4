"""Every memory holds the tiles of all operands that it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from zigzag_imc.solver.formulation.model import Problem, Variables


def add_capacities(problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
    """Sum of the tiles' bits, and of what the memory holds as a top level, within its size.

    Candidates fit alone, so only memories with several cuts need a constraint.
    """
    for index, memory in enumerate(problem.accelerator.memories):
        places = {candidate.place for candidate in problem.candidates if candidate.memory == index}
        if len(places) < 2:
            continue
        used = sum(
            candidate.bits * variables.tiles[number]
            for number, candidate in enumerate(problem.candidates)
            if candidate.memory == index
        )
        fixed = sum(
            option.columns.fixed_bits[index] * variables.spatial[number]
            for number, option in enumerate(problem.options)
        )
        model.add(used + fixed <= memory.size_bits)
