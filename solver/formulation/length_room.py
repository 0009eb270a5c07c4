"""Room for a second tile where tiles may have any lengths: what tiles of other operands need then.

As in `second_tile`. An operand needs its tile, or one step of it along the loops directly below its
cut as far as these index it alone, outside windows. They end at the operand's own next cut, and at
the first loop of another kind. So where such a loop, or the own next cut, lies between a cut ``y``
inside it and the cut itself, they are among the loops between:

``need >= need of the tile * plain(y) / plain(tile)``    ``plain``: product of lengths along the
dimensions that index the operand alone

What a tile needs for each of its steps along these is at least the least of all candidates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.option_tiles import OptionTiles
from zigzag_imc.solver.formulation.parts import Parts, add_all_of_tile
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables, total
from zigzag_imc.solver.scoring.tile_choice import CutPlace


@dataclass
class SecondTiles:
    """What tiles need in their memories, made where it is first asked for.

    Attributes
    ----------
    problem, model, variables, option
        Where they belong: the only spatial mapping.
    needs
        Per cut, bits that its tile needs, as far as that was asked for.
    """

    problem: Problem
    model: cp_model.CpModel
    variables: Variables
    option: OptionTiles
    needs: dict[CutPlace, cp_model.LinearExpr] = field(default_factory=dict)

    def buffered(self, place: CutPlace) -> cp_model.IntVar:
        """Literal: the memory below a cut may have room for a second tile.

        It has none where ``2 * need of the cut + needs of the others <= size`` cannot hold. An
        operand whose turn is earlier has a second tile, too, or had no room for it.
        """
        group = self.option.at[place]
        size_bits = self.problem.size_bits(group.memory)
        literal = self.model.new_bool_var(f"buffered{place}")
        others = {other: self._need(other) for other in self.option.beside(place).at}
        own = self._between(place, _need, _most_need)
        add_all_of_tile(self.model, self.variables, self.option.at[place], own)
        held = 2 * own + total(others.values())
        self.model.add(held <= size_bits).only_enforce_if(literal)
        for other in self._earlier(place):
            has_none = self.model.new_bool_var(f"single{other}{place}")
            both = [literal, has_none.negated()]
            self.model.add(held + others[other] <= size_bits).only_enforce_if(both)
            before = total(others[one] for one in (other, *self._earlier(other)))
            most = own + total(others.values()) + before
            self.model.add(most > size_bits).only_enforce_if([literal, has_none])
        return literal

    def _earlier(self, place: CutPlace) -> list[CutPlace]:
        """Other cuts at the memory of a cut whose operands take the room left before it.

        None where an operand without a cut there, because it is its top memory, takes room as well.
        """
        (columns,) = self.problem.spatials
        if columns.fixed_bits[self.option.at[place].memory]:
            return []
        turn = self.problem.room_order.index
        others = self.option.beside(place).at
        return [other for other in others if turn(other[0]) < turn(place[0])]

    def _need(self, place: CutPlace) -> cp_model.LinearExpr:
        """Bits that the tile at a cut needs: as many as it may need in some order of the loops."""
        if place not in self.needs:
            self.needs[place] = self._new_need(place)
        return self.needs[place]

    def _new_need(self, place: CutPlace) -> cp_model.LinearExpr:
        """Say what the tile at a cut needs at least, and at most."""
        group = self.option.at[place]
        need = self._between(place, _least_need, _most_need)
        if group.each(_least_need) == group.each(_most_need):
            return need
        parts = Parts(self.problem, self.model, self.variables, place, group)
        is_most = parts.add(need)
        of_step = min(group.each(lambda tile: tile.room.need_of_step))
        for inner, when in self._inside(place):
            parts.add_loop_inside(is_most, inner, when)
            held = self.variables.over_tiles(
                self.option.at[inner],
                lambda tile: math.floor(of_step * self._plain(tile, place)),
            )
            self.model.add(need >= held).only_enforce_if(when)
            for number, tile in self.option.at[inner].by_number.items():
                more = list(self._more_plain(tile, place, of_step))
                if more:
                    least = math.floor(of_step * self._plain(tile, place))
                    bound = self.model.add(need >= least + total(more))
                    bound.only_enforce_if([*when, self.variables.tiles[number]])
        return need

    def _more_plain(
        self, tile: Candidate, place: CutPlace, of_step: Fraction
    ) -> Iterator[cp_model.LinearExpr]:
        """Yield what lengths above the first ones of a tile add to its plain steps, in bits.

        A product of lengths is at least that of the first ones, and what each adds to it alone.
        """
        plain = self._plain(tile, place)
        for dim in sorted(self.problem.plain[place[0]] & tile.at.lengths.keys()):
            own = tile.at.lengths[dim]
            if len(own) > 1:
                slope = math.floor(of_step * (plain // own[0]))
                yield slope * (self.variables.lengths[tile.at.place][dim] - own[0])

    def _between(
        self,
        place: CutPlace,
        least: Callable[[Candidate], int],
        most: Callable[[Candidate], int],
    ) -> cp_model.LinearExpr:
        """Bits between the least and the most of the tile at a cut: those, where they are equal."""
        group = self.option.at[place]
        if group.each(least) == group.each(most):
            return self.variables.over_tiles(group, least)
        bits = self.model.new_int_var(0, max(group.each(most)), f"bits{place}")
        self.model.add(bits >= self.variables.over_tiles(group, least))
        self.model.add(bits <= self.variables.over_tiles(group, most))
        return bits

    def _inside(self, place: CutPlace) -> Iterator[tuple[CutPlace, list[cp_model.BoolVarT]]]:
        """Yield cuts, with when a cut is around them and so is a loop that ends what it needs."""
        plain = self.problem.plain[place[0]]
        ending = [dim for dim in self.variables.lengths[place] if dim not in plain]
        for (inner, outer), when in self.variables.inside.items():
            if outer != place:
                continue
            if inner[0] == place[0]:
                yield inner, list(when)
                continue
            if not ending:
                continue
            lies_between = self.model.new_bool_var(f"between{inner}{outer}")
            alike = (
                self.variables.lengths[outer][dim] - self.variables.lengths[inner][dim]
                for dim in ending
            )
            self.model.add(total(alike) <= 0).only_enforce_if([*when, lies_between.negated()])
            yield inner, [*when, lies_between]

    def _plain(self, tile: Candidate, place: CutPlace) -> int:
        """Steps of a tile, at least, along what indexes the operand of a cut alone."""
        plain = self.problem.plain[place[0]]
        return math.prod([own[0] for dim, own in tile.at.lengths.items() if dim in plain])


def _need(tile: Candidate) -> int:
    return tile.room.need


def _least_need(tile: Candidate) -> int:
    return tile.room.least_need


def _most_need(tile: Candidate) -> int:
    return tile.room.most_need
