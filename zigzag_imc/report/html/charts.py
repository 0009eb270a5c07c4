"""What charts show: numbers and words, without a place or a colour; charts.js has them drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a chart.

    Attributes
    ----------
    x, y
        Its values.
    label
        What it is, as words.
    target
        Name of the place on the page that it leads to.
    group
        Which of the groups it belongs to.
    name
        What it is called in a table of the points.
    """

    x: float
    y: float
    label: str
    target: str
    group: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """A line through values.

    Attributes
    ----------
    label
        What it is, as words.
    corners
        The values.
    is_dashed
        Whether it only says between which values something lies.
    """

    label: str
    corners: Sequence[tuple[float, float]]
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class PointChart:
    """Points on two axes.

    Attributes
    ----------
    name
        Tells it from the other charts of a page.
    title
        What it shows.
    labels
        Quantities and units to the right and upwards.
    points
        The points.
    groups
        Names of the groups, which have marks of their own.
    lines
        Lines through values.
    """

    name: str
    title: str
    labels: tuple[str, str]
    points: tuple[Point, ...]
    groups: tuple[str, ...] = ()
    lines: tuple[Path, ...] = ()

    @property
    def data(self) -> Mapping[str, Any]:
        """Return what the script has to know."""
        return {
            "labels": self.labels,
            "groups": self.groups,
            "points": [
                {
                    "x": short(point.x),
                    "y": short(point.y),
                    "label": point.label,
                    "target": point.target,
                    "group": point.group,
                }
                for point in self.points
            ],
            "lines": [
                {
                    "label": path.label,
                    "corners": [(short(x), short(y)) for x, y in path.corners],
                    "isDashed": path.is_dashed,
                }
                for path in self.lines
            ],
        }


@dataclass(frozen=True, slots=True)
class Track:
    """How full something is over equal parts of a time.

    Attributes
    ----------
    name
        What it is.
    up, down
        How much of each part, up to what is full; empty where it is nothing all the time.
    """

    name: str
    up: Sequence[int]
    down: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class TrackChart:
    """Tracks below each other, over one time.

    Attributes
    ----------
    name, title
        Tells it from the other charts of a page, and what it shows.
    time, end
        What runs to the right, and up to which value.
    words
        What is drawn upwards and what downwards.
    full
        How much of a part is all of it.
    tracks
        The tracks.
    """

    name: str
    title: str
    time: str
    end: int
    words: tuple[str, str]
    full: int
    tracks: tuple[Track, ...]

    @property
    def data(self) -> Mapping[str, Any]:
        """Return what the script has to know."""
        tracks = [{"name": one.name, "up": one.up, "down": one.down} for one in self.tracks]
        told = {"time": self.time, "end": self.end, "words": self.words, "full": self.full}
        return {**told, "tracks": tracks}


def short(value: float) -> float:
    """Return a value as pages write it: nine digits are more than any drawing shows."""
    return float(f"{value:.9g}")


def front_of(points: Iterable[Point]) -> list[Point]:
    """Return the points of which no other is lower in one value and no higher in the other."""
    front: list[Point] = []
    for point in sorted(points, key=lambda one: (one.x, one.y)):
        if not front or point.y < front[-1].y:
            front.append(point)
    return front


def stairs(front: Sequence[Point]) -> list[tuple[float, float]]:
    """Return the corners of what a front dominates."""
    corners: list[tuple[float, float]] = []
    for point in front:
        if corners:
            corners.append((point.x, corners[-1][1]))
        corners.append((point.x, point.y))
    return corners
