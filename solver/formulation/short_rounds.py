"""Short rounds: the last of the rounds along an irrelevant dimension leaves transfers less time.

A tile of length ``l`` along a dimension of ``T`` steps that its operand does not depend on comes in
``n = ceil(T / l)`` rounds, of which the last has ``T - (n - 1) l`` steps. A window is no longer
than its period, so in that round every transfer over the cut has so many steps at most, times those
along all other dimensions. The longer the tile, the shorter that round: what it costs is worked out
for every length of a class, and said by the lines below these points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from zigzag_imc.core.layer import OUTPUTS
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.formulation.candidate import Activity, Candidate
from zigzag_imc.solver.formulation.lines import Line, add_above, lines_below
from zigzag_imc.solver.formulation.option_tiles import OptionTiles
from zigzag_imc.solver.formulation.problem import Problem
from zigzag_imc.solver.formulation.variables import Variables
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey
from zigzag_imc.solver.tables.lattice import Array

MOST_PERIODS = 100_000
"""Periods of a candidate that are looked at: lengths times tiles of a bundle."""

WaitAt = Callable[[CutPlace, PortKey], cp_model.IntVar]
"""Cycles that a port loses at a cut beyond those that no window hides, in latency units."""


def add_short_rounds(
    problem: Problem,
    model: cp_model.CpModel,
    variables: Variables,
    option: OptionTiles,
    wait_at: WaitAt,
) -> None:
    """Bound what ports lose because the last round along some dimension is short.

    ``wait`` is above every line below what is lost (`lines`), if the tile is chosen. Of several
    dimensions each says so by itself, as if all rounds along the others were full.
    """
    for place, group in option.at.items():
        relevant = problem.relevant[place[0]]
        for number, tile in group.by_number.items():
            for dim in sorted(tile.at.lengths.keys() - relevant):
                length, is_chosen = variables.lengths[place][dim], [variables.tiles[number]]
                for key, line in _lines(problem, tile, dim):
                    add_above(model, wait_at(place, key), length, line, is_chosen)


def _lines(problem: Problem, tile: Candidate, dim: str) -> Iterator[tuple[PortKey, Line]]:
    """Yield, per port, the lines below what is lost along a dimension."""
    for key, cycles in lost_cycles(problem, tile, dim).items():
        units = [max(0, problem.scale.latency(own)) for own in cycles.tolist()]
        if any(units):
            for line in lines_below(tile.at.lengths[dim], units):
                yield key, line


def lost_cycles(problem: Problem, tile: Candidate, dim: str) -> dict[PortKey, Array]:
    """Cycles lost beyond those ``stuck``, by the length along an irrelevant dimension.

    Of a bundle, the least of any tile. None where no port loses anything.
    """
    assert problem.sizes is not None, "tiles may have any lengths"
    size, lengths = problem.sizes[dim], np.array(tile.at.lengths[dim])
    rounds = ceil_div(size, int(lengths[0]))
    held = np.atleast_1d(tile.at.held_steps)
    if rounds < 2 or not tile.ports.activities or len(lengths) * len(held) > MOST_PERIODS:
        return {}
    relevant = problem.relevant[tile.at.operand]
    others = tile.at.lengths.keys() - relevant - {dim}
    longest = math.prod([tile.at.lengths[other][-1] for other in others])
    window = held * (longest * math.ceil(problem.accelerator.array.cycles_per_activation))
    last = size - (rounds - 1) * lengths
    periods = _Periods(rounds, lengths, last, tile.at.operand == OUTPUTS)
    found: dict[PortKey, Array] = {}
    for key, activities in tile.ports.activities.items():
        if any(map(periods.may_lose, activities, [window] * len(activities))):
            own = sum(periods.lost(activity, window) for activity in activities)
            found[key] = np.min(own, axis=1) - tile.ports.stuck.get(key, 0.0)
    return found


class _Periods(NamedTuple):
    """Periods of tiles of some lengths along an irrelevant dimension.

    Attributes
    ----------
    rounds
        How many rounds there are.
    lengths, last
        Steps of a full round, and of the last one.
    is_unloaded
        Whether the last transfer is offloading, and partial sums do not come on first visits:
        then a part of a transfer in the last round is none.
    """

    rounds: int
    lengths: Array
    last: Array
    is_unloaded: bool

    def may_lose(self, activity: Activity, window: Array) -> bool:
        """Whether some period is shorter than its transfer."""
        shortest = min(int(self.lengths[0]), int(self.last[-1]))
        return bool(np.any(activity.busy > window * activity.share * shortest))

    def lost(self, activity: Activity, window: Array) -> Array:
        """Cycles that do not fit into their periods, by length and by tile.

        ``window`` are cycles of each tile for a single step along the dimension. Equally many
        transfers of each kind come in every round. All but the first one compete with computing,
        which is in a full round; of outputs, all but the last one.
        """
        every = activity.transfers / self.rounds
        in_last = np.floor(every) if self.is_unloaded else np.ceil(every)
        full, short = (
            activity.unhidden(window * steps[:, None], of)
            for steps, of in ((self.lengths, activity.transfers - in_last), (self.last, in_last))
        )
        return full + short
