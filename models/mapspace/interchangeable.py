"""Array dimensions that are interchangeable, because the same memories serve them.

Rows and columns are what they are. Of the other array dimensions a cost only knows where each
operand fans out, that is, which memories serve them: unrollings of one layer dimension over two
that the same memories serve may change places, and nothing costs less or more. Fanning out there,
they count together: as a product of what is in use, and which of several unrollings is the widest
one, that stays partly empty, is told by the factors, not by the places. Nor do the rules tell them
apart: whether unrollings are smallest or can be fed is a question of all factors of a dimension.
So of the combinations that are alike in this way the first stands for all of them.

Every layer dimension may change places by itself, as far as there is room; that makes more
combinations alike than whole array dimensions that change places.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.models.mapspace.array_axis import ArrayAxis

_MOST_COMBINATIONS = 1 << 20
"""Combinations of unrollings over interchangeable dimensions up to which they are compared."""

Places = npt.NDArray[np.signedinteger]
"""Numbers of combinations of rows, one row of every array axis."""


@dataclass(frozen=True, slots=True)
class Representatives:
    """Combinations of rows of some array axes that stand for all that are alike.

    Attributes
    ----------
    places
        Their numbers, ascending.
    times
        How many each of them stands for.
    standing
        For every combination, the number of the one that stands for it.
    """

    places: Places
    times: Places
    standing: Places

    @classmethod
    def of(cls, axes: Sequence[ArrayAxis], groups: Sequence[Collection[str]]) -> Representatives:
        """Choose the first of those that are alike by ``groups`` of array dimensions."""
        shape = tuple(len(axis.choices) for axis in axes)
        everything = np.arange(math.prod(shape), dtype=np.int64)
        ones = np.ones_like(everything)
        if len(everything) > _MOST_COMBINATIONS or not any(len(group) > 1 for group in groups):
            return cls(everything, ones, everything)
        rows = np.unravel_index(everything, shape)
        chosen = {axis.array_dim: (axis, row) for axis, row in zip(axes, rows, strict=True)}
        keys = [
            _without_places([chosen[name] for name in group], dim)
            for group in groups
            for dim in _dims_of([chosen[name][0] for name in group])
        ]
        if not keys:
            return cls(everything, ones, everything)
        _, first, which, times = np.unique(
            np.concatenate(keys, axis=1),
            axis=0,
            return_index=True,
            return_inverse=True,
            return_counts=True,
        )
        order = np.argsort(first)
        return cls(first[order], times[order], first[which.ravel()])

    def times_of(self, places: Places) -> Places:
        """How many each of some of the representatives stands for."""
        times: Places = self.times[np.searchsorted(self.places, places)]
        return times


def interchangeable(accelerator: Accelerator, apart: Collection[str]) -> list[list[str]]:
    """Group array dimensions beyond rows and columns by the memories that serve them.

    Those ``apart`` are alike to no other.
    """
    groups: dict[Any, list[str]] = {}
    for name, _ in accelerator.array.dimensions:
        if name not in (accelerator.array.wordline, accelerator.array.bitline):
            serving = frozenset(
                number
                for number, memory in enumerate(accelerator.memories)
                if name in memory.served
            )
            groups.setdefault(name if name in apart else serving, []).append(name)
    return list(groups.values())


def _dims_of(axes: Sequence[ArrayAxis]) -> list[str]:
    """Layer dimensions that lie along any of some axes."""
    return sorted(frozenset().union(*(axis.columns for axis in axes)))


def _without_places(chosen: Sequence[tuple[ArrayAxis, npt.NDArray[Any]]], dim: str) -> Places:
    """Unrollings of a layer dimension over some axes in ascending order; a row per combination."""
    factors = [
        axis.columns[dim][rows] if dim in axis.columns else np.ones(len(rows), dtype=np.int64)
        for axis, rows in chosen
    ]
    return np.sort(np.stack(factors, axis=1), axis=1)
