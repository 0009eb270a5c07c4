"""How exactly bounds of many spatial mappings are kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zigzag_imc.solver.tables.lattice import Array

MOST_EXACT = 1 << 20
"""Spatial mappings whose bounds are kept as exact as they were worked out."""


def number_for(count: int) -> type[np.floating[Any]]:
    """Type of the bounds of so many spatial mappings: half as long a number will do for millions.

    They take the most room there; a bound a ten-millionth lower is a bound, too.
    """
    return np.float64 if count <= MOST_EXACT else np.float32


def rounded_down(values: Array, number: type[np.floating[Any]]) -> npt.NDArray[Any]:
    """Return numbers of a type that are no larger than some values."""
    if number is np.float64:
        return values
    found = values.astype(number)
    return np.where(found > values, np.nextafter(found, number(-np.inf)), found)
