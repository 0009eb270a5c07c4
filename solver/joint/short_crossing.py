"""Crossings of tiles that need not divide: the last one along a dimension may be shorter.

As in `crossing`, but what depends on the length of a tile has a column for full tiles along every
relevant dimension and one for the short tile; all their combinations are added up once the last
dimension is multiplied in. Along the idle dimensions only the numbers of steps matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.layer import OUTPUTS, Window
from zigzag_imc.solver.joint.crossing import Crossings, Cut, Floats, Limits
from zigzag_imc.solver.joint.lot_sums import LotSums
from zigzag_imc.solver.joint.lots import (
    Places,
    lots_along,
    lots_at_pairs,
    multiplied_lots,
    multiplied_scalars,
    named,
)
from zigzag_imc.solver.joint.selection import Columns, Selection, holds_of
from zigzag_imc.solver.joint.tiles import Tile, Tiles
from zigzag_imc.solver.joint.window_extents import WindowExtents
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
        per_step = {
            name: columns.pop(name) / tile.size for name in _BY_LENGTH if name in columns
        }
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
        if self._has_latency:
            columns["share"] = tile.size / tile.temporal
            if place[0] == OUTPUTS:
                columns["share last"] = tile.last / tile.temporal
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
        found = {"share": outside / tile.temporal}
        if place[1] == 1:
            found["lone"] = 1.0 * (tile.size == 1)
        return found

    # ------------------------------------------------------------------ products
    def _window(self, place: CutPlace, tiles: Tiles, window: Window) -> Selection:
        """What the two dimensions of a window make of a transfer, lot by lot."""
        reach = self._part(place, tiles, window, "reach")
        taps = self._part(place, tiles, window, "taps")
        rows = _all_pairs(reach, taps)
        every = multiplied_scalars(reach.columns, taps.columns, rows)
        kept = dict(self._extents(window, place, every))
        by_length = [name for name in _BY_LENGTH if kept.pop(name, None) is not None]
        kept |= {name: every[name] for name in ("share", "lone") if name in every}
        for lot, own in lots_at_pairs(reach.columns, taps.columns, rows):
            extents = self._extents(window, place, {**every, **own})
            kept[named("times", lot)] = own["times"]
            kept |= {named(name, lot): extents[name] for name in by_length}
        name = f"window {place}{window.output_dim}"
        return self._sheet.join(name, (reach, taps), np.arange(len(rows[0])), kept)

    def _relevant(
        self, place: CutPlace, tiles: Tiles, factors: Sequence[Selection], limits: Limits
    ) -> Selection:
        """Multiply what all relevant dimensions make of a transfer, and add up its lots."""
        name = f"relevant {place}"

        def multiply(one: Selection, other: Selection) -> Selection:
            places = _that_fit(one, other, limits)
            columns = multiplied_lots(one.columns, other.columns, _at(places, other))
            return self._sheet.join(name, (one, other), places, columns)

        *first, last = factors
        nothing = self._nothing(place)
        product = reduce(multiply, first or [nothing])
        sums = LotSums(self._costs, place, self._has_energy, self._has_latency)

        def may_be_of_interest(rows: Columns) -> npt.NDArray[np.bool_]:
            cut = Cut(place, tiles, Selection((), rows), limits.idle, self._ends_short)
            return limits.of_interest(cut)

        kept_places, kept_columns = [], []
        every = _that_fit(product, last, limits)
        parts = max(1, len(every) * len(limits.idle) // _AT_ONCE)
        for places in np.array_split(every, parts):
            columns = sums.at(product.columns, last.columns, _at(places, last))
            kept = holds_of(may_be_of_interest, columns)
            kept_places.append(places[kept])
            kept_columns.append({key: column[kept] for key, column in columns.items()})
        columns = {
            key: np.concatenate([part[key] for part in kept_columns]) for key in kept_columns[0]
        }
        return self._sheet.join(name, (product, last), np.concatenate(kept_places), columns)


def _all_pairs(first: Selection, second: Selection) -> tuple[Places, Places]:
    """Rows of two selections in all pairs."""
    return _at(np.arange(len(first) * len(second)), second)


def _at(places: Places, second: Selection) -> tuple[Places, Places]:
    """Rows of the two selections of pairs, from the places in a matrix of all."""
    return places // len(second), places % len(second)


def _that_fit(first: Selection, second: Selection, limits: Limits) -> Places:
    """Places of the pairs that the memory below holds, in a matrix of all."""
    rooms = {"room": np.multiply.outer(first.column("room"), second.column("room")).ravel()}
    return np.flatnonzero(limits.fits(rooms))
