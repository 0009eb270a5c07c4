"""Capacity: every memory holds the tiles of all operands that it keeps."""

from __future__ import annotations

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.lines import add_above, height, lines_below
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.formulation.variables import Variables, total
from zigzag_imc.solver.scoring.tile_choice import CutPlace


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
    group = problem.in_memory(memory)
    by_place = group.by(lambda tile: tile.at.place)
    more = total(_more(problem, model, variables, *own) for own in by_place.items())
    held = variables.over_tiles(group, _bits) + more + variables.over_spatials(fixed_bits)
    model.add(held <= problem.size_bits(memory))


def _more(
    problem: Problem,
    model: cp_model.CpModel,
    variables: Variables,
    place: CutPlace,
    group: TileGroup,
) -> cp_model.LinearExprT:
    """Bits of a bundle at a cut beyond the least of its tiles, by its lengths (`lines`)."""
    bundles = group.where(lambda tile: bool(tile.room.bits_by))
    if not bundles.by_number:
        return 0
    more = model.new_int_var(0, problem.size_bits(group.memory), f"more_bits{place}")
    lengths = variables.lengths[place]
    for number, tile in bundles.by_number.items():
        is_chosen, bits = variables.tiles[number], tile.room.bits + more
        for dim, points in tile.room.bits_by.items():
            for line in lines_below(points.lengths, list(map(int, points.amounts))):
                add_above(model, bits, lengths[dim], line, [is_chosen])
        for plane in tile.room.bits_planes:
            model.add(bits >= height(plane, lengths)).only_enforce_if(is_chosen)
    return more


def _several_cuts(group: TileGroup) -> bool:
    """Whether some candidates lie at more than one cut."""
    return len(set(group.each(lambda tile: tile.at.place))) > 1


def _bits(tile: Candidate) -> int:
    """Bits that a tile takes."""
    return tile.room.bits
