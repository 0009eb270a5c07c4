"""What a figure shows: its texts, and the picture that is made of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import combinations

import matplotlib.image
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text


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


def assert_readable(figure: Figure) -> None:
    """See that all that is written lies within the figure, and beside all else that is."""
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in shown(figure)]
    width, height = figure.bbox.width, figure.bbox.height
    assert all(box.x0 >= -1 and box.x1 <= width + 1 and box.y0 >= -1 for box in boxes)
    assert all(box.y1 <= height + 1 for box in boxes)
    inner = [box.shrunk(0.9, 0.6) for box in boxes]
    assert not [pair for pair in combinations(inner, 2) if pair[0].overlaps(pair[1])]


def pixels(figure: Figure) -> npt.NDArray[np.float64]:
    """Return the picture that a figure makes: rows from the top, columns, red green blue."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=figure.dpi)
    drawn.seek(0)
    picture: npt.NDArray[np.float64] = matplotlib.image.imread(drawn)[..., :3]
    return picture


def is_colour(picture: npt.NDArray[np.float64], colour: str) -> npt.NDArray[np.bool_]:
    """Where a picture has a colour."""
    found: npt.NDArray[np.bool_] = np.abs(picture - to_rgb(colour)).max(axis=2) < 0.02
    return found


def colour_at(axes: Axes, x: float, y: float) -> tuple[float, ...]:
    """Return the colour of the picture at a place given in the numbers of the axes."""
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Figure)
    picture = pixels(figure)
    column, row = axes.transData.transform((x, y))
    return tuple(picture[picture.shape[0] - 1 - int(row), int(column)].tolist())


def _beyond(axes: Axes) -> Iterator[Text]:
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            if not low <= tick.get_loc() <= high:
                yield tick.label1


def texts(figure: Figure) -> list[str]:
    """Return all that is written in a figure."""
    return [text.get_text() for text in shown(figure)]
