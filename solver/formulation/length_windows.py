"""Windows of tiles of any lengths: a transfer that cannot be double buffered has less time.

As in `windows`. Tiles with equal lengths along all that is relevant to the operand of the outer one
differ by irrelevant loops alone. Where candidates leave it open whether these are equal, that is
told by a literal. The window is the last iteration of all loops between the two: then it is at most
the steps of the last inner tile, those lengths of the outer one, times the longest last one of its
class along the others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.length_room import SecondTiles
from zigzag_imc.solver.formulation.option_tiles import OptionTiles
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.resting import Resting
from zigzag_imc.solver.formulation.second_tile import not_always_buffered
from zigzag_imc.solver.formulation.short_rounds import add_short_rounds
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.formulation.variables import Variables, total
from zigzag_imc.solver.formulation.windows import Losses
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey

MOST_PAIRS = 10_000
"""Pairs of lengths that are looked at."""

Held = tuple[tuple[int, ...], ...]
"""Lengths along the dimensions that are relevant to an operand: the first and the last."""


def add_length_windows(problem: Problem, model: cp_model.CpModel, variables: Variables) -> Losses:
    """Cycles, per port and cut, by which reduced windows stall it longer than whole ones."""
    (option,) = problem.by_option
    second_tiles = SecondTiles(problem, model, variables, option)
    windows = _Windows(problem, model, variables, option, second_tiles)
    for place in option.at:
        windows.add_cut(place)
    add_short_rounds(problem, model, variables, option, windows.wait_at)
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

    def that_may_hold(self, held: Held) -> Iterator[tuple[Held, TileGroup]]:
        """Yield candidates that may have some lengths along the relevant dimensions."""
        for own, group in self._by_held.items():
            if may_be_equal(own, held):
                yield own, group

    def last_steps(self, tile: Candidate, outer: Candidate, sizes: Mapping[str, int]) -> int:
        """Iterations at most, along the irrelevant dimensions, of the last tile in an outer one."""
        return math.prod(
            [
                longest_last(tuple(own), tuple(outer.at.lengths[dim]), sizes[dim])
                for dim, own in tile.at.lengths.items()
                if dim not in self.relevant
            ]
        )


@dataclass
class _Windows:
    """The variables of reduced windows, made where they are first needed."""

    problem: Problem
    model: cp_model.CpModel
    variables: Variables
    option: OptionTiles
    second_tiles: SecondTiles
    waits: dict[tuple[CutPlace, PortKey], cp_model.IntVar] = field(default_factory=dict)
    lengths: dict[tuple[CutPlace, str, CutPlace | int], cp_model.IntVar] = field(
        default_factory=dict
    )
    apart: dict[tuple[CutPlace, CutPlace], cp_model.IntVar] = field(default_factory=dict)

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
        below = self.option.below(place).at
        own_below = [_Inner(max(below), below[max(below)], relevant)] if below else []
        literal = None
        for number, outer in unsure.by_number.items():
            terms = [found for one in inner for found in self._terms(outer, one)]
            if not terms:
                continue
            if literal is None:
                literal = self.second_tiles.buffered(place).negated()
            # Own loops lie directly below, unless the operand's own next cut may be here, too.
            elsewhere = [one for cut in own_below for one in self._elsewhere(outer, cut)]
            for key, lost, equal in terms:
                wait = self.wait_at(place, key)
                reduced = [self.variables.tiles[number], literal, *elsewhere, *equal]
                self.model.add(wait >= total(lost)).only_enforce_if(reduced)

    def _elsewhere(self, outer: Candidate, below: _Inner) -> list[cp_model.BoolVarT]:
        """Literals that all hold only where the own next cut has other lengths than a tile."""
        held = held_of(outer, below.relevant)
        alike = list(below.that_may_hold(held))
        if is_single(held) and all(is_single(own) for own, _ in alike):
            return [one for _, group in alike for one in self.variables.none_of(group)]
        return [self._apart(below.place, outer.at.place, below.relevant)] if alike else []

    def _apart(self, inner: CutPlace, outer: CutPlace, relevant: Sequence[str]) -> cp_model.IntVar:
        """Literal: the tile at a lower cut of an operand is shorter than that at a higher one."""
        if (inner, outer) not in self.apart:
            literal = self.model.new_bool_var(f"apart{inner}{outer}")
            own, around = self.variables.lengths[inner], self.variables.lengths[outer]
            shorter = total(around[dim] - own[dim] for dim in relevant)
            self.model.add(shorter >= 1).only_enforce_if(literal)
            self.model.add(shorter <= 0).only_enforce_if(literal.negated())
            self.apart[inner, outer] = literal
        return self.apart[inner, outer]

    def _terms(
        self, outer: Candidate, inner: _Inner
    ) -> Iterator[tuple[PortKey, list[cp_model.LinearExpr], tuple[cp_model.IntVar, ...]]]:
        """Yield what the windows of a tile lack with tiles of an inner cut inside it.

        Per port, with the literals that these have equal lengths where that is left open.
        """
        assert self.problem.sizes is not None, "tiles may have any lengths"
        sizes = self.problem.sizes
        resting, held = Resting.of(self.problem, outer), held_of(outer, inner.relevant)
        shortest = outer.at.least_steps(inner.relevant)
        lost_in: dict[int, dict[PortKey, int]] = {}
        by_equal: dict[tuple[cp_model.IntVar, ...], TileGroup] = {}
        for own, group in inner.that_may_hold(held):
            equal = tuple(self._equal(outer.at.place, held, inner, own))
            by_equal[equal] = TileGroup.joined((by_equal.get(equal, TileGroup()), group))
        for equal, group in by_equal.items():
            found: dict[PortKey, list[cp_model.LinearExpr]] = {}
            for number, tile in group.by_number.items():
                steps = inner.last_steps(tile, outer, sizes)
                if steps >= shortest:
                    continue
                if steps not in lost_in:
                    lost_in[steps] = resting.lost_units(self.problem, steps * outer.at.held_steps)
                for key, units in lost_in[steps].items():
                    found.setdefault(key, []).append(units * self.variables.tiles[number])
            for key, lost in found.items():
                yield key, lost, equal

    def _equal(
        self, outer: CutPlace, held: Held, inner: _Inner, own: Held
    ) -> Iterator[cp_model.IntVar]:
        """Yield literals that a tile has the lengths of the one around it, where that is open."""
        for dim, around, inside in zip(inner.relevant, held, own, strict=True):
            if around[0] < around[-1]:
                yield self._has_length(inner.place, dim, outer)
            elif inside[0] < inside[-1]:
                yield self._has_length(inner.place, dim, around[0])

    def _has_length(self, place: CutPlace, dim: str, other: CutPlace | int) -> cp_model.IntVar:
        """Literal: the tile at a cut has a length along a dimension, or that at another cut."""
        name = place, dim, other
        if name not in self.lengths:
            literal = self.model.new_bool_var(f"is{place}{dim}{other}")
            variable = self.variables.lengths[place][dim]
            length = other if isinstance(other, int) else self.variables.lengths[other][dim]
            self.model.add(variable == length).only_enforce_if(literal)
            self.model.add(variable != length).only_enforce_if(literal.negated())
            self.lengths[name] = literal
        return self.lengths[name]

    def wait_at(self, place: CutPlace, key: PortKey) -> cp_model.IntVar:
        """Cycles that a port loses at a cut, in latency units."""
        if (place, key) not in self.waits:
            most = self.problem.scale.most_latency
            self.waits[place, key] = self.model.new_int_var(0, most, f"wait{place}{key}")
        return self.waits[place, key]


@lru_cache(maxsize=1 << 12)
def longest_last(lengths: tuple[int, ...], outer: tuple[int, ...], size: int) -> int:
    """Return the length at most of the last of the tiles that make up an outer one.

    They divide it, or it is all of the dimension and the last one may be short. Of all pairs of
    lengths; of very many, as if none were short.
    """
    if len(lengths) * len(outer) > MOST_PAIRS:
        return lengths[-1]
    dividing = [one for one in lengths for around in outer if around % one == 0]
    short = [size % one for one in lengths if outer[-1] == size and size % one]
    return max([*dividing, *short], default=lengths[-1])


def held_of(tile: Candidate, relevant: Sequence[str]) -> Held:
    """First and last length of a tile along some dimensions."""
    lengths = (tile.at.lengths[dim] for dim in relevant)
    return tuple((own[0], own[-1]) for own in lengths)


def is_single(held: Held) -> bool:
    """Whether there is one length along every dimension."""
    return all(first == last for first, last in held)


def may_be_equal(one: Held, other: Held) -> bool:
    """Whether tiles may have equal lengths."""
    ends = zip(one, other, strict=True)
    return all(own[0] <= its[-1] and its[0] <= own[-1] for own, its in ends)
