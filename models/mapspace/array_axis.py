"""All unrollings on one array dimension, as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.layer import Layer
from zigzag_imc.models.mapspace.unrollings import smallest_unrollings

Unrolling = tuple[tuple[str, int], ...]
"""Layer dimensions and factors above one, sorted."""


@dataclass(frozen=True, slots=True, eq=False)
class ArrayAxis:
    """All unrollings on one array dimension; a row is one of them.

    Attributes
    ----------
    array_dim
        Name of the array dimension.
    choices
        Per row, the unrollings above one.
    columns
        Per layer dimension, its unrolling in every row.
    counted_elsewhere
        Those of them that are as far unrolled along another array dimension, and count there: they
        are diagonal blocks.
    """

    array_dim: str
    choices: list[Unrolling]
    columns: dict[str, npt.NDArray[np.int64]]
    counted_elsewhere: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        array_dim: str,
        choices: list[Unrolling],
        dims: tuple[str, ...],
        counted_elsewhere: frozenset[str] = frozenset(),
    ) -> ArrayAxis:
        """Tabulate some unrollings of ``dims``."""
        rows = [dict(choice) for choice in choices]
        columns = {dim: np.array([row.get(dim, 1) for row in rows]) for dim in dims}
        return cls(array_dim, choices, columns, counted_elsewhere)

    def row_of(self, unrolled: Mapping[str, int]) -> int:
        """Row of an unrolling.

        Raises
        ------
        ValueError
            When there is no such row.
        """
        return self.choices.index(tuple(sorted(unrolled.items())))


def combinations_on(
    layer: Layer,
    dims: tuple[str, ...],
    size: int,
    homes: Mapping[str, int],
    limits: Mapping[str, int],
) -> list[Unrolling]:
    """Unrollings of ``dims`` on one array dimension whose product is at most ``size``.

    Parameters
    ----------
    homes
        On how many array dimensions each layer dimension may be unrolled. A loop with one home must
        be as small as it can be; one with several is checked once all are known.
    limits
        How far some of the layer dimensions may be unrolled at most.
    """
    found: list[Unrolling] = [()]
    for dim in sorted(dims):
        loops = layer.sizes[dim]
        most = min(size, limits.get(dim, size))
        any_factor = tuple(range(1, min(loops, most) + 1))
        options = smallest_unrollings(loops, most) if homes[dim] == 1 else any_factor
        found = [
            (*chosen, (dim, factor)) if factor > 1 else chosen
            for chosen in found
            for factor in options
            if factor * _lanes(chosen) <= size
        ]
    return found


def _lanes(unrolling: Unrolling) -> int:
    """Lanes that an unrolling takes."""
    return math.prod(factor for _, factor in unrolling)
