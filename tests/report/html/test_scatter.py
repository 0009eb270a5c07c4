"""Charts: axes that hold all values, ticks where they belong, fronts against their definition."""

from __future__ import annotations

import random

import pytest

from zigzag_imc.report.html.scatter import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Point,
    front_of,
    scatter,
    stairs,
)

SIZES = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


def point(x: float, y: float) -> Point:
    return Point(x, y, f"{x}, {y}", "place")


@pytest.mark.parametrize(
    "values",
    [
        [(1.0, 1.0)],
        [(0.0, 0.0), (1.0, 0.0)],
        [(1e-3, 5.0), (1e6, 5.1)],
        [(-4.0, 3.0), (8.0, 400.0)],
        [(2.0, 1e-21), (3.0, 3e-21)],
    ],
)
def test_all_points_lie_inside_the_axes(values: list[tuple[float, float]]) -> None:
    chart = scatter("name", "title", ("x", "y"), [point(*value) for value in values])
    assert chart is not None
    for x, y, one in chart.points:
        assert LEFT <= x <= WIDTH - RIGHT, one
        assert TOP <= y <= HEIGHT - BOTTOM, one
    for axis in (chart.x, chart.y):
        assert len(axis.ticks) >= 2
        for at, shown in axis.ticks:
            assert min(axis.start, axis.end) <= at <= max(axis.start, axis.end)
            value = float(shown.rstrip("kMGT")) * SIZES.get(shown[-1], 1.0)
            assert axis.place(value) == pytest.approx(at, abs=0.5)


def test_larger_values_lie_further_right_and_further_up() -> None:
    chart = scatter("name", "title", ("x", "y"), [point(1, 1), point(3, 100)])
    assert chart is not None
    (x, y, _), (further, higher, _) = chart.points
    assert further > x
    assert higher < y


def test_nothing_to_draw_is_no_chart() -> None:
    assert scatter("name", "title", ("x", "y"), []) is None


def test_a_front_is_what_no_other_point_dominates() -> None:
    rng = random.Random(3)
    for _ in range(50):
        points = [point(rng.randint(0, 9), rng.randint(0, 9)) for _ in range(rng.randint(1, 20))]
        front = {(one.x, one.y) for one in front_of(points)}
        for one in points:
            dominated = any(
                other.x <= one.x and other.y <= one.y and (other.x, other.y) != (one.x, one.y)
                for other in points
            )
            assert ((one.x, one.y) in front) is not dominated


def test_stairs_go_through_every_point_of_a_front() -> None:
    front = front_of([point(1, 9), point(4, 3), point(6, 2)])
    assert stairs(front) == [(1, 9), (4, 9), (4, 3), (6, 3), (6, 2)]
