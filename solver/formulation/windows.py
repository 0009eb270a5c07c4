"""Windows: a transfer that cannot be double buffered has less time.

It waits for the last iteration of the loops below its cut.

Between two cuts ``y`` inside ``x`` of different operands lie the loops of ``x / y``. Where all of
them are irrelevant to the operand of ``x``, its old tile is in use until their last iteration, so
the window of a transfer over ``x`` is at most the steps of ``y``, unless its memory has room for a
second tile (`second_tile`). This holds as long as the operand's own next lower cut is not at ``x``
too: then no loop of its own lies directly below, and the window is the whole period.
"""

from __future__ import annotations

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.option_tiles import OptionTiles
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.resting import Resting
from zigzag_imc.solver.formulation.second_tile import buffered, not_always_buffered
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.formulation.variables import Variables, total
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey

Losses = dict[PortKey, list[cp_model.IntVar]]
"""Per port, a variable for every cut whose windows may be reduced."""


def add_windows(problem: Problem, model: cp_model.CpModel, variables: Variables) -> Losses:
    """Cycles, per port and cut, by which reduced windows stall it longer than whole ones.

    For every tile ``x``, ``wait >= sum of lost[x, y] * tiles[y]`` if ``x`` is chosen, has no room
    for a second tile, and the operand's own next lower cut lies elsewhere.
    """
    windows = _Windows(problem, model, variables)
    for tiles in problem.by_option:
        windows.add_option(tiles)
    return windows.losses()


class _Windows:
    """The variables of reduced windows, made where they are first needed."""

    def __init__(self, problem: Problem, model: cp_model.CpModel, variables: Variables) -> None:
        self._problem, self._model, self._variables = problem, model, variables
        self._buffered: dict[CutPlace, cp_model.IntVar] = {}
        self._waits: dict[tuple[CutPlace, PortKey], cp_model.IntVar] = {}

    def losses(self) -> Losses:
        """Waits of every port."""
        found: Losses = {}
        for (_, key), wait in self._waits.items():
            found.setdefault(key, []).append(wait)
        return found

    def add_option(self, tiles: OptionTiles) -> None:
        """Bound the waits at every cut of one spatial mapping."""
        for place in tiles.at:
            unsure = not_always_buffered(self._problem, tiles, place)
            for number, outer in unsure.by_number.items():
                self._add_tile(tiles, number, outer)

    def _add_tile(self, tiles: OptionTiles, number: int, outer: Candidate) -> None:
        """Bound the waits for one tile, by those at every cut that may be inside it."""
        place, resting = outer.at.place, Resting.of(self._problem, outer)
        next_below = tiles.below(place).topmost
        own_here = next_below.where(lambda tile: tile.at.index == outer.at.index)
        own_elsewhere = self._variables.none_of(own_here)
        for inner in tiles.of_others(outer.at.operand).at.values():
            for key, terms in _waits(self._problem, self._variables, resting, inner).items():
                unbuffered = self._buffered_at(place).negated()
                reduced = [self._variables.tiles[number], unbuffered, *own_elsewhere]
                wait = self._wait_at(place, key)
                self._model.add(wait >= total(terms)).only_enforce_if(reduced)

    def _buffered_at(self, place: CutPlace) -> cp_model.IntVar:
        """Literal: the memory below a cut may have room for a second tile."""
        if place not in self._buffered:
            self._buffered[place] = buffered(self._problem, self._model, self._variables, place)
        return self._buffered[place]

    def _wait_at(self, place: CutPlace, key: PortKey) -> cp_model.IntVar:
        """Cycles that a port loses at a cut, in latency units."""
        if (place, key) not in self._waits:
            most = self._problem.scale.most_latency
            self._waits[place, key] = self._model.new_int_var(0, most, f"wait{place}{key}")
        return self._waits[place, key]


def _waits(
    problem: Problem, variables: Variables, outer: Resting, inner: TileGroup
) -> dict[PortKey, list[cp_model.LinearExpr]]:
    """Terms, per port, of the cycles that the windows of ``outer`` lack.

    One per tile at an inner cut.
    """
    reducing = inner.where(lambda tile: outer.outlasts(tile.at))
    found: dict[PortKey, list[cp_model.LinearExpr]] = {}
    for number, tile in reducing.by_number.items():
        for key, units in outer.lost_units(problem, tile.at.steps).items():
            found.setdefault(key, []).append(units * variables.tiles[number])
    return found
