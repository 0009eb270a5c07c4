"""Pruned products: selections multiplied one after the other, without what no end result needs.

The tables are multiplied first. Then only the rows stay of which something is left, those that make
no difference to it as one (`alike_rows`); only these become literals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from zigzag_imc.solver.joint.alike_rows import Products, reduced
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


MOST_PAIRS, MOST_LEFT, MOST_ROWS = 20_000_000, 2_000_000, 500_000
"""Pairs of rows that are looked at, products that are left, and those of rows that are not alike:
beyond, a model would take gigabytes and longer than any search of it."""

TOO_LARGE = "the joint model is too large"


def pruned_product(
    sheet: Sheet, name: str, factors: Sequence[Selection], multiply: Sequence[Multiply]
) -> Selection:
    """Multiply two selections or more, from the left.

    ``multiply``: how the product so far and each next factor are multiplied.
    """
    first, *others = factors
    table, products = first.columns, []
    for other, step in zip(others, multiply, strict=True):
        places, columns = within_limits(step, table, other.columns)
        shape = _rows(table), len(other)
        table, row_of = distinct_columns(columns)
        products.append(Products.at(places, shape, row_of))
    if not _rows(table):  # nothing is left
        return sheet.choose(name, table)
    own = reduced(products)
    if sum(len(each.pairs) for each in own) > MOST_ROWS:
        raise UnfinishedModelError(TOO_LARGE)
    return replace(sheet.chain(name, factors, own), columns=table)


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
    if len(places) > MOST_LEFT:
        raise UnfinishedModelError(TOO_LARGE)
    return places, columns


def _rows(table: Columns) -> int:
    """Rows of a table."""
    return len(next(iter(table.values())))
