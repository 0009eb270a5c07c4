"""Crossings of tiles that need not divide: the last one along a dimension may be shorter.

As in `crossing`, but what depends on the length of a tile has a column for full tiles along every
relevant dimension and one for the short tile; all their combinations are added up once the last
dimension is multiplied in. Along the idle dimensions only the numbers of steps matter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.layer import OPERANDS, OUTPUTS, Window
from zigzag_imc.solver.joint.crossing import Crossings, Cut, Floats, Limits
from zigzag_imc.solver.joint.even_traffic import EvenTraffic
from zigzag_imc.solver.joint.lot_sums import LotSums
from zigzag_imc.solver.joint.lots import (
    Places,
    lots_along,
    lots_at_pairs,
    multiplied_lots,
    multiplied_scalars,
    named,
)
from zigzag_imc.solver.joint.pruned import pruned_product
from zigzag_imc.solver.joint.selection import Column, Columns, Selection
from zigzag_imc.solver.joint.tiles import Tile, Tiles
from zigzag_imc.solver.joint.times import may_be
from zigzag_imc.solver.scoring.tile_choice import CutPlace

_AT_ONCE = 2_000_000
"""Choices of relevant and idle dimensions together that are worked out at once."""

_BY_LENGTH = ("elements", "loaded", "depth")
"""Quantities outside windows that grow with the length of a tile."""


class ShortCrossings(Crossings):
    """Builds what passes the cuts of one layer where the last tile of a dimension may be short."""

    @property
    def _ends_short(self) -> bool:
        return True

    # ------------------------------------------------------------------ factors
    def _of_plain(self, place: CutPlace, tile: Tile) -> dict[str, Floats]:
        """Quantities of a relevant dimension outside windows, lot by lot."""
        columns = super()._of_plain(place, tile)
        per_step = {name: columns.pop(name) / tile.size for name in _BY_LENGTH if name in columns}
        columns.pop("single", None)
        if self._has_latency and place[0] == OUTPUTS:
            columns["loaded last"] = per_step["loaded"] * tile.last
        for lot, (length, times) in lots_along(tile).items():
            columns[named("times", lot)] = times
            columns |= {named(name, lot): each * length for name, each in per_step.items()}
        return columns | self._outside(place, tile)

    def _of_part(self, place: CutPlace, tile: Tile, window: Window, name: str) -> dict[str, Floats]:
        """Quantities of one dimension of a window, lot by lot."""
        columns = super()._of_part(place, tile, window, name)
        columns.pop("single", None)
        for lot, (length, times) in lots_along(tile).items():
            columns |= {named(name, lot): length, named("times", lot): times}
        return columns | self._outside(place, tile)

    def _of_idle(self, place: CutPlace, tile: Tile) -> dict[str, Floats]:
        """Quantities of an idle dimension."""
        columns = super()._of_idle(place, tile)
        if self._has_latency and place[0] == OUTPUTS:
            # A full round is no less than a share of all of them; the last one may be next to none.
            columns["share last"] = np.where(tile.last == tile.size, 1 / tile.steps, 0.0)
        return columns

    def _resting(self, tile: Tile) -> dict[str, Floats]:
        """For how long weights rest at the array: on average over all periods, and at most."""
        found: dict[str, Floats] = {}
        if self._costs.macro.precharge_pj:
            found["period"] = tile.temporal / tile.steps
            if self._costs.profile.repeated_precharge:
                found["below"] = tile.size * 1.0
        return found

    def _outside(self, place: CutPlace, tile: Tile) -> dict[str, Floats]:
        """What latency has to know of the tile that moves before computing, or after it."""
        if not self._has_latency:
            return {}
        outside = tile.last if place[0] == OUTPUTS else tile.size
        found = {"share": outside / tile.temporal, "time": tile.temporal * 1.0}
        if place[1] == 1:
            found["lone"] = 1.0 * (tile.size == 1)
        return found

    # ------------------------------------------------------------------ products
    def even_pj(self, place: CutPlace, tiles: Tiles) -> float:
        """Energy that crosses a cut at least, whatever its tiles are."""
        idle, factors = self._idle_factors(place, tiles), self._plain_factors(place, tiles)
        tables = [each.columns for _, each in self._tables(place, tiles)]
        tables += [each.columns for each in factors]
        return EvenTraffic(self._costs, place, idle.columns).least_pj(tables)

    def _windows(
        self, place: CutPlace, tiles: Tiles, factors: Sequence[Selection], limits: Limits
    ) -> list[Selection]:
        """What the windows make of a transfer, without what alone takes too much."""
        even, left_pj = EvenTraffic(self._costs, place, limits.idle.columns), limits.left_pj(place)
        tables = self._tables(place, tiles)
        found = []
        for number, (pair, each) in enumerate(tables):
            others = [table.columns for other, (_, table) in enumerate(tables) if other != number]
            others += [factor.columns for factor in factors]
            kept = even.bound_pj(each.columns, others) <= left_pj
            left = {name: column[kept] for name, column in each.columns.items()}
            name = f"window {place}{number}"
            found.append(self._sheet.join(name, pair, np.flatnonzero(kept), left))
        return found

    def _tables(
        self, place: CutPlace, tiles: Tiles
    ) -> list[tuple[tuple[Selection, Selection], Selection]]:
        """All pairs of the two dimensions of every window, with what they make of a transfer."""
        windows = self._costs.layer.windows_of(OPERANDS[place[0]])
        return [self._table(place, tiles, window) for window in windows]

    def _table(
        self, place: CutPlace, tiles: Tiles, window: Window
    ) -> tuple[tuple[Selection, Selection], Selection]:
        """What the two dimensions of a window make of a transfer, lot by lot."""
        reach = self._part(place, tiles, window, "reach")
        taps = self._part(place, tiles, window, "taps")
        rows = _all_pairs(reach, taps)
        every = multiplied_scalars(reach.columns, taps.columns, rows)
        kept = dict(self._extents(window, place, every))
        by_length = [name for name in _BY_LENGTH if kept.pop(name, None) is not None]
        kept |= {name: every[name] for name in ("share", "lone", "time") if name in every}
        for lot, own in lots_at_pairs(reach.columns, taps.columns, rows):
            extents = self._extents(window, place, {**every, **own})
            kept[named("times", lot)] = own["times"]
            kept |= {named(name, lot): extents[name] for name in by_length}
        return (reach, taps), Selection((), kept)

    def _relevant(
        self, place: CutPlace, tiles: Tiles, factors: Sequence[Selection], limits: Limits
    ) -> Selection:
        """Multiply what all relevant dimensions make of a transfer, and add up its lots."""
        every = factors if len(factors) > 1 else [self._nothing(place), *factors]
        even, left_pj = EvenTraffic(self._costs, place, limits.idle.columns), limits.left_pj(place)
        times = limits.times(place)

        def that_may(one: Columns, other: Columns, number: int) -> Places:
            """Pairs that fit, and that even traffic and time leave beside all factors to come."""
            self._sheet.go_on()
            places = _that_fit(one, other, limits)
            after = [each.columns for each in every[number + 2 :]]
            if times is not None:
                places = places[_in_time(times, one, other, after)[places]]
            kept = even.bound_of_pairs_pj(one, other, after)[places] <= left_pj
            left: Places = places[kept]
            return left

        def multiply(number: int, one: Columns, other: Columns) -> tuple[Places, Columns]:
            places = that_may(one, other, number)
            return places, multiplied_lots(one, other, _at(places, other))

        sums = LotSums(self._costs, place, self._has_energy, self._has_latency)
        last = len(every) - 2

        def add_up(one: Columns, other: Columns) -> tuple[Places, Columns]:
            pairs = that_may(one, other, last)
            parts = max(1, len(pairs) * len(limits.idle) // _AT_ONCE)
            found: list[tuple[Places, Columns]] = []
            of_idle = np.zeros(len(limits.idle), dtype=bool)
            for places in np.array_split(pairs, parts):
                self._sheet.go_on()
                columns = sums.at(one, other, _at(places, other))
                choices = limits.choices(
                    Cut(place, tiles, Selection((), columns), limits.idle, self._ends_short)
                )
                kept = choices.any(axis=1)
                of_idle |= choices.any(axis=0)
                found.append((places[kept], {key: own[kept] for key, own in columns.items()}))
            together = limits.roomy(_together([columns for _, columns in found]))
            settled = without_other_kinds(together, limits.idle.column("finished")[of_idle])
            return np.concatenate([places for places, _ in found]), settled

        steps = [partial(multiply, number) for number in range(last)]
        return pruned_product(self._sheet, f"relevant {place}", every, [*steps, add_up])


def without_other_kinds(columns: Columns, finished: Column) -> Columns:
    """Let outputs be alike that differ in what is never chosen: as partial sums, or finished.

    Where every choice that is of interest finishes them, or none does, what the other kind takes is
    the most of any: it was of no interest, and stays so.
    """
    if not len(finished) or finished.min() < finished.max():
        return columns
    other = "partial" if finished[0] else "whole"
    most = {name: each for name, each in columns.items() if name.endswith(f" {other}")}
    return {**columns, **{name: _settled(name, each) for name, each in most.items()}}


def _settled(name: str, column: Column) -> Column:
    """The most of a quantity, of what does not compete with computing the least, in every row."""
    extreme = np.min if name.startswith("outside") else np.max
    return np.full(len(column), extreme(column)) if len(column) else column


def _together(parts: Sequence[Columns]) -> Columns:
    """Columns of several parts below each other."""
    return {name: np.concatenate([columns[name] for columns in parts]) for name in parts[0]}


def _all_pairs(first: Selection, second: Selection) -> tuple[Places, Places]:
    """Rows of two selections in all pairs."""
    return _at(np.arange(len(first) * len(second)), second.columns)


def _at(places: Places, second: Columns) -> tuple[Places, Places]:
    """Rows of the two tables of pairs, from the places in a matrix of all."""
    count = _rows_of(second)
    return places // count, places % count


def _that_fit(first: Columns, second: Columns, limits: Limits) -> Places:
    """Places of the pairs that the memory below holds, in a matrix of all."""
    rooms = {"room": np.multiply.outer(_rooms(first), _rooms(second)).ravel()}
    return np.flatnonzero(limits.fits(rooms))


def _in_time(
    times: Column, one: Columns, other: Columns, after: Sequence[Columns]
) -> npt.NDArray[np.bool_]:
    """Which pairs may be part of what is left for time, in a matrix of all that is flattened."""
    ones = [_times(each) for each in after]
    least, most = (math.prod([float(f(each)) for each in ones]) for f in (np.min, np.max))
    return may_be(times, np.multiply.outer(_times(one), _times(other)).ravel(), least, most)


def _times(columns: Columns) -> Column:
    """What is left for time in every row."""
    return columns.get("time", np.ones(_rows_of(columns)))


def _rooms(columns: Columns) -> Column:
    """Room of every row."""
    return columns.get("room", np.ones(_rows_of(columns)))


def _rows_of(columns: Columns) -> int:
    """Number of rows of a table."""
    return len(next(iter(columns.values())))
