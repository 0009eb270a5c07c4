"""Capacity: every memory holds the tiles of all operands that it keeps."""

from __future__ import annotations

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.formulation.variables import Variables


def add_capacities(problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
    """Limit what every memory holds by its size.

    Candidates fit alone, so only memories with several cuts need a constraint.
    """
    for memory in range(len(problem.accelerator.memories)):
        if _several_cuts(problem.in_memory(memory)):
            _add_capacity(problem, model, variables, memory)


def _add_capacity(
    problem: Problem, model: cp_model.CpModel, variables: Variables, memory: int
) -> None:
    """Limit what one memory holds.

    ``sum of bits[t] * tiles[t] + sum of fixed_bits[s] * spatial[s] <= size``, where ``fixed_bits``
    is what the memory holds as the top level of an operand.
    """
    fixed_bits = [columns.fixed_bits[memory] for columns in problem.spatials]
    moved = variables.over_tiles(problem.in_memory(memory), _bits)
    held = moved + variables.over_spatials(fixed_bits)
    model.add(held <= problem.size_bits(memory))


def _several_cuts(group: TileGroup) -> bool:
    """Whether some candidates lie at more than one cut."""
    return len(set(group.each(lambda tile: tile.at.place))) > 1


def _bits(tile: Candidate) -> int:
    """Bits that a tile takes."""
    return tile.room.bits
