"""Lots: the full tiles along a dimension, and the short last one.

Along a dimension of ``T`` steps, tiles of ``s`` are ``floor(T / s)`` full ones, and one of
``T mod s`` if anything is left. Along several dimensions, every combination of full and short is a
*lot* of equal tiles, as many as the product of their numbers; together they are all there is.

What differs from lot to lot has a column for each, named ``quantity:lot``, such as ``times:fs``:
how many tiles are full along the first dimension and short along the second.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from zigzag_imc.solver.joint.selection import Column, Columns
from zigzag_imc.solver.joint.tiles import Tile

FULL, SHORT = "f", "s"
"""What a lot is along one dimension."""

Places = npt.NDArray[np.int64]
"""Row numbers."""


def lots_along(tile: Tile) -> dict[str, tuple[Column, Column]]:
    """Length and number of the full tiles along one dimension, and of the short one.

    No short one where it is in no row.
    """
    full, rest = np.divmod(tile.temporal, tile.size)
    lots: dict[str, tuple[Column, Column]] = {FULL: (tile.size * 1.0, full * 1.0)}
    if rest.any():
        lots[SHORT] = (np.maximum(rest, 1) * 1.0, 1.0 * (rest > 0))
    return lots


def named(quantity: str, lot: str) -> str:
    """Name of the column of a quantity in one lot."""
    return f"{quantity}:{lot}"


def lots_of(columns: Columns) -> list[str]:
    """All lots, the full one first; the empty one where no dimension makes a difference."""
    names = (name.split(":") for name in columns if ":" in name)
    return [lot for quantity, lot in names if quantity == "times"] or [""]


def of_lot(columns: Columns, lot: str) -> dict[str, Column]:
    """Quantities of one lot, by their names alone."""
    end = named("", lot)
    return {name.removesuffix(end): columns[name] for name in columns if name.endswith(end)}


class Quantities(dict[str, Column]):
    """Quantities by name; one where no dimension has a say."""

    def __init__(self, count: int, known: Columns) -> None:
        super().__init__(known)
        self._count = count

    def __missing__(self, name: str) -> Column:
        return np.ones(self._count)


def at_pairs(first: Columns, second: Columns, rows: tuple[Places, Places]) -> Quantities:
    """Multiply two tables column by column at some pairs of rows."""
    names = dict.fromkeys((*first, *second))
    products = {name: _at(first, name, rows[0]) * _at(second, name, rows[1]) for name in names}
    return Quantities(len(rows[0]), products)


def _at(columns: Columns, name: str, rows: Places) -> Column:
    """A quantity at some rows; one where the table does not have it."""
    return columns[name][rows] if name in columns else np.ones(len(rows))


def lots_at_pairs(
    first: Columns, second: Columns, rows: tuple[Places, Places]
) -> Iterator[tuple[str, Quantities]]:
    """Yield every lot along all dimensions of two tables, with its quantities at pairs of rows."""
    for one, other in itertools.product(lots_of(first), lots_of(second)):
        yield one + other, at_pairs(of_lot(first, one), of_lot(second, other), rows)


def multiplied_scalars(first: Columns, second: Columns, rows: tuple[Places, Places]) -> Quantities:
    """Multiply what does not differ from lot to lot, at pairs of rows."""
    one, other = (
        {name: column for name, column in each.items() if ":" not in name}
        for each in (first, second)
    )
    return at_pairs(one, other, rows)


def multiplied_lots(first: Columns, second: Columns, rows: tuple[Places, Places]) -> Quantities:
    """Multiply two tables at pairs of rows, lot by lot."""
    found = multiplied_scalars(first, second, rows)
    for lot, quantities in lots_at_pairs(first, second, rows):
        found.update({named(quantity, lot): column for quantity, column in quantities.items()})
    return found
