"""Windows: a transfer that cannot be double buffered has less time.

It waits for the last iteration of the loops below its cut.

Between two cuts ``y`` inside ``x`` of different operands lie the loops of ``x / y``. Where all of
them are irrelevant to the operand of ``x``, its old tile is in use until their last iteration, so
the window of a transfer over ``x`` is at most the steps of ``y``, unless its memory has room for a
second tile. This holds as long as the operand's own next lower cut is not at ``x`` too: then no
loop of its own lies directly below, and the window is the whole period.

Room for a second tile: the memory holds what every operand needs, and this one once more. An
operand needs its tile, or one step of it along relevant loops directly below its cut; never less
than its tile over all its relevant loops.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.problem import Candidate, Problem, Where
from zigzag_imc.solver.formulation.variables import Variables
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey

Losses = dict[PortKey, list[cp_model.IntVar]]
"""Per port, a variable for every cut whose windows may be reduced."""

TilesByPlace = dict[CutPlace, list[int]]
"""Candidates of one spatial mapping at every cut."""


def add_windows(problem: Problem, model: cp_model.CpModel, variables: Variables) -> Losses:
    """Cycles, per port and cut, by which reduced windows stall it longer than whole ones.

    For every tile ``x``, ``wait >= sum of lost[x, y] * tiles[y]`` if ``x`` is chosen, has no room
    for a second tile, and the operand's own next lower cut lies elsewhere.
    """
    windows = _Windows(problem, model, variables)
    for tiles in _tiles_by_option(problem):
        for place in tiles:
            windows.add_cut(tiles, place)
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

    def add_cut(self, tiles: TilesByPlace, place: CutPlace) -> None:
        """Bound the waits at one cut of one spatial mapping."""
        beside = _most_beside(self._problem, tiles, place)
        for number in tiles[place]:
            if not _always_buffered(self._problem, self._problem.candidates[number], beside):
                self._add_tile(tiles, number)

    def _add_tile(self, tiles: TilesByPlace, number: int) -> None:
        """Bound the waits for one tile."""
        outer = self._problem.candidates[number]
        place = outer.at.place
        for (key, _), terms in _waits(self._problem, self._variables, outer, tiles).items():
            buffered = self._buffered_at(place)
            wait = self._wait_at(place, key)
            self._model.add(wait >= cp_model.LinearExpr.sum(terms)).only_enforce_if(
                [
                    self._variables.tiles[number],
                    buffered.negated(),
                    *_own_cut_elsewhere(self._problem, self._variables, outer.at, tiles),
                ]
            )

    def _buffered_at(self, place: CutPlace) -> cp_model.IntVar:
        """Literal: the memory below a cut may have room for a second tile."""
        if place not in self._buffered:
            self._buffered[place] = _buffered(self._problem, self._model, self._variables, place)
        return self._buffered[place]

    def _wait_at(self, place: CutPlace, key: PortKey) -> cp_model.IntVar:
        """Cycles that a port loses at a cut, in latency units."""
        if (place, key) not in self._waits:
            most = self._problem.scale.most_latency
            self._waits[place, key] = self._model.new_int_var(0, most, f"wait{place}{key}")
        return self._waits[place, key]


def _tiles_by_option(problem: Problem) -> Iterable[TilesByPlace]:
    """Candidates of every spatial mapping, cut by cut."""
    found: dict[int, TilesByPlace] = {}
    for place, numbers in problem.by_place.items():
        for number in numbers:
            option = problem.candidates[number].at.option
            found.setdefault(option, {}).setdefault(place, []).append(number)
    return found.values()


def _most_beside(problem: Problem, tiles: TilesByPlace, place: CutPlace) -> int:
    """Most bits that the other cuts at a cut's memory need."""
    rooms = {
        other: [problem.candidates[number].room for number in numbers]
        for other, numbers in tiles.items()
    }
    memory = rooms.pop(place)[0].memory
    beside = (held for held in rooms.values() if held[0].memory == memory)
    return sum(max(room.need for room in held) for held in beside)


def _always_buffered(problem: Problem, tile: Candidate, beside: int) -> bool:
    """Whether there is room for a second tile, whatever lies beside it."""
    return 2 * tile.room.need + beside <= problem.size_bits(tile.room.memory)


def _waits(
    problem: Problem, variables: Variables, outer: Candidate, tiles: TilesByPlace
) -> dict[tuple[PortKey, CutPlace], list[cp_model.LinearExpr]]:
    """Terms, per port and inner cut, of the cycles that the windows of ``outer`` lack.

    One per tile of the cut.
    """
    axes = problem.spatials[outer.at.option].lattice.axes
    relevant = problem.relevant[outer.at.operand]
    fixed = [axis for axis, (dim, _) in enumerate(axes) if dim in relevant]
    found: dict[tuple[PortKey, CutPlace], list[cp_model.LinearExpr]] = {}
    others = (place for place in tiles if place[0] != outer.at.operand)
    for place in others:
        for number in tiles[place]:
            inner = problem.candidates[number].at
            if not _reduces(inner, outer.at, fixed):
                continue
            for key, cycles in _lost(problem, outer, inner.steps).items():
                found.setdefault((key, place), []).append(cycles * variables.tiles[number])
    return found


def _reduces(inner: Where, outer: Where, relevant_axes: list[int]) -> bool:
    """Whether only loops that are irrelevant to the outer tile's operand lie between two tiles."""
    if inner.steps >= outer.steps:
        return False
    if any(inner.index[axis] != outer.index[axis] for axis in relevant_axes):
        return False
    return all(low <= high for low, high in zip(inner.index, outer.index, strict=True))


def _lost(problem: Problem, outer: Candidate, steps: int) -> dict[PortKey, int]:
    """Latency units that each port lacks when the windows of a tile are that many steps long.

    ``stuck`` is counted already: only what a reduced window adds to it.
    """
    window = math.ceil(steps * problem.accelerator.array.cycles_per_activation)
    lost: dict[PortKey, int] = {}
    for key, loads in outer.ports.activities.items():
        stuck = sum(count * max(0.0, busy - window) for count, busy in loads)
        cycles = problem.scale.latency(stuck - outer.ports.stuck.get(key, 0.0))
        if cycles > 0:
            lost[key] = cycles
    return lost


def _buffered(
    problem: Problem, model: cp_model.CpModel, variables: Variables, place: CutPlace
) -> cp_model.IntVar:
    """Literal: the memory below a cut may have room for a second tile.

    It surely has none where ``2 * need of the cut + least need of the others <= size`` cannot hold.
    """
    memory = problem.candidates[problem.by_place[place][0]].room.memory
    numbers = problem.in_memory(memory)
    needs = [_bits_beside_a_second(problem.candidates[number], place) for number in numbers]
    buffered = model.new_bool_var(f"buffered{place}")
    model.add(variables.over_tiles(numbers, needs) <= problem.size_bits(memory)).only_enforce_if(
        buffered
    )
    return buffered


def _bits_beside_a_second(tile: Candidate, place: CutPlace) -> int:
    """Bits that a tile takes while the memory holds a second one of a cut."""
    return 2 * tile.room.need if tile.at.place == place else tile.room.least_need


def _own_cut_elsewhere(
    problem: Problem, variables: Variables, outer: Where, tiles: TilesByPlace
) -> list[cp_model.BoolVarT]:
    """Literals that all hold unless the operand's next lower cut is at the same tile."""
    lower = [place for place in tiles if place[0] == outer.operand and place < outer.place]
    if not lower:
        return []
    return [
        variables.tiles[number].negated()
        for number in tiles[max(lower)]
        if problem.candidates[number].at.index == outer.index
    ]
