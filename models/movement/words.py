"""Word accesses: how many accesses of full width a transfer takes.

The functions take numbers or numpy arrays alike, so that the scorer and the solver's tables share
one formula.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Amount = Any
"""A number, or a numpy array of numbers: a formula that takes this takes either."""

ROUNDING_SLACK = 1e-9
"""Averages are computed in floating point; a ceiling ignores an excess this small."""


def ceil_div(amount: Amount, width: Amount) -> Amount:
    """Whole number of ``width`` that cover ``amount``.

    Exact for whole numbers, also elementwise.
    """
    return -(-amount // width)


def floored(amount: Amount) -> Amount:
    """Whole number below; of an array elementwise, a hundred times as fast as ``// 1`` is there."""
    return np.floor(amount) if isinstance(amount, np.ndarray) else amount // 1


def rounded(amount: Amount, digits: int | None = None) -> Amount:
    """Round to so many digits behind the point, to a whole number if left out; halves to even."""
    if isinstance(amount, np.ndarray):
        return np.round(amount, digits or 0)
    return round(amount, digits)


def full_accesses(
    bits: Amount, bandwidth_min: int, share: float, transfers: Amount, instances: float, whole: bool
) -> Amount:
    """Count accesses of full width.

    ``ceil(bits / bandwidth_min) * share * transfers * instances``, elementwise.

    ``bits`` per transfer and instance; ``share`` of the full width that the smallest access takes:
    ``bandwidth_min / bandwidth_max``; ``whole`` drops the fraction of a full-width access.
    """
    count = -floored(ROUNDING_SLACK - bits / bandwidth_min) * share * transfers * instances
    return floored(count) if whole else count
