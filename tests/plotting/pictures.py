"""The picture that a figure makes."""

from __future__ import annotations

import io

import matplotlib.image
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure


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
