"""Tiles: how much of every dimension lies below every cut.

``s[c,d]`` per cut ``c`` and dimension ``d``; the cut is crossed in ``n[c,d] = ceil(T[d] / s[c,d])``
steps. Where tiles need not divide ``T[d]``, the last of them may be shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.joint.selection import Column, Selection, Sheet
from zigzag_imc.solver.joint.unrollings import Factors, Unrolling

Sizes = Callable[[int], Sequence[int]]
"""Sizes that a tile may have, of what is left for time."""


@dataclass(frozen=True, eq=False)
class Tile:
    """The tile of one dimension at one cut.

    Attributes
    ----------
    unrolling
        The unrollings that leave it.
    row
        Row of the unrolling, in every row.
    size, steps
        ``s[c,d]`` and ``n[c,d]`` in every row.
    chosen
        The row.
    """

    unrolling: Unrolling
    row: Factors
    size: Factors
    steps: Factors
    chosen: Selection

    def of_unrolling(self, values: Column) -> Column:
        """Spread a value per unrolling over the rows."""
        return values[self.row]

    @property
    def temporal(self) -> Factors:
        """``T[d]`` in every row."""
        return self.of_unrolling(self.unrolling.temporal)

    @property
    def last(self) -> Factors:
        """Length of the last tile: shorter where the others do not divide all of the dimension."""
        last: Factors = self.temporal - (self.steps - 1) * self.size
        return last

    @property
    def is_one(self) -> bool:
        """Whether nothing of the dimension lies below the cut."""
        return bool(np.all(self.size == 1))


Tiles = Mapping[str, Tile]
"""The tiles at one cut, by dimension."""


def add_tile(sheet: Sheet, unrolling: Unrolling, name: str, sizes: Sizes) -> Tile:
    """Create the tile of one dimension at a cut, with a domain for every ``T[d]``."""
    listed = [
        (row, size, ceil_div(temporal, size))
        for row, temporal in enumerate(unrolling.temporal.tolist())
        for size in sizes(temporal)
    ]
    if not listed:  # no unrolling leaves a tile that is asked for
        sheet.forbid()
        listed = [(0, 1, int(unrolling.temporal[0]))]
    row, size, steps = np.array(listed, dtype=np.int64).T
    chosen = sheet.choose(f"tile {name}", {"size": size.astype(np.float64)})
    sheet.allow([unrolling.chosen, chosen], np.column_stack([row, np.arange(len(row))]))
    return Tile(unrolling, row, size, steps, chosen)


def every_length(temporal: int) -> range:
    """Allow any size, whether it divides or not."""
    return range(1, temporal + 1)


def nothing(_temporal: int) -> tuple[int]:
    """Allow nothing of a dimension below a cut."""
    return (1,)
