"""Spatial mappings side by side: a row of every table is one of them, from unrollings to cuts.

The tables of the joint model multiply every row with every other one. Here the unrollings of all
dimensions are chosen together, so that rows of the same number go together and no others: what the
model knows of the costs is worked out of thousands of spatial mappings at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.pruned import TOO_LARGE
from zigzag_imc.solver.joint.selection import (
    Columns,
    Scratch,
    Selection,
    UnfinishedModelError,
)
from zigzag_imc.solver.joint.tiles import Tile
from zigzag_imc.solver.joint.unrollings import Factors, Unrolling, spatial_at
from zigzag_imc.solver.joint.use import ROW, add_use, numbered

MOST_PAIRS = 200_000
"""Pairs of unrollings that are looked at to list what fits: their floors take some seconds."""

BLOCK = 10_000
"""Spatial mappings that are worked out at once; each takes some kilobytes."""


@dataclass(frozen=True, eq=False)
class Together:
    """All spatial mappings that fit on the array.

    Attributes
    ----------
    unrollings
        The unrollings of every dimension.
    rows
        Per dimension, the unrolling of every spatial mapping.
    used
        The use that each of them makes of the array.
    """

    unrollings: Mapping[str, Unrolling]
    rows: Mapping[str, Factors]
    used: Selection

    @classmethod
    def of(cls, costs: CostModel, unrollings: Mapping[str, Unrolling], domain: Domain) -> Together:
        """List them.

        Raises
        ------
        UnfinishedModelError
            Where there are too many.
        """
        used = add_use(_Listed(), costs, unrollings, domain, told=numbered)
        rows = {dim: used.column(f"{ROW}{dim}").astype(np.int64) - 1 for dim in unrollings}
        return cls(unrollings, rows, used)

    def __len__(self) -> int:
        return len(self.used)

    def spatial(self, number: int) -> SpatialMapping:
        """Return one of them."""
        rows = {dim: int(each[number]) for dim, each in self.rows.items()}
        return spatial_at(self.unrollings, rows)

    def blocks(self) -> Iterator[Together]:
        """Yield a part of them after the other."""
        for start in range(0, len(self), BLOCK):
            block = slice(start, start + BLOCK)
            rows = {dim: each[block] for dim, each in self.rows.items()}
            columns = {name: each[block] for name, each in self.used.columns.items()}
            yield Together(self.unrollings, rows, Selection((), columns))

    def side_by_side(self) -> dict[str, Unrolling]:
        """The unrollings of every spatial mapping, a row for each."""
        return {dim: _at(each, self.rows[dim]) for dim, each in self.unrollings.items()}


class _Listed(Scratch):
    """Multiplies selections as long as that is not too much."""

    def combine(
        self,
        name: str,
        first: Selection,
        second: Selection,
        keep: Callable[[Columns], npt.NDArray[np.bool_]] | None = None,
        derive: Callable[[Columns], Columns] | None = None,
    ) -> Selection:
        """Multiply two selections column by column."""
        if len(first) * len(second) > MOST_PAIRS:
            raise UnfinishedModelError(TOO_LARGE)
        return super().combine(name, first, second, keep, derive)


class Paired(Scratch):
    """Selections whose rows of the same number go together; nothing is left out or joined."""

    def choose(self, name: str, columns: Columns) -> Selection:
        """Take all rows."""
        return Selection((), columns)

    def derive(
        self,
        name: str,
        base: Selection,
        columns: Columns,
        kept: npt.NDArray[np.bool_] | None = None,
    ) -> Selection:
        """Take all rows of some columns, alike or not."""
        return Selection((), columns)

    def combine(
        self,
        name: str,
        first: Selection,
        second: Selection,
        keep: Callable[[Columns], npt.NDArray[np.bool_]] | None = None,
        derive: Callable[[Columns], Columns] | None = None,
    ) -> Selection:
        """Multiply two selections row by row; a single row goes with all of them."""
        names = dict.fromkeys((*first.columns, *second.columns))
        products = {key: first.column(key) * second.column(key) for key in names}
        return Selection((), products if derive is None else derive(products))


def whole_or_one(unrolling: Unrolling, *, is_whole: bool) -> Tile:
    """Tile of all that is left for time, or of one step, beside every unrolling."""
    one, every = np.ones_like(unrolling.temporal), unrolling.temporal
    size, steps = (every, one) if is_whole else (one, every)
    chosen = Selection((), {"size": size.astype(np.float64)})
    return Tile(unrolling, np.arange(len(size)), size, steps, chosen)


def _at(unrolling: Unrolling, rows: Factors) -> Unrolling:
    """Some rows of the unrollings of a dimension."""
    return Unrolling(
        unrolling.dim,
        {name: each[rows] for name, each in unrolling.factors.items()},
        {name: each[rows] for name, each in unrolling.averages.items()},
        {name: each[rows] for name, each in unrolling.timed.items()},
        lanes=unrolling.lanes[rows],
        temporal=unrolling.temporal[rows],
        chosen=Selection((), {"row": rows * 1.0}),
    )
