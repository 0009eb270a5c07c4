"""The least product from weighted sums."""

from __future__ import annotations

import random

import pytest

from zigzag_imc.solver.network.edp import Totals
from zigzag_imc.solver.network.tangents import Line, worst_corner


def least_product(points: list[Totals]) -> tuple[float, int]:
    """Least product by lines at the worst corner, and how many lines that took."""
    lines = [
        Line(1.0, 0.0, min(point.energy_pj for point in points) / 2),
        Line(0.0, 1.0, min(point.latency for point in points) / 2),
    ]
    best = float("inf")
    while True:
        corner = worst_corner(lines)
        if corner.product >= best * (1 - 1e-9):
            return best, len(lines)
        weight = corner.pj_per_cycle
        found = min(points, key=lambda point: point.weighted(weight))
        lines.append(Line(1.0, weight, found.weighted(weight)))
        best = min(best, found.product)


@pytest.mark.parametrize("seed", range(50))
def test_lines_at_the_worst_corner_lead_to_the_least_product(seed: int) -> None:
    draw = random.Random(seed)
    points = [Totals(draw.uniform(1, 100), draw.uniform(1, 100)) for _ in range(30)]
    found, lines = least_product(points)
    assert found == pytest.approx(min(point.product for point in points), rel=1e-8)
    assert lines < 30


def test_no_point_above_the_lines_is_below_the_worst_corner() -> None:
    draw = random.Random(0)
    lines = [Line(1.0, 0.0, 2.0), Line(0.0, 1.0, 3.0), Line(1.0, 2.0, 15.0), Line(2.0, 1.0, 14.0)]
    corner = worst_corner(lines)
    drawn = (Totals(draw.uniform(0, 20), draw.uniform(0, 20)) for _ in range(2000))
    above = [one for one in drawn if all(line.has_above(one) for line in lines)]
    assert min(one.product for one in above) >= corner.product * (1 - 1e-9)
