"""What is written in a figure, and whether it can be read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text


def assert_readable(figure: Figure) -> None:
    """Nothing that is written in a figure is cut off, or overlaps."""
    figure.draw_without_rendering()
    written = [(text.get_text(), text.get_window_extent()) for text in shown(figure)]
    width, height = figure.bbox.width, figure.bbox.height
    for text, box in written:
        assert -1 <= box.x0 <= box.x1 <= width + 1, f"{text!r} is cut off"
        assert -1 <= box.y0 <= box.y1 <= height + 1, f"{text!r} is cut off"
    inner = [(text, box.shrunk(0.9, 0.6)) for text, box in written]
    for (one, box), (other, beside) in combinations(inner, 2):
        assert not box.overlaps(beside), f"{one!r} overlaps {other!r}"


def shown(figure: Figure) -> list[Text]:
    """Return the texts that can be seen in a figure; ticks beyond the ends of an axis cannot."""
    found = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    beyond = {text for axes in figure.axes for text in _beyond(axes)}
    return [
        text
        for text in found
        if text.get_text().strip()
        and text.get_visible()
        and text not in beyond
        and (text.axes is None or text.axes.axison)
    ]


def _beyond(axes: Axes) -> Iterator[Text]:
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            if not low <= tick.get_loc() <= high:
                yield tick.label1
