"""The least product of two sums, from lower bounds of their weighted sums.

Energy and latency of a network are sums over its layers; so is any weighted sum of both, which one
linear model makes least. Their product is not. But where all choices ``(E, L)`` lie above some
lines ``a E + b L >= S`` with ``a, b >= 0``, no product is less than the least one at a corner of
the region above all lines: ``E L >= p`` describes a convex set, so along an edge between two
corners the product is nowhere less than at both of them. Where a line is added at the worst corner,
along the curve of constant product through it, the corner is either cut off or a choice by itself.
So the least product is found and proved by weighted sums alone.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.network.edp import Totals


@dataclass(frozen=True, slots=True)
class Line:
    """A lower bound of a weighted sum: ``per_pj * E + per_cycle * L >= least``.

    Attributes
    ----------
    per_pj, per_cycle
        Weights of the energy and of the latency, neither below zero.
    least
        Lower bound of the sum.
    """

    per_pj: float
    per_cycle: float
    least: float

    def has_above(self, corner: Totals) -> bool:
        """Whether a point lies above the line, to rounding."""
        value = self.per_pj * corner.energy_pj + self.per_cycle * corner.latency
        return value >= self.least * (1 - TOLERANCE)


def worst_corner(lines: list[Line]) -> Totals:
    """Corner of least product above all lines; among them one of each total alone."""
    corners = [
        corner
        for one, other in itertools.combinations(lines, 2)
        if (corner := _crossing(one, other)) is not None
        and all(line.has_above(corner) for line in lines)
    ]
    return min(corners, key=lambda corner: corner.product)


def _crossing(one: Line, other: Line) -> Totals | None:
    """Point on both lines; ``None`` where they are parallel, or it is below zero."""
    determinant = one.per_pj * other.per_cycle - other.per_pj * one.per_cycle
    scale = max(one.per_pj * other.per_cycle, other.per_pj * one.per_cycle)
    if math.isclose(determinant, 0.0, abs_tol=TOLERANCE * scale):
        return None
    energy_pj = (one.least * other.per_cycle - other.least * one.per_cycle) / determinant
    latency = (one.per_pj * other.least - other.per_pj * one.least) / determinant
    if energy_pj < 0 or latency < 0:
        return None
    return Totals(latency, energy_pj)
