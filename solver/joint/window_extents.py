"""Extents of windows: the distinct input positions that outputs and filter taps touch together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.layer import Window
from zigzag_imc.models.movement.tiles import window_positions
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.joint.selection import Column, Columns


@dataclass(frozen=True, eq=False)
class WindowExtents:
    """Positions of a window for every choice of its two dimensions.

    Attributes
    ----------
    window
        The window.
    profile
        How positions are counted.
    rows
        Tile sizes ``reach`` and ``taps``, and unrollings of either of some kind.
    at_array
        Whether nothing but unrollings lies below.
    """

    window: Window
    profile: CostProfile
    rows: Columns
    at_array: bool

    def moved(self) -> dict[str, Column]:
        """What energy counts: averages."""
        rounds = self.profile.rounded_averages
        return {
            "elements": self._positions("inside", self.profile.phantom_dilation, rounds),
            "fan": self._widening("inside", "outside", rounds),
        }

    def held(self) -> dict[str, Column]:
        """What takes room: whole unrollings."""
        return {"room": self._positions("room")}

    def timed(self) -> dict[str, Column]:
        """What latency counts."""
        return {
            "loaded": self._positions("timed", self.profile.phantom_dilation),
            "loaded fan": self._widening("timed", "timed outside"),
        }

    def _column(self, name: str) -> Column:
        """Return a quantity; one where nothing is known of it."""
        ones = np.ones(len(next(iter(self.rows.values()))))
        return self.rows.get(name, ones)

    def _pair(self, kind: str) -> tuple[Amount, Amount]:
        """Unrollings of some kind of both dimensions."""
        return self._column(f"reach {kind}"), self._column(f"taps {kind}")

    def _positions(self, kind: str, phantom: bool = False, cut_down: bool = False) -> Column:
        """Positions that tiles and unrollings touch."""
        spans = (1, 1) if self.at_array else (self._column("reach"), self._column("taps"))
        unrolled = (self._pair(kind),)
        found: Column = window_positions((self.window,), unrolled, spans, phantom, cut_down)
        return found

    def _widening(self, inner: str, outer: str, cut_down: bool = False) -> Column:
        """Positions over those in one instance below."""
        phantom, (low, high) = self.profile.phantom_dilation, (self._pair(inner), self._pair(outer))
        if cut_down:
            low, high = (low[0] // 1, low[1] // 1), (high[0] // 1, high[1] // 1)
        ratio: Column = self.window.extent(*high, phantom) / self.window.extent(*low, phantom)
        return ratio
