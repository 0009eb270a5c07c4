"""How much of its tile an operand needs: all of it, half at most, or all but a step of a loop.

Where an operand does not need all of its tile, it needs one step of the loops directly below its
cut. Loops below a tile that is not all of a dimension divide it, so that is half of the tile at
most. A loop along a dimension of which the tile is all may leave more: of eight steps, five, if the
last three are short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.lines import add_above, height, lines_below
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.formulation.variables import Variables, total
from zigzag_imc.solver.scoring.tile_choice import CutPlace

When = Sequence[cp_model.BoolVarT]
"""Literals under all of which a constraint holds."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Which part of its tile the operand of a cut needs.

    Attributes
    ----------
    problem, model, variables
        Where the cut belongs.
    place, group
        The cut, and its candidates.
    """

    problem: Problem
    model: cp_model.CpModel
    variables: Variables
    place: CutPlace
    group: TileGroup

    def add(self, need: cp_model.LinearExpr) -> cp_model.IntVar:
        """Bound the bits that are needed.

        Returns
        -------
        cp_model.IntVar
            Literal: more than half of the tile, and not all.
        """
        is_whole = self.model.new_bool_var(f"whole{self.place}")
        is_most = self.model.new_bool_var(f"most{self.place}")
        is_half = [is_whole.negated(), is_most.negated()]
        add_all_of_tile(self.model, self.variables, self.group, need, [is_whole])
        over_tiles = self.variables.over_tiles
        self.model.add(need <= over_tiles(self.group, self._most)).only_enforce_if(is_most)
        self.model.add(need <= over_tiles(self.group, half_of)).only_enforce_if(is_half)
        for number, tile in self.group.by_number.items():
            is_chosen = self.variables.tiles[number]
            _add_most(self.model, self.variables, tile, 2 * need, [is_chosen, *is_half])
            if not self.all_of(tile):
                self.model.add_implication(is_chosen, is_most.negated())
        return is_most

    def add_loop_inside(self, is_most: cp_model.IntVar, inner: CutPlace, when: When) -> None:
        """Only a loop along a dimension of which the tile is all leaves more than half of it.

        ``when`` what is needed ends above an inner cut, such a loop is between the two.
        """
        assert self.problem.sizes is not None
        sizes, lengths = self.problem.sizes, self.variables.lengths[inner]
        for number, tile in self.group.by_number.items():
            if dims := self.all_of(tile):
                steps_left = total(sizes[dim] - lengths[dim] for dim in dims)
                is_there = self.model.add(steps_left >= 1)
                is_there.only_enforce_if([*when, is_most, self.variables.tiles[number]])

    def all_of(self, tile: Candidate) -> list[str]:
        """Return dimensions of which a tile may be all, among those that leave a part of it."""
        assert self.problem.sizes is not None
        sizes, lengths = self.problem.sizes, tile.at.lengths
        plain = sorted(self.problem.plain[self.place[0]] & lengths.keys())
        return [dim for dim in plain if lengths[dim][-1] == sizes[dim] > 1]

    def _most(self, tile: Candidate) -> int:
        """Bits that a tile needs at most where it does not need all of them."""
        longest = [tile.at.lengths[dim][-1] for dim in self.all_of(tile)]
        return max([half_of(tile), *(tile.room.most_need * (own - 1) // own for own in longest)])


def half_of(tile: Candidate) -> int:
    """Bits that a tile needs at most where it needs half of them."""
    return max(tile.room.least_need, tile.room.most_need // 2)


def add_all_of_tile(
    model: cp_model.CpModel,
    variables: Variables,
    group: TileGroup,
    need: cp_model.LinearExprT,
    when: When = (),
) -> None:
    """Bound what the tile at a cut needs where all of it is needed; by its lengths (`lines`).

    It is needed ``when`` some literals hold. Above that it is in no case.
    """
    least = variables.over_tiles(group, lambda tile: tile.room.need)
    model.add(need >= least).only_enforce_if(when)
    for number, tile in group.by_number.items():
        is_chosen, lengths = variables.tiles[number], variables.lengths.get(tile.at.place, {})
        for plane in tile.room.need_planes:
            model.add(need >= height(plane, lengths)).only_enforce_if([is_chosen, *when])
        for dim, points in tile.room.need_by.items():
            for line in lines_below(points.lengths, list(map(int, points.amounts))):
                add_above(model, need, lengths[dim], line, [is_chosen, *when])
        _add_most(model, variables, tile, need, [is_chosen])


def _add_most(
    model: cp_model.CpModel,
    variables: Variables,
    tile: Candidate,
    need: cp_model.LinearExprT,
    when: When,
) -> None:
    """Keep an amount below the most that all of a bundle's tile needs, by its lengths."""
    lengths = variables.lengths.get(tile.at.place, {})
    for plane in tile.room.most_need_planes:
        model.add(-need >= height(plane, lengths)).only_enforce_if(when)
    for dim, points in tile.room.most_need_by.items():
        for line in lines_below(points.lengths, [-int(own) for own in points.amounts]):
            add_above(model, -need, lengths[dim], line, when)
