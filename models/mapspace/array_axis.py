"""All unrollings on one array dimension, as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.layer import Layer
from zigzag_imc.models.mapspace.constraints.limits import UnrollingLimits
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
        columns = {dim: np.array([row.get(dim, 1) for row in rows], dtype=np.int64) for dim in dims}
        return cls(array_dim, choices, columns, counted_elsewhere)

    @property
    def homes(self) -> frozenset[str]:
        """Layer dimensions that may lie here, and count here."""
        return frozenset(self.columns) - self.counted_elsewhere

    def row_of(self, unrolled: Mapping[str, int]) -> int:
        """Row of an unrolling.

        Raises
        ------
        ValueError
            When there is no such row.
        """
        return self.choices.index(tuple(sorted(unrolled.items())))


@dataclass(frozen=True, slots=True)
class AxisRoom:
    """One array dimension, and what constraints ask of the unrollings there.

    Attributes
    ----------
    array_dim, size
        Its name, and how many lanes it has.
    limits
        What constraints ask.
    """

    array_dim: str
    size: int
    limits: UnrollingLimits

    def needed(self) -> frozenset[str]:
        """Dimensions that have to be unrolled here."""
        return self.limits.needed(self.array_dim)

    def factors(self, loops: int, dim: str) -> tuple[int, ...]:
        """Unrollings of a dimension of so many iterations, ascending.

        Only the smallest that reach their steps, of those that the constraints allow: the least
        allowed one is among them, even if a smaller one needs no more steps.
        """
        least = self.limits.least(self.array_dim, dim)
        most = min(self.size, loops, self.limits.most(self.array_dim, dim))
        higher = (factor for factor in smallest_unrollings(loops, most) if factor > least)
        return (least, *higher) if least <= most else ()


def combinations_on(layer: Layer, room: AxisRoom, dims: tuple[str, ...]) -> list[Unrolling]:
    """Unrollings of ``dims`` on one array dimension that have room there.

    None where a constraint wants a dimension there that may not be. Each is as small as it can be
    by itself. So is each of several over which a loop is unrolled, if none can be lowered for free:
    ``ceil(N / (a b)) = ceil(ceil(N / a) / b)``, so what can be lowered alone, can beside others.
    """
    if not room.needed() <= set(dims):
        return []
    found: list[Unrolling] = [()]
    size = room.size
    for dim in sorted(dims):
        options = room.factors(layer.sizes[dim], dim)
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
