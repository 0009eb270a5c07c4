"""Which tiles of any lengths lie below some place of an order that constraints allow.

Told along every dimension by itself, and of classes of tiles: so some are left that no order
passes, but none is left out that one does.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zigzag_imc.models.mapspace.constraints.short_ends import ShortRules
from zigzag_imc.solver.tables.any_sizes.step_lattice import StepLattice
from zigzag_imc.solver.tables.lattice import Array

Flags = npt.NDArray[np.bool_]


class Sides(NamedTuple):
    """Which lengths along a dimension may be inside a tile that every order passes, or outside.

    Attributes
    ----------
    inside, outside
        For every length from one on.
    """

    inside: Flags
    outside: Flags

    @classmethod
    def of(cls, lengths: set[int], size: int) -> Sides:
        """Compare with a tile that has one of some lengths."""
        every = np.arange(1, size + 1)
        divides = (length % every == 0 for length in lengths)
        multiple = (every % length == 0 for length in lengths)
        nothing = np.zeros(size, dtype=bool)
        inside = np.full(size, size in lengths) | reduce(operator.or_, divides, nothing)
        return cls(inside, reduce(operator.or_, multiple, nothing) | (every == size))


@dataclass(frozen=True)
class Passing:
    """What an allowed order asks of tiles.

    Attributes
    ----------
    rules
        What constraints ask of the order.
    lattice
        Classes of tiles.
    """

    rules: ShortRules
    lattice: StepLattice

    def lengths(self) -> Iterator[tuple[str, Flags]]:
        """Yield dimensions with which of their lengths, from one on, may be in the chain."""
        for sides in self._passed():
            for dim, own in sides.items():
                yield dim, own.inside | own.outside

    def classes(self) -> Array:
        """Whether some tile of every class may be in the chain."""
        found = np.ones(self.lattice.shape, dtype=bool)
        for sides in self._passed():
            inside = (self._of_classes(dim, own.inside) for dim, own in sides.items())
            outside = (self._of_classes(dim, own.outside) for dim, own in sides.items())
            found &= reduce(operator.and_, inside, True) | reduce(operator.and_, outside, True)
        for outer, inner in self.rules.pairs:
            lengths = {dim: np.arange(1, self.lattice.sizes[dim] + 1) for dim in (outer, inner)}
            begun = self._of_classes(outer, lengths[outer] == 1)
            found &= begun | self._of_classes(inner, lengths[inner] == len(lengths[inner]))
        return found

    def _passed(self) -> Iterator[dict[str, Sides]]:
        """Yield, for every tile that each order passes, what lengths compare with it."""
        for fixed in self.rules.ends:
            own = [ends for ends in fixed if ends.dim in self.lattice.sizes]
            if not all(ends.choices for ends in fixed):
                nothing = {dim: np.zeros(size, bool) for dim, size in self.lattice.sizes.items()}
                yield {dim: Sides(flags, flags) for dim, flags in nothing.items()}
                continue
            for place in range(len(own[0].choices[0]) if own else 0):
                yield {
                    ends.dim: Sides.of(
                        {lengths[place] for lengths in ends.choices}, self.lattice.sizes[ends.dim]
                    )
                    for ends in own
                }

    def _of_classes(self, dim: str, flags: Flags) -> Array:
        """Whether any length of every class is flagged, along the axis of a dimension."""
        starts = self.lattice.first[dim] - 1
        return self.lattice.along(dim, np.logical_or.reduceat(flags, starts))
