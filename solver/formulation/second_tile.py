"""Room for a second tile: what lets transfers over a cut be double buffered.

The memory holds what every operand needs, and one of them once more. An operand needs its tile, or
one step of it along relevant loops directly below its cut; never less than its tile over all its
relevant loops.
"""

from __future__ import annotations

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.option_tiles import OptionTiles
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.formulation.variables import Variables
from zigzag_imc.solver.scoring.tile_choice import CutPlace


def not_always_buffered(problem: Problem, tiles: OptionTiles, place: CutPlace) -> TileGroup:
    """Candidates at a cut of a spatial mapping that some choice leaves no second tile's room."""
    group = tiles.at[place]
    size_bits = problem.size_bits(group.memory)
    beside = sum(map(_most_need, tiles.beside(place).at.values()))
    return group.where(lambda tile: 2 * tile.room.most_need + beside > size_bits)


def _most_need(group: TileGroup) -> int:
    """Most bits that any of some candidates needs."""
    return max(group.each(lambda tile: tile.room.most_need))


def buffered(
    problem: Problem, model: cp_model.CpModel, variables: Variables, place: CutPlace
) -> cp_model.IntVar:
    """Literal: the memory below a cut may have room for a second tile.

    It surely has none where ``2 * need of the cut + least need of the others <= size`` cannot hold.
    """

    def bits(tile: Candidate) -> int:
        return 2 * tile.room.need if tile.at.place == place else tile.room.least_need

    memory = problem.by_place[place].memory
    held = variables.over_tiles(problem.in_memory(memory), bits)
    literal = model.new_bool_var(f"buffered{place}")
    model.add(held <= problem.size_bits(memory)).only_enforce_if(literal)
    return literal
