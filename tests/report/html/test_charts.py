"""Charts: fronts against their definition, and what the script is told."""

from __future__ import annotations

import json
import random

from zigzag_imc.report.html.charts import (
    Path,
    Point,
    PointChart,
    Track,
    TrackChart,
    front_of,
    stairs,
)


def point(x: float, y: float) -> Point:
    return Point(x, y, f"{x}, {y}", "place")


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


def test_the_script_is_told_all_of_a_chart() -> None:
    line = Path("roof", [(0.0, 1 / 3), (2.0, 1.0)], is_dashed=True)
    told = PointChart("a", "title", ("x", "y"), (point(1, 2 / 3),), ("one", "two"), (line,)).data
    assert json.loads(json.dumps(told)) == {
        "labels": ["x", "y"],
        "groups": ["one", "two"],
        "points": [
            {
                "x": 1.0,
                "y": 0.666666667,
                "label": "1, 0.6666666666666666",
                "target": "place",
                "group": 0,
            }
        ],
        "lines": [{"label": "roof", "corners": [[0.0, 0.333333333], [2.0, 1.0]], "isDashed": True}],
    }
    tracks = (Track("port", (0, 3), (1, 0)),)
    assert TrackChart("b", "title", "cycle", 40, ("busy", "waits"), 3, tracks).data == {
        "time": "cycle",
        "end": 40,
        "words": ("busy", "waits"),
        "full": 3,
        "tracks": [{"name": "port", "up": (0, 3), "down": (1, 0)}],
    }
