"""Points on two axes, drawn here: a chart is whole before any script runs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 86, 14, 14, 50
"""Size of a chart and its margins, in units of the drawing; the script knows them from it."""

SYMBOLS = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "M-4.5-4.5h9v9h-9z",
    "M0-6L6 5H-6z",
    "M0-6.5L6.5 0L0 6.5L-6.5 0z",
    "M-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
)
"""Marks of groups: told apart by shape, not by colour alone."""

MOST_LINKS = 150
"""Points up to which each is a link: more would make a long way for those with a keyboard."""

UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
"""What large ticks are written in."""

LOGARITHMIC = 10.0
"""Ratio of the largest to the smallest value from which an axis is logarithmic."""


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
        Which mark it has.
    question
        To which of several questions it is an answer; ``None`` where there is one alone.
    """

    x: float
    y: float
    label: str
    target: str
    group: int = 0
    question: int | None = None


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
class Axis:
    """One axis.

    Attributes
    ----------
    label
        Quantity and unit.
    low, high
        Values at its ends.
    is_log
        Whether it is logarithmic.
    start, end
        Where its ends are in the drawing.
    ticks
        Places in the drawing, and what stands there.
    """

    label: str
    low: float
    high: float
    is_log: bool
    start: float
    end: float
    ticks: tuple[tuple[float, str], ...]

    def place(self, value: float) -> float:
        """Return where a value lies in the drawing."""
        low, high, at = self.low, self.high, value
        if self.is_log:
            low, high, at = math.log10(low), math.log10(high), math.log10(value)
        return round(self.start + (at - low) / (high - low) * (self.end - self.start), 1)

    @classmethod
    def of(cls, label: str, values: Sequence[float], ends: tuple[float, float]) -> Axis:
        """Choose the ends of an axis, so that all values have room."""
        least, most = min(values), max(values)
        is_log = least > 0 and most / least >= LOGARITHMIC
        if is_log:
            low, high = least / 1.15, most * 1.15
        else:
            room = (most - least or abs(most) or 1.0) * 0.06
            low, high = least - room, most + room
            low = max(low, 0.0) if least >= 0 else low
        bare = cls(label, low, high, is_log, *ends, ())
        ticks = _decades(low, high) if is_log else _steps(low, high)
        placed = tuple((bare.place(tick), tick_text(tick)) for tick in ticks)
        return cls(label, low, high, is_log, *ends, placed)


def tick_text(value: float) -> str:
    """Return the number of a tick: short, since charts are small."""
    if 1e4 <= abs(value) < 1e16:
        size, unit = next(pair for pair in UNITS if abs(value) >= pair[0])
        return f"{value / size:.4g}{unit}"
    return f"{value:.4g}"


@dataclass(frozen=True, slots=True)
class Scatter:
    """A chart of points.

    Attributes
    ----------
    name
        Tells it from the other charts of a page.
    title
        What it shows.
    x, y
        Its axes.
    points
        With their places in the drawing: x, y, point.
    groups
        Names of the groups, in the order of their marks.
    lines
        Lines through values, with their corners as places in the drawing.
    others
        Points that are not drawn until a reader asks for them.
    """

    name: str
    title: str
    x: Axis
    y: Axis
    points: tuple[tuple[float, float, Point], ...]
    groups: tuple[str, ...] = ()
    lines: tuple[tuple[Path, str], ...] = ()
    others: tuple[Point, ...] = ()

    @property
    def has_links(self) -> bool:
        """Whether each point is a link."""
        return len(self.points) + len(self.others) <= MOST_LINKS


def scatter(  # noqa: PLR0913  (what a chart is made of)
    name: str,
    title: str,
    labels: tuple[str, str],
    points: Sequence[Point],
    *,
    groups: Sequence[str] = (),
    lines: Sequence[Path] = (),
    others: Sequence[Point] = (),
) -> Scatter | None:
    """Draw points, and lines through other values; ``None`` where there is nothing to draw."""
    if not points:
        return None
    corners = [corner for path in lines for corner in path.corners]
    xs = [point.x for point in points] + [x for x, _ in corners]
    ys = [point.y for point in points] + [y for _, y in corners]
    x = Axis.of(labels[0], xs, (LEFT, WIDTH - RIGHT))
    y = Axis.of(labels[1], ys, (HEIGHT - BOTTOM, TOP))
    placed = tuple((x.place(point.x), y.place(point.y), point) for point in points)
    drawn = tuple(
        (path, " ".join(f"{x.place(one)},{y.place(other)}" for one, other in path.corners))
        for path in lines
    )
    return Scatter(name, title, x, y, placed, tuple(groups), drawn, tuple(others))


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


def _decades(low: float, high: float) -> list[float]:
    """Return powers of ten, and what lies between them where there are few."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for parts in ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 4, 5, 6, 7, 8, 9)):
        ticks = [part * 10.0**power for power in powers for part in parts]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) >= 3:
            break
    return inside


def _steps(low: float, high: float) -> list[float]:
    """Return about five round numbers."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(part * power for part in (1, 2, 5, 10) if part * power >= rough)
    first = math.ceil(low / step)
    return [number * step for number in range(first, math.floor(high / step) + 1)]
