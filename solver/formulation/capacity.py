"""Capacity: every memory holds the tiles of all operands that it keeps."""

from __future__ import annotations

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables


def add_capacities(problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
    """Limit what every memory holds by its size.

    ``sum of bits[t] * tiles[t] + sum of fixed_bits[s] * spatial[s] <= size``, where ``fixed_bits``
    is what the memory holds as the top level of an operand. Candidates fit alone, so only memories
    with several cuts need a constraint.
    """
    for memory, size_bits in enumerate(held.size_bits for held in problem.accelerator.memories):
        numbers = problem.in_memory(memory)
        if len({problem.candidates[number].at.place for number in numbers}) < 2:
            continue
        tile_bits = [problem.candidates[number].room.bits for number in numbers]
        fixed_bits = [columns.fixed_bits[memory] for columns in problem.spatials]
        held = variables.over_tiles(numbers, tile_bits) + variables.over_spatials(fixed_bits)
        model.add(held <= size_bits)
