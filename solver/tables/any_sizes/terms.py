"""Amounts over a cut as sums of products: per visit of all tiles, times the number of visits.

What moving every different tile once takes is decided by the lengths along the relevant dimensions,
in *rows*; how often that comes again by the numbers of steps along the others, in *weights*. Both
are arrays with an axis per dimension, of one entry where a dimension does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from zigzag_imc.solver.tables.lattice import Array

Starts = Sequence[Sequence[int] | None]
"""Per axis, where the classes of its lengths start; ``None`` where there are no lengths."""


class Term(NamedTuple):
    """One product.

    Attributes
    ----------
    weights
        How often the rows count, by classes along the idle dimensions; not negative.
    rows
        Amounts by lengths along the relevant dimensions; not negative.
    """

    weights: Array
    rows: Array

    def fine(self) -> Array:
        """Amount of every tile."""
        amount: Array = self.weights * self.rows
        return amount

    def coarse(self, starts: Starts) -> Array:
        """Least amount of every class of tiles, at most."""
        amount: Array = self.weights * least_of_classes(self.rows, starts)
        return amount

    def least(self, spans: Sequence[slice]) -> float:
        """Least amount of the tiles at some places along every axis."""
        weights, rows = (_part(own, spans) for own in self)
        return float(weights.min() * rows.min())

    def only(self, axis: int, places: Sequence[int] | Array) -> Term:
        """Return the amounts at some places along an axis."""
        weights, rows = (
            part.take(places, axis=axis) if part.shape[axis] > 1 else part for part in self
        )
        return Term(weights, rows)


def _part(values: Array, spans: Sequence[slice]) -> Array:
    """Values at some places along every axis; an axis of one entry has the same for all."""
    alone = slice(None)
    places = (span if size > 1 else alone for span, size in zip(spans, values.shape, strict=True))
    part: Array = values[tuple(places)]
    return part


def least_of_classes(rows: Array, starts: Starts) -> Array:
    """Least of the lengths of every class, axis by axis."""
    for axis, own in enumerate(starts):
        if own is not None and rows.shape[axis] > 1:
            rows = np.minimum.reduceat(rows, own, axis=axis)
    return rows
