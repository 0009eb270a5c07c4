"""Combinations of unrollings on all array dimensions, many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zigzag_imc.models.mapspace.interchangeable import Places, Representatives

BLOCK = 1 << 17
"""Combinations looked at together."""


@dataclass(frozen=True, slots=True)
class Combinations:
    """Combinations of rows of all array axes, those of the first axes changing slowest.

    Attributes
    ----------
    lines
        Numbers of the combinations on rows and columns, ascending.
    macros
        Those on all other array dimensions.
    on_macros
        How many there are on these, alike or not.
    """

    lines: Places
    macros: Representatives
    on_macros: int

    def from_place(self, first: int) -> Iterator[Places]:
        """Yield the numbers of all combinations from ``first`` on, ascending, in blocks."""
        each = len(self.macros.places)
        everything = len(self.lines) * each
        for start in range(self._before(first), everything, BLOCK):
            numbers = np.arange(start, min(start + BLOCK, everything))
            on_lines, on_macros = np.divmod(numbers, max(1, each))
            yield self.lines[on_lines] * self.on_macros + self.macros.places[on_macros]

    def _before(self, first: int) -> int:
        """How many combinations come before the number ``first``."""
        on_lines, on_macros = divmod(first, max(1, self.on_macros))
        lines = int(np.searchsorted(self.lines, on_lines))
        is_begun = lines < len(self.lines) and int(self.lines[lines]) == on_lines
        macros = int(np.searchsorted(self.macros.places, on_macros)) if is_begun else 0
        return lines * len(self.macros.places) + macros
