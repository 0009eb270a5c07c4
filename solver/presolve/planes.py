"""Lengths of the tiles of a bundle, and lines and planes below what these have of an amount."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from zigzag_imc.solver.formulation.candidate import Plane, Points
from zigzag_imc.solver.tables.any_sizes.step_lattice import Numbers
from zigzag_imc.solver.tables.lattice import Array


class LengthsOf(NamedTuple):
    """Lengths of the tiles of a bundle along a dimension.

    Attributes
    ----------
    known
        All of them, by rising length.
    of
        Number of that of each tile.
    """

    known: tuple[int, ...]
    of: Numbers

    def points(self, amounts: Array, most: bool) -> Points:
        """Return the least, or most, amount of the tiles of every length."""
        found = np.full(len(self.known), -np.inf if most else np.inf)
        (np.maximum if most else np.minimum).at(found, self.of, amounts)
        return Points(self.known, tuple(found.tolist()))


Corner = Sequence[int]
"""By dimension, whether a corner of a bundle is at its first length, 0, or at its last, -1."""


def plane_below(lengths: Mapping[str, LengthsOf], amounts: Array, corner: Corner) -> Plane:
    """Return a plane below all amounts, as steep as they are along the edges from a corner.

    It touches one of the amounts; of a product that is the one in the corner. Along an edge without
    tiles it is as steep as all tiles beside allow.

    Parameters
    ----------
    lengths
        Lengths of the tiles along every dimension where they differ.
    amounts
        Whole numbers, one per tile.
    corner
        The corner.
    """
    ends = {dim: own.known[end] for (dim, own), end in zip(lengths.items(), corner, strict=True)}
    beyond = {dim: np.array(own.known)[own.of] - ends[dim] for dim, own in lengths.items()}
    slopes = _along_edges(beyond, amounts)
    left = amounts - np.min(amounts) - _rises(slopes, beyond)
    for dim, own in beyond.items():
        if dim not in slopes:
            slopes[dim] = _slope(left, own)
            left = left - slopes[dim] * own
    origin = math.floor(np.min(amounts - _rises(slopes, beyond)))
    return Plane(origin, {dim: (ends[dim], slopes[dim]) for dim in lengths})


def _along_edges(beyond: Mapping[str, Numbers], amounts: Array) -> dict[str, int]:
    """Return how much amounts rise at least along every edge with tiles, from a tile in the corner.

    ``beyond``: by dimension, how far each tile is from the corner.
    """
    in_corner = np.logical_and.reduce([own == 0 for own in beyond.values()])
    if not in_corner.any():
        return {}
    (base,) = amounts[in_corner]
    found = {}
    for dim, own in beyond.items():
        others = [steps == 0 for other, steps in beyond.items() if other != dim]
        edge = np.logical_and.reduce(others) & (own != 0)
        if edge.any():
            found[dim] = _slope(amounts[edge] - base, own[edge])
    return found


def _rises(slopes: Mapping[str, int], beyond: Mapping[str, Numbers]) -> Array | float:
    """By how much a plane is above its origin at every tile."""
    rises: Array | float = sum((slope * beyond[dim] for dim, slope in slopes.items()), start=0.0)
    return rises


def _slope(amounts: Array, beyond: Numbers) -> int:
    """Return by how much amounts rise at least with every step: all are above the line."""
    apart = beyond != 0
    if not apart.any():
        return 0
    ratios = amounts[apart] / beyond[apart]
    is_rising = beyond.max() > 0
    return math.floor(float(np.min(ratios))) if is_rising else math.ceil(float(np.max(ratios)))
