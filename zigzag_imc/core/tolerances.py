"""How close two numbers have to be: the same number written down, or an optimum and its bound."""

from __future__ import annotations

import math

TOLERANCE = 1e-9
"""Largest relative difference of numbers that count as equal: rounding in sums of another order. A
search discards by floating-point bounds only beyond it."""

COARSEST = 1e-6
"""Largest relative distance of bound and value at which a mapping may be called optimal; the solver
counts in whole numbers, to which it rounds objectives by no more than this, and bounds
downwards."""


RESOLUTION = 1e-7
"""Relative distance of bound and value below which a mapping counts as proved optimal; up to
`COARSEST` for energy-delay products, whose factors have to be rounded more."""


def same(found: float, expected: float, noise: float = 1e-12) -> bool:
    """Whether two numbers are equal to a relative 1e-9, or to a ``noise`` that is as good as 0."""
    return math.isclose(found, expected, rel_tol=TOLERANCE, abs_tol=noise)


def below(value: float, bound: float) -> bool:
    """Whether a value is less than a lower bound says it can be, by more than rounding."""
    return value < bound - TOLERANCE * abs(bound)
