"""Crossings: what passes a cut, as products over the dimensions.

Of the dimensions that are relevant to the operand: the *elements* of a transfer, the *steps* that
differ from each other, and the *instances* of the memories at both sides. Of the idle ones: how
often all of that comes again. Windows take their two dimensions together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.layer import OPERANDS, OUTPUTS, WEIGHTS, Layer, Window
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.seen import Seen
from zigzag_imc.solver.joint.selection import Columns, Selection, Sheet, holds_of
from zigzag_imc.solver.joint.tiles import Tile, Tiles
from zigzag_imc.solver.joint.window_extents import WindowExtents
from zigzag_imc.solver.joint.window_rows import WindowRows
from zigzag_imc.solver.scoring.tile_choice import CutPlace

Floats = npt.NDArray[Any]
"""A quantity with one entry per row, or a matrix of them."""


@dataclass(frozen=True, eq=False)
class Cut:
    """One cut: where it is, and the tiles below it.

    Attributes
    ----------
    place
        Operand and boundary.
    tiles
        The tile of every dimension.
    relevant, idle
        What the relevant, and what the other dimensions make of a transfer.
    ends_short
        Whether transfers may differ: the relevant dimensions have sums over them (`lot_sums`).
    is_paired
        Whether every row of the relevant dimensions goes with the same row of the others alone.
    """

    place: CutPlace
    tiles: Tiles
    relevant: Selection
    idle: Selection
    ends_short: bool = False
    is_paired: bool = False

    @property
    def operand(self) -> int:
        """Index of the operand."""
        return self.place[0]

    @property
    def boundary(self) -> int:
        """Number of the boundary; 0 is that between the array and the lowest memory."""
        return self.place[1]


INTO_CELLS: CutPlace = (WEIGHTS, 1)
"""The cut of the weights in the cells, which are written row by row."""

_OF_WINDOWS = ("steps", "lower", "upper", "single")
"""Quantities of the two dimensions of a window that multiply."""


class Interest(Protocol):
    """What is of interest at the cuts."""

    def __call__(self, cut: Cut) -> npt.NDArray[np.bool_]:
        """Which choices at a cut are: a matrix, the relevant dimensions in rows."""
        ...

    def left_pj(self, place: CutPlace) -> float:
        """Energy (pJ) above which no choice at a cut is."""
        ...

    def times(self, place: CutPlace) -> Floats | None:
        """What may be left for time along the relevant dimensions; anything where not known."""
        ...


def least_bits(layer: Layer, operand: int) -> int:
    """Bits of an element of an operand at least."""
    bits = layer.precision.bits(OPERANDS[operand])
    return min(bits, layer.precision.O_final) if operand == OUTPUTS else bits


@dataclass(frozen=True, eq=False)
class Limits:
    """What is left of the choices at a cut.

    Attributes
    ----------
    most
        Elements that a tile has at most.
    idle
        What the idle dimensions make of a transfer.
    is_of_interest
        Which choices are of interest; all of them if left out.
    free
        Elements that a tile takes without ever being refused (`free_room`).
    """

    most: float
    idle: Selection
    is_of_interest: Interest | None = None
    free: float = 0.0

    def fits(self, rows: Columns) -> npt.NDArray[np.bool_]:
        """Which tiles the memory below holds."""
        kept: npt.NDArray[np.bool_] = rows["room"] <= self.most
        return kept

    def roomy(self, rows: Columns) -> Columns:
        """Let all that is small enough take room alike."""
        return {**rows, "room": np.maximum(rows["room"], self.free)}

    def choices(self, cut: Cut) -> npt.NDArray[np.bool_]:
        """Which choices are of interest: a matrix, the relevant dimensions in rows."""
        if self.is_of_interest is None:
            return np.ones((len(cut.relevant), len(cut.idle)), dtype=bool)
        return self.is_of_interest(cut)

    def left_pj(self, place: CutPlace) -> float:
        """Energy (pJ) above which nothing at a cut is of interest."""
        return math.inf if self.is_of_interest is None else self.is_of_interest.left_pj(place)

    def times(self, place: CutPlace) -> Floats | None:
        """What may be left for time along the relevant dimensions; anything where not known."""
        return None if self.is_of_interest is None else self.is_of_interest.times(place)


class Lanes:
    """What unrollings are inside and outside the instances at the boundaries of an operand."""

    def __init__(self, costs: CostModel, operand: int) -> None:
        self._seen = Seen(costs, operand)

    def inside(self, tile: Tile, values: Mapping[str, Floats], boundary: int) -> Floats:
        """Product of the unrollings inside one instance of the memory below a boundary."""
        return self._product(tile, values, lambda fans_at: fans_at < boundary)

    def outside(self, tile: Tile, values: Mapping[str, Floats], boundary: int) -> Floats:
        """Product of the unrollings over several instances of the memory below a boundary."""
        return self._product(tile, values, lambda fans_at: fans_at >= boundary)

    def _product(
        self, tile: Tile, values: Mapping[str, Floats], picks: Callable[[int], bool]
    ) -> Floats:
        product: Floats = np.ones(len(tile.row))
        for fans_at, each in self._seen.factors(tile.unrolling.dim, values):
            if picks(fans_at):
                product = product * tile.of_unrolling(each)
        return product

    def of_distinct_inputs(self, boundary: int) -> bool:
        """Whether the memory below a boundary has an instance per row, of distinct inputs."""
        return self._seen.is_one_per_row(boundary)


class Crossings:
    """Builds what passes the cuts of one layer: what energy counts of it, or latency, or both."""

    def __init__(
        self,
        sheet: Sheet,
        costs: CostModel,
        has_energy: bool = True,
        has_latency: bool = False,
    ) -> None:
        self._sheet, self._costs = sheet, costs
        self._has_energy, self._has_latency = has_energy, has_latency

    def cut(
        self,
        place: CutPlace,
        tiles: Tiles,
        size_bits: float,
        is_of_interest: Interest | None = None,
        free: float = 0.0,
    ) -> Cut:
        """Build a cut.

        Tiles larger than ``size_bits`` are no rows, nor is what is of no interest. Those of up to
        ``free`` elements take room alike.
        """
        idle = self._idle_factors(place, tiles)
        limits = Limits(
            size_bits / least_bits(self._costs.layer, place[0]), idle, is_of_interest, free
        )
        # Windows first: they are alike, and so are many of their products. What has no choice goes
        # before them, where tables are short.
        factors = sorted(self._plain_factors(place, tiles), key=len)
        windows = self._windows(place, tiles, factors, limits)
        fixed = [each for each in factors if len(each) == 1]
        every = [*fixed, *windows, *factors[len(fixed) :]] or [self._nothing(place)]
        relevant = self._relevant(place, tiles, every, limits)
        cut = Cut(place, tiles, relevant, idle, self._ends_short)
        return cut if is_of_interest is None else self._narrowed(cut, is_of_interest(cut))

    @property
    def _ends_short(self) -> bool:
        """Whether the last tile along a dimension may be shorter than the others."""
        return False

    def _relevant(
        self, place: CutPlace, tiles: Tiles, factors: Sequence[Selection], limits: Limits
    ) -> Selection:
        """Multiply what all relevant dimensions make of a transfer."""

        def may_be_of_interest(rows: Columns) -> npt.NDArray[np.bool_]:
            kept = limits.choices(Cut(place, tiles, Selection((), rows), limits.idle))
            return np.asarray(np.any(kept, axis=1))

        def is_kept(rows: Columns) -> npt.NDArray[np.bool_]:
            kept = limits.fits(rows)
            left = {name: column[kept] for name, column in rows.items()}
            kept[kept] = holds_of(may_be_of_interest, left)
            return kept

        *first, last = factors
        product = self._sheet.product(
            f"relevant {place}", first or [self._nothing(place)], limits.fits
        )
        return self._sheet.combine(f"relevant {place}", product, last, is_kept, limits.roomy)

    def _narrowed(self, cut: Cut, kept: npt.NDArray[np.bool_]) -> Cut:
        """Leave the choices of idle dimensions that are of interest beside any of the others."""
        columns: npt.NDArray[np.bool_] = np.any(kept, axis=0)
        if columns.all():
            return cut
        name = f"idle {cut.place}"
        return replace(cut, idle=self._sheet.derive(name, cut.idle, cut.idle.columns, columns))

    def _nothing(self, place: CutPlace) -> Selection:
        """No dimension at all."""
        return self._sheet.choose(f"nothing {place}", {"room": np.ones(1), "steps": np.ones(1)})

    # ------------------------------------------------------------------ factors
    def _idle_factors(self, place: CutPlace, tiles: Tiles) -> Selection:
        """What all idle dimensions make of a transfer."""
        dims = self._costs.layer.idle_dims(OPERANDS[place[0]])
        factors = [self._idle(place, tiles[dim]) for dim in tiles if dim in dims]
        return self._sheet.product(f"idle {place}", factors)

    def _plain_factors(self, place: CutPlace, tiles: Tiles) -> list[Selection]:
        """What every relevant dimension outside windows makes of a transfer."""
        dims = self._costs.layer.plain_dims(OPERANDS[place[0]])
        return [self._plain(place, tiles[dim]) for dim in tiles if dim in dims]

    def _plain(self, place: CutPlace, tile: Tile) -> Selection:
        """What a relevant dimension outside windows makes of a transfer."""
        name = f"plain {place}{tile.unrolling.dim}"
        return self._sheet.derive(name, tile.chosen, self._of_plain(place, tile))

    def _of_plain(self, place: CutPlace, tile: Tile) -> dict[str, Floats]:
        """Quantities of a relevant dimension outside windows."""
        lanes, a, of = Lanes(self._costs, place[0]), place[1], tile.unrolling
        size = tile.size if a else np.ones(len(tile.row))
        columns = {
            "room": lanes.inside(tile, of.factors, a) * size,
            **self._steps(lanes, a, tile),
            **self._first_tile(place, tile),
        }
        if self._has_averages(a):
            inner, outer = (lanes.inside(tile, of.averages, b) for b in (a, a + 1))
            columns |= {"elements": inner * size, "fan": outer / inner}
        if self._has_latency:
            inner, outer = (lanes.inside(tile, of.timed, b) for b in (a, a + 1))
            columns |= {"loaded": inner * size, "loaded fan": outer / inner}
        return columns

    def _idle(self, place: CutPlace, tile: Tile) -> Selection:
        """How often an idle dimension lets a transfer come again."""
        name = f"idle {place}{tile.unrolling.dim}"
        return self._sheet.derive(name, tile.chosen, self._of_idle(place, tile))

    def _of_idle(self, place: CutPlace, tile: Tile) -> dict[str, Floats]:
        """Quantities of an idle dimension."""
        lanes, a = Lanes(self._costs, place[0]), place[1]
        spread = lanes.outside(tile, tile.unrolling.factors, a + 1)
        columns = self._steps(lanes, a, tile)
        held_spread = lanes.outside(tile, tile.unrolling.factors, a)
        columns["finished"] = 1.0 * ((tile.steps == 1) & (spread == 1))
        columns["held finished"] = 1.0 * ((tile.steps == 1) & (held_spread == 1))
        if place == (0, 0) and self._has_energy:
            columns |= self._resting(tile)
        return columns

    def _resting(self, tile: Tile) -> dict[str, Floats]:
        """For how long weights rest at the array: activations of a period, and of the tile."""
        return {"below": tile.size * 1.0}

    def _steps(self, lanes: Lanes, a: int, tile: Tile) -> dict[str, Floats]:
        """Steps in time, and instances at both sides."""
        averages = tile.unrolling.averages
        if not self._has_energy:
            return {"steps": tile.steps * 1.0}
        return {
            "steps": tile.steps * 1.0,
            "lower": lanes.outside(tile, averages, a),
            "upper": lanes.outside(tile, averages, a + 1),
        }

    def _has_averages(self, a: int) -> bool:
        """Whether averages count: for energy, and for latency those of a second tile's room."""
        return self._has_energy or (self._has_latency and a == 1)

    def _first_tile(self, place: CutPlace, tile: Tile) -> dict[str, Floats]:
        """What latency has to know of the tiles in the lowest memories.

        Weights a multiplier, and whether the tile is one along the dimension.
        """
        if not self._has_latency or place[1] != 1:
            return {}
        if place == INTO_CELLS:
            return {"depth": tile.size * 1.0}
        return {"single": 1.0 * (tile.size == 1)}

    def _windows(
        self, place: CutPlace, tiles: Tiles, _factors: Sequence[Selection], _limits: Limits
    ) -> list[Selection]:
        """What the windows make of a transfer, beside the factors of all other dimensions."""
        windows = self._costs.layer.windows_of(OPERANDS[place[0]])
        return [self._window(place, tiles, window) for window in windows]

    def _window(self, place: CutPlace, tiles: Tiles, window: Window) -> Selection:
        """What the two dimensions of a window make of a transfer."""
        return self._sheet.combine(
            f"window {place}{window.output_dim}",
            self._part(place, tiles, window, "reach"),
            self._part(place, tiles, window, "taps"),
            derive=lambda rows: self._extents(window, place, rows),
        )

    def _part(self, place: CutPlace, tiles: Tiles, window: Window, name: str) -> Selection:
        """One dimension of a window, with quantities of its own name."""
        dim = window.output_dim if name == "reach" else window.filter_dim
        if dim not in tiles:
            return self._sheet.choose(f"window {place}{dim}", {name: np.ones(1)})
        columns = self._of_part(place, tiles[dim], window, name)
        return self._sheet.derive(f"part {place}{dim}", tiles[dim].chosen, columns)

    def _of_part(self, place: CutPlace, tile: Tile, window: Window, name: str) -> dict[str, Floats]:
        """Quantities of one dimension of a window."""
        lanes, a, of = Lanes(self._costs, place[0]), place[1], tile.unrolling
        columns = {
            name: tile.size * 1.0,
            f"{name} inside": lanes.inside(tile, of.averages, a),
            f"{name} outside": lanes.inside(tile, of.averages, a + 1),
            f"{name} room": lanes.inside(tile, of.factors, a),
            **self._steps(lanes, a, tile),
            **self._first_tile(place, tile),
        }
        if self._has_latency:
            columns[f"{name} timed"] = lanes.inside(tile, of.timed, a)
            columns[f"{name} timed outside"] = lanes.inside(tile, of.timed, a + 1)
        if self._shared(lanes, a):
            lines = WindowRows(self._costs, window).part(name, of)
            columns |= {key: tile.of_unrolling(each) for key, each in lines.items()}
        return columns

    def _extents(self, window: Window, place: CutPlace, rows: Columns) -> Columns:
        """Distinct positions that both dimensions of a window touch together."""
        a = place[1]
        extents = WindowExtents(window, self._costs.profile, rows, at_array=a == 0)
        kept = {name: rows[name] for name in _OF_WINDOWS if name in rows}
        if "reach mean" in rows:
            kept |= self._in_use(window, place, rows)
        if self._has_latency:
            kept |= extents.timed()
        return extents.held() | kept | (extents.moved() if self._has_averages(a) else {})

    def _shared(self, lanes: Lanes, a: int) -> bool:
        """Whether outputs of a window may lie along the columns and share instances per row."""
        per_row = lanes.of_distinct_inputs(a) or lanes.of_distinct_inputs(a + 1)
        return self._has_energy and per_row and not self._costs.accelerator.array.wide_lines

    def _in_use(self, window: Window, place: CutPlace, rows: Columns) -> dict[str, Floats]:
        """Instances at both sides: those of distinct inputs where there is one per row."""
        share = WindowRows(self._costs, window).distinct_share(rows)
        lanes = Lanes(self._costs, place[0])
        sides = {"lower": place[1], "upper": place[1] + 1}
        return {
            name: rows[name] * share if lanes.of_distinct_inputs(a) else rows[name]
            for name, a in sides.items()
        }
