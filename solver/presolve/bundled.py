"""Tiles of any lengths at one cut, bundle by bundle: what each bundle has of an amount."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from zigzag_imc.solver.formulation.candidate import ByLength, Plane
from zigzag_imc.solver.presolve.planes import LengthsOf, plane_below
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut
from zigzag_imc.solver.tables.lattice import Array

if TYPE_CHECKING:
    from zigzag_imc.solver.presolve.bundles import Index, Pieces


class Bundled:
    """Arrays over the tiles at a cut, bundle by bundle.

    Parameters
    ----------
    cut, index
        The tiles.
    pieces
        What tells bundles apart; none where every tile is one by itself.
    """

    def __init__(self, cut: AnyCut, index: Index, pieces: Pieces | None) -> None:
        number = len(index[0])
        self.starts = np.arange(number)
        if pieces is not None and number:
            keys = np.array(pieces.of(cut, index))
            order = np.lexsort(keys[::-1])
            index, keys = tuple(axis[order] for axis in index), keys[:, order]
            is_first = np.ones(number, dtype=np.bool_)
            is_first[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
            self.starts = np.flatnonzero(is_first)
        self.index, self.number = index, number
        self._cut = cut

    def least(self, amounts: Array | float) -> list[float]:
        """Least amount of every bundle."""
        found: list[float] = np.minimum.reduceat(self._all(amounts), self.starts).tolist()
        return found

    def most(self, amounts: Array | float) -> list[float]:
        """Most of it."""
        found: list[float] = np.maximum.reduceat(self._all(amounts), self.starts).tolist()
        return found

    def each(self, amounts: Array | float) -> list[Array]:
        """All amounts of every bundle."""
        return np.split(self._all(amounts), self.starts[1:])

    def by_length(self, amounts: Array | float, most: bool = False) -> list[ByLength]:
        """Least, or most, amounts of every bundle, by the relevant lengths that it has."""
        return [
            {dim: own.points(of_bundle, most) for dim, own in lengths.items()}
            for lengths, of_bundle in zip(self._lengths, self.each(amounts), strict=True)
        ]

    def planes(self, amounts: Array | float) -> list[tuple[Plane, ...]]:
        """Planes below amounts of whole numbers; none of bundles with one axis of lengths.

        Of two lengths, a product is above both planes that touch it in the corners of the two
        shortest, and of the two longest ones.
        """
        return self._planes(amounts, lambda *corner: len(set(corner)) == 1)

    def planes_above(self, amounts: Array | float) -> list[tuple[Plane, ...]]:
        """Planes below the negative of such amounts.

        Of two lengths, a product is below both planes that touch it in the other two corners.
        """
        return self._planes(
            np.negative(amounts), lambda *corner: len(corner) == 2 and len(set(corner)) == 2
        )

    def _planes(
        self, amounts: Array | float, is_wanted: Callable[..., bool]
    ) -> list[tuple[Plane, ...]]:
        """Planes below amounts, in some corners of every bundle."""
        return [
            tuple(
                plane_below(lengths, of_bundle, corner)
                for corner in itertools.product((0, -1), repeat=len(lengths))
                if len(lengths) > 1 and is_wanted(*corner)
            )
            for lengths, of_bundle in zip(self._lengths, self.each(amounts), strict=True)
        ]

    @cached_property
    def _lengths(self) -> list[dict[str, LengthsOf]]:
        """Lengths of every bundle along the relevant dimensions where it has several."""
        found: list[dict[str, LengthsOf]] = [{} for _ in self.starts]
        if len(self.starts) == self.number:
            return found
        for dim, axis in zip(self._cut.lattice.dims, self.index, strict=False):
            if dim in self._cut.relevant:
                for lengths, places in zip(found, self.each(axis), strict=True):
                    if (places != places[0]).any():
                        known, of = np.unique(places, return_inverse=True)
                        own = tuple(self._cut.lengths[dim][known].tolist())
                        lengths[dim] = LengthsOf(own, of)
        return found

    def _all(self, amounts: Array | float) -> Array:
        return np.broadcast_to(amounts, (self.number,))
