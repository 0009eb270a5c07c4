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
    edges = {dim: _edge(beyond, dim) for dim in lengths}
    slopes = {dim: _along(amounts, beyond[dim], edge) for dim, edge in edges.items() if edge.any()}
    left = amounts - _rises(slopes, beyond)
    on_edges = np.logical_or.reduce(list(edges.values()))
    left = left - np.min(left[on_edges] if on_edges.any() else left)
    for dim, own in beyond.items():
        if dim not in slopes:
            slopes[dim] = _slope(left, own)
            left = left - slopes[dim] * own
    origin = math.floor(np.min(amounts - _rises(slopes, beyond)))
    return Plane(origin, {dim: (ends[dim], slopes[dim]) for dim in lengths})


def _edge(beyond: Mapping[str, Numbers], dim: str) -> Numbers:
    """Tell which tiles are on an edge from a corner; none where it is a single one.

    ``beyond``: by dimension, how far each tile is from the corner.
    """
    at_the_end = [steps == 0 for other, steps in beyond.items() if other != dim]
    edge: Numbers = np.logical_and.reduce(at_the_end)
    return edge if np.count_nonzero(edge) > 1 else np.zeros_like(edge)


def _along(amounts: Array, beyond: Numbers, edge: Numbers) -> int:
    """Return how much amounts rise at least along an edge, from its tile next to the corner."""
    own, steps = amounts[edge], beyond[edge]
    nearest = np.argmin(np.abs(steps))
    return _slope(own - own[nearest], steps - steps[nearest])


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
    is_rising = beyond[apart][0] > 0
    return math.floor(float(np.min(ratios))) if is_rising else math.ceil(float(np.max(ratios)))
