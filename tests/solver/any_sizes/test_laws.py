"""Laws of tiles of any sizes: one row less never needs more energy, and more choice never costs."""

from __future__ import annotations

from itertools import pairwise

import pytest

from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.space import ANY_OUTERMOST, DIVISORS, Space
from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions

SAME = 1e-9


def least_pj(preset: str, rows: int, channels: tuple[int, int], space: Space) -> float:
    """Least energy of a matrix product, in pJ."""
    out_channels, in_channels = channels
    layer = matmul_layer("x", rows=rows, out_channels=out_channels, in_channels=in_channels)
    options = SearchOptions(space=space, gap=1e-12)  # breaks no ties
    found = solve(layer, load_accelerator(preset), IMC, "energy", options)
    assert found.status == "OPTIMAL"
    assert found.objective_value is not None
    return found.objective_value


@pytest.mark.parametrize("preset", ["aimc", "dimc"])
@pytest.mark.parametrize("channels", [(48, 320), (384, 96)])
@pytest.mark.parametrize("most", [64, 200])
def test_one_row_less_needs_no_more_energy(
    most: int, channels: tuple[int, int], preset: str
) -> None:
    found = [least_pj(preset, rows, channels, ANY_OUTERMOST) for rows in range(most - 4, most + 1)]
    assert all(less <= more * (1 + SAME) for less, more in pairwise(found))


@pytest.mark.parametrize("rows", [1021, 2047])
def test_primes_need_no_more_than_among_divisors(rows: int) -> None:
    """Tiles that divide a prime number of rows hold one of them, or all."""
    channels = (256, 512)
    found = least_pj("dimc", rows, channels, ANY_OUTERMOST)
    among_divisors = least_pj("dimc", rows, channels, DIVISORS)
    assert found <= among_divisors * (1 + RESOLUTION)
    # One row more has many divisors.
    assert found <= least_pj("dimc", rows + 1, channels, DIVISORS) * (1 + SAME)
