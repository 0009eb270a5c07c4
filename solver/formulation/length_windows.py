"""Windows of tiles of any lengths: a transfer that cannot be double buffered has less time.

As in `windows`. Tiles with equal lengths along all that is relevant to the operand of the outer one
differ by irrelevant loops alone; where the inner one is surely shorter, however long the tiles of
its class are, the window is at most its steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.option_tiles import OptionTiles
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.resting import Resting
from zigzag_imc.solver.formulation.second_tile import buffered, not_always_buffered
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
    windows = _Windows(problem, model, variables, option)
    for place in option.at:
        windows.add_cut(place)
    found: Losses = {}
    for (_, key), wait in windows.waits.items():
        found.setdefault(key, []).append(wait)
    return found


@dataclass
class _Windows:
    """The variables of reduced windows, made where they are first needed."""

    problem: Problem
    model: cp_model.CpModel
    variables: Variables
    option: OptionTiles
    waits: dict[tuple[CutPlace, PortKey], cp_model.IntVar] = field(default_factory=dict)

    def add_cut(self, place: CutPlace) -> None:
        """Bound the waits at one cut."""
        unsure = not_always_buffered(self.problem, self.option, place)
        if not unsure.by_number:
            return
        relevant = sorted(self.problem.relevant[place[0]] & (self.problem.sizes or {}).keys())
        inner = {
            other: group.by(lambda tile: held_of(tile, relevant))
            for other, group in self.option.of_others(place[0]).at.items()
        }
        own_below = self.option.below(place).topmost.by(lambda tile: held_of(tile, relevant))
        literal = None
        for number, outer in unsure.by_number.items():
            held = held_of(outer, relevant)
            alike = (groups[held] for groups in inner.values() if held in groups)
            terms = list(self._terms(outer, alike))
            if not terms:
                continue
            if literal is None:
                literal = buffered(self.problem, self.model, self.variables, place).negated()
            # Own loops lie directly below, unless the operand's own next cut may be here, too.
            elsewhere = self.variables.none_of(own_below.get(held, TileGroup()))
            reduced = [self.variables.tiles[number], literal, *elsewhere]
            for key, lost in terms:
                wait = self._wait_at(place, key)
                self.model.add(wait >= total(lost)).only_enforce_if(reduced)

    def _terms(
        self, outer: Candidate, alike: Iterator[TileGroup]
    ) -> Iterator[tuple[PortKey, list[cp_model.LinearExpr]]]:
        """Yield, per inner cut and port, what the windows of a tile lack with each tile inside."""
        resting = Resting.of(self.problem, outer)
        shortest = outer.at.least_steps
        for group in alike:
            found: dict[PortKey, list[cp_model.LinearExpr]] = {}
            for number, tile in group.by_number.items():
                if tile.at.steps < shortest:
                    for key, units in resting.lost_units(self.problem, tile.at.steps).items():
                        found.setdefault(key, []).append(units * self.variables.tiles[number])
            yield from found.items()

    def _wait_at(self, place: CutPlace, key: PortKey) -> cp_model.IntVar:
        """Cycles that a port loses at a cut, in latency units."""
        if (place, key) not in self.waits:
            most = self.problem.scale.most_latency
            self.waits[place, key] = self.model.new_int_var(0, most, f"wait{place}{key}")
        return self.waits[place, key]


def held_of(tile: Candidate, relevant: list[str]) -> Held:
    """Lengths of a tile along some dimensions."""
    return tuple(tuple(tile.at.lengths[dim]) for dim in relevant)
