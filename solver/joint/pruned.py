"""Pruned products: selections multiplied one after the other, without what no end result needs.

The tables are multiplied first. Then, from the last product back to the first one, only the rows
stay of which something is left; only these become literals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zigzag_imc.solver.joint.selection import (
    Columns,
    Selection,
    Sheet,
    UnfinishedModelError,
    distinct_columns,
)

Places = npt.NDArray[np.int64]
"""Pairs of rows of two tables, by their places in a matrix of all, the first table in rows."""

Multiply = Callable[[Columns, Columns], tuple[Places, Columns]]
"""Which pairs of rows of two tables are allowed, and what follows from each."""


MOST_PAIRS, MOST_ROWS = 20_000_000, 500_000
"""Pairs of rows that are looked at, and products that are left, at most: beyond, a model would take
gigabytes and longer than any search of it."""

TOO_LARGE = "the joint model is too large"


@dataclass(frozen=True, eq=False)
class _Stage:
    """A product of a table and one more.

    Attributes
    ----------
    places
        Allowed pairs.
    row_of
        Row of the product that each of them is.
    table
        The product.
    """

    places: Places
    row_of: Places
    table: Columns

    @classmethod
    def of(cls, multiply: Multiply, first: Columns, second: Columns) -> _Stage:
        """Multiply two tables; what is alike is one row."""
        places, columns = within_limits(multiply, first, second)
        table, row_of = distinct_columns(columns)
        return cls(places, row_of, table)


def pruned_product(
    sheet: Sheet, name: str, factors: Sequence[Selection], multiply: Multiply, last: Multiply
) -> Selection:
    """Multiply two selections or more, from the left.

    Parameters
    ----------
    multiply, last
        How tables are multiplied, and how the last one is.
    """
    first, *others, final = factors
    stages: list[_Stage] = []
    table = first.columns
    for other in others:
        stages.append(_Stage.of(multiply, table, other.columns))
        table = stages[-1].table
    ends = within_limits(last, table, final.columns)
    needed = np.unique(ends[0] // len(final))
    every = [needed]
    for stage, other in zip(reversed(stages), reversed(others), strict=True):
        left = stage.places[np.isin(stage.row_of, every[-1])]
        every.append(np.unique(left // len(other)))
    product, rows = first, np.arange(len(first))
    for stage, other, needed in zip(stages, others, reversed(every[:-1]), strict=True):
        kept = np.isin(stage.row_of, needed)
        columns = {key: column[stage.row_of[kept]] for key, column in stage.table.items()}
        places = _renumbered(stage.places[kept], rows, len(other))
        product, rows = sheet.join(name, (product, other), places, columns), needed
    return sheet.join(name, (product, final), _renumbered(ends[0], rows, len(final)), ends[1])


def _renumbered(places: Places, rows: Places, count: int) -> Places:
    """Places in a matrix that has some of the rows of another one; ``count`` columns."""
    found: Places = np.searchsorted(rows, places // count) * count + places % count
    return found


def within_limits(multiply: Multiply, first: Columns, second: Columns) -> tuple[Places, Columns]:
    """Multiply two tables as long as that is not too much.

    Raises
    ------
    UnfinishedModelError
        Where there are too many pairs of rows, or products.
    """
    if _rows(first) * _rows(second) > MOST_PAIRS:
        raise UnfinishedModelError(TOO_LARGE)
    places, columns = multiply(first, second)
    if len(places) > MOST_ROWS:
        raise UnfinishedModelError(TOO_LARGE)
    return places, columns


def _rows(table: Columns) -> int:
    """Rows of a table."""
    return len(next(iter(table.values())))
