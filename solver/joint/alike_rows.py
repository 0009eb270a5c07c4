"""Alike rows: rows of a factor that make the same of every row they are multiplied with.

Factors are multiplied one after the other, and only the last product counts. Rows of any factor,
and of any product on the way, that lead to the same end beside the same others are one row. From
the last product back to the first one, all rows are told apart by what they lead to, as the states
of an automaton without cycles are: two remain only where something differs further on.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[Any]
"""Row numbers."""

Kinds = npt.NDArray[Any]
"""Of every row, the number of its kind; -1 for one that leads nowhere."""


@dataclass(frozen=True, eq=False)
class Products:
    """Allowed pairs of rows, and the row of the product that each of them is.

    Attributes
    ----------
    pairs
        Rows of the first, of the second and of the product: a column each.
    first, second
        Which of these rows every row of both factors is.
    """

    pairs: Rows
    first: Kinds
    second: Kinds

    @classmethod
    def at(cls, places: Rows, shape: tuple[int, int], row_of: Rows) -> Products:
        """Number the pairs of a matrix of all, the rows of the first in rows."""
        count = shape[1]
        pairs = np.column_stack([places // count, places % count, row_of])
        return cls(pairs, np.arange(shape[0]), np.arange(count))


def reduced(products: Sequence[Products]) -> list[Products]:
    """Join alike rows of all factors of successive products, the last products as they are."""
    found: list[Products] = []
    ends: Kinds | None = None
    for each in reversed(products):
        own = _reduced(each if ends is None else _led_to(each, ends))
        ends = own.first
        found.append(own)
    opening, *others = reversed(found)
    # The first factor of all others is the product before, of which every row is a kind.
    return [opening, *(replace(own, first=np.arange(own.first.max() + 1)) for own in others)]


def _led_to(products: Products, ends: Kinds) -> Products:
    """Say of every pair what it leads to, of those that lead anywhere."""
    pairs = products.pairs.copy()
    pairs[:, 2] = ends[pairs[:, 2]]
    return Products(pairs[pairs[:, 2] >= 0], products.first, products.second)


def _reduced(products: Products) -> Products:
    """Join alike rows of both factors of one product."""
    pairs, (first, second) = products.pairs, (products.first, products.second)
    of_first = alike(pairs[:, 0], pairs[:, 1:], len(first))
    pairs = _joined(pairs, 0, of_first)
    of_second = alike(pairs[:, 1], pairs[:, [0, 2]], len(second))
    return Products(_joined(pairs, 1, of_second), of_first, of_second)


def _joined(pairs: Rows, column: int, joined: Kinds) -> Rows:
    """Number the rows of one factor anew, each pair once."""
    found = pairs.copy()
    found[:, column] = joined[pairs[:, column]]
    return np.unique(found, axis=0)


def alike(rows: Rows, led_to: Rows, count: int) -> Kinds:
    """Which rows lead to the same: the number of the kind of each of ``count`` rows."""
    order = np.lexsort((*led_to.T[::-1], rows))
    ordered = np.ascontiguousarray(led_to[order])
    ends = np.cumsum(np.bincount(rows, minlength=count)).tolist()
    kinds: dict[bytes, int] = {}
    found = np.full(count, -1, dtype=np.int64)
    for row, (start, end) in enumerate(itertools.pairwise([0, *ends])):
        if end > start:
            found[row] = kinds.setdefault(ordered[start:end].tobytes(), len(kinds))
    return found
