"""Which unrollings on rows and columns go together with which on all other array dimensions.

Whether the unrollings of a layer dimension are as small as they can be is a question of its own
factors alone. These are few on rows and columns, and few on all other array dimensions, while there
are millions of combinations. So every pair is asked once, and all combinations look it up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zigzag_imc.models.mapspace.array_axis import ArrayAxis
from zigzag_imc.models.mapspace.combinations import Block
from zigzag_imc.models.mapspace.interchangeable import Places

Mask = npt.NDArray[np.bool_]
"""Whether something holds, elementwise."""

Factors = npt.NDArray[np.int64]
"""Unrollings of a layer dimension on one array dimension."""

Rule = Callable[[Sequence[Factors]], Mask]
"""Whether unrollings of a layer dimension may stand together, elementwise; one per array
dimension that has it."""


@dataclass(frozen=True, slots=True)
class _Side:
    """Unrollings of a layer dimension in combinations of rows of some array axes.

    Attributes
    ----------
    kinds
        Per axis that has the dimension, its unrolling in every kind of combination.
    count
        How many kinds there are.
    kind_of
        Per combination, the number of its kind.
    """

    kinds: Sequence[Factors]
    count: int
    kind_of: Places

    @classmethod
    def of(cls, dim: str, axes: Sequence[ArrayAxis], picked: Places) -> _Side:
        """Tell the kinds of the ``picked`` combinations on all of the axes apart."""
        factors: list[Factors] = []
        kind_of = np.zeros(len(picked), dtype=np.int64)
        rows = np.unravel_index(picked, [len(axis.choices) for axis in axes]) if axes else ()
        for axis, chosen in zip(axes, rows, strict=True):
            if dim in axis.homes:
                own, of_row = np.unique(axis.columns[dim], return_inverse=True)
                kind_of = kind_of * len(own) + of_row[chosen]
                factors.append(own)
        kinds = [own.ravel() for own in np.meshgrid(*factors, indexing="ij")]
        return cls(kinds, math.prod(map(len, factors)), kind_of)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which unrollings of one layer dimension on rows and columns go with which on the others.

    Attributes
    ----------
    on_lines, on_macros
        Numbers of the kinds of unrollings in every combination on rows and columns, and in every
        one on all other array dimensions.
    allowed
        Per kind on rows and columns, and per kind on the others, whether both go together.
    """

    on_lines: Places
    on_macros: Places
    allowed: Mask

    @classmethod
    def of(
        cls, dim: str, axes: Sequence[ArrayAxis], lines: Places, macros: Places, rule: Rule
    ) -> Pairs:
        """Ask a rule about every pair of kinds; the first two axes are rows and columns."""
        side, other = _Side.of(dim, axes[:2], lines), _Side.of(dim, axes[2:], macros)
        on_lines = [np.repeat(own, other.count) for own in side.kinds]
        on_macros = [np.tile(own, side.count) for own in other.kinds]
        allowed = np.asarray(rule([*on_lines, *on_macros]), dtype=np.bool_)
        return cls(side.kind_of, other.kind_of, allowed.reshape(side.count, other.count))

    def within(self, block: Block) -> Mask:
        """Whether they go together in the combinations of a block, a row per one on the lines."""
        kinds, of_line = np.unique(self.on_lines[block.lines], return_inverse=True)
        of_kind = self.allowed[kinds][:, self.on_macros[block.macros]]
        return of_kind[of_line]
