"""Windows of tiles of any lengths: a transfer that cannot be double buffered has less time.

As in `windows`. Tiles with equal lengths along all that is relevant to the operand of the outer one
differ by irrelevant loops alone. Where the class of the inner one has several lengths along them,
that is told by a literal; where it is shorter then, however long its tiles are along the others,
the window is at most its steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.length_room import SecondTiles
from zigzag_imc.solver.formulation.option_tiles import OptionTiles
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.resting import Resting
from zigzag_imc.solver.formulation.second_tile import not_always_buffered
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.formulation.variables import Variables, total
from zigzag_imc.solver.formulation.windows import Losses
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey

Held = tuple[tuple[int, ...], ...]
"""Lengths along the dimensions that are relevant to an operand."""


def add_length_windows(problem: Problem, model: cp_model.CpModel, variables: Variables) -> Losses:
    """Cycles, per port and cut, by which reduced windows stall it longer than whole ones."""
    (option,) = problem.by_option
    second_tiles = SecondTiles(problem, model, variables, option)
    windows = _Windows(problem, model, variables, option, second_tiles)
    for place in option.at:
        windows.add_cut(place)
    found: Losses = {}
    for (_, key), wait in windows.waits.items():
        found.setdefault(key, []).append(wait)
    return found


class _Inner:
    """Candidates at a cut inside that of another operand.

    Parameters
    ----------
    place, group
        The cut, and its candidates.
    relevant
        Dimensions that are relevant to the other operand.
    """

    def __init__(self, place: CutPlace, group: TileGroup, relevant: Sequence[str]) -> None:
        self.place, self.relevant = place, relevant
        self._by_held = group.by(lambda tile: held_of(tile, relevant))
        self._classes = [
            {length: own for held in self._by_held for own in (held[axis],) for length in own}
            for axis in range(len(relevant))
        ]

    def that_may_hold(self, held: Held) -> TileGroup:
        """Candidates that may have some lengths along the relevant dimensions."""
        classes = (known.get(own[0], ()) for known, own in zip(self._classes, held, strict=True))
        return self._by_held.get(tuple(classes), TileGroup())

    def most_steps(self, tile: Candidate, held: Held) -> int:
        """Iterations of the loops below the cut at most, with these lengths."""
        lengths = {dim: own[-1] for dim, own in tile.at.lengths.items()}
        lengths |= {dim: own[0] for dim, own in zip(self.relevant, held, strict=True)}
        return math.prod(lengths.values())


@dataclass
class _Windows:
    """The variables of reduced windows, made where they are first needed."""

    problem: Problem
    model: cp_model.CpModel
    variables: Variables
    option: OptionTiles
    second_tiles: SecondTiles
    waits: dict[tuple[CutPlace, PortKey], cp_model.IntVar] = field(default_factory=dict)
    lengths: dict[tuple[CutPlace, str, int], cp_model.IntVar] = field(default_factory=dict)

    def add_cut(self, place: CutPlace) -> None:
        """Bound the waits at one cut."""
        unsure = not_always_buffered(self.problem, self.option, place)
        if not unsure.by_number:
            return
        relevant = sorted(self.problem.relevant[place[0]] & (self.problem.sizes or {}).keys())
        inner = [
            _Inner(other, group, relevant)
            for other, group in self.option.of_others(place[0]).at.items()
        ]
        own_below = self.option.below(place).topmost.by(lambda tile: held_of(tile, relevant))
        literal = None
        for number, outer in unsure.by_number.items():
            held = held_of(outer, relevant)
            terms = [found for one in inner for found in self._terms(outer, held, one)]
            if not terms:
                continue
            if literal is None:
                literal = self.second_tiles.buffered(place).negated()
            # Own loops lie directly below, unless the operand's own next cut may be here, too.
            elsewhere = self.variables.none_of(own_below.get(held, TileGroup()))
            for key, lost, equal in terms:
                wait = self._wait_at(place, key)
                reduced = [self.variables.tiles[number], literal, *elsewhere, *equal]
                self.model.add(wait >= total(lost)).only_enforce_if(reduced)

    def _terms(
        self, outer: Candidate, held: Held, inner: _Inner
    ) -> Iterator[tuple[PortKey, list[cp_model.LinearExpr], list[cp_model.IntVar]]]:
        """Yield what the windows of a tile lack with tiles of an inner cut inside it.

        Per port, with the literals that these have equal lengths where their classes leave it open.
        """
        resting = Resting.of(self.problem, outer)
        shortest = outer.at.least_steps
        found: dict[PortKey, list[cp_model.LinearExpr]] = {}
        group = inner.that_may_hold(held)
        for number, tile in group.by_number.items():
            steps = inner.most_steps(tile, held)
            if steps < shortest:
                for key, units in resting.lost_units(self.problem, steps).items():
                    found.setdefault(key, []).append(units * self.variables.tiles[number])
        if not found:
            return
        one = next(iter(group.tiles))
        equal = [
            self._has_length(inner.place, dim, length)
            for dim, (length,) in zip(inner.relevant, held, strict=True)
            if len(one.at.lengths[dim]) > 1
        ]
        for key, lost in found.items():
            yield key, lost, equal

    def _has_length(self, place: CutPlace, dim: str, length: int) -> cp_model.IntVar:
        """Literal: the tile at a cut has a length along a dimension."""
        name = place, dim, length
        if name not in self.lengths:
            literal = self.model.new_bool_var(f"is{place}{dim}{length}")
            variable = self.variables.lengths[place][dim]
            self.model.add(variable == length).only_enforce_if(literal)
            self.model.add(variable != length).only_enforce_if(literal.negated())
            self.lengths[name] = literal
        return self.lengths[name]

    def _wait_at(self, place: CutPlace, key: PortKey) -> cp_model.IntVar:
        """Cycles that a port loses at a cut, in latency units."""
        if (place, key) not in self.waits:
            most = self.problem.scale.most_latency
            self.waits[place, key] = self.model.new_int_var(0, most, f"wait{place}{key}")
        return self.waits[place, key]


def held_of(tile: Candidate, relevant: Sequence[str]) -> Held:
    """Lengths of a tile along some dimensions."""
    return tuple(tuple(tile.at.lengths[dim]) for dim in relevant)
