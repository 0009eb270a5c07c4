"""The look that all figures share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALETTE: Sequence[str] = (
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee7733", "#009988",
    "#bb5566", "#004488",
)  # fmt: skip
"""Colours that readers with colour vision deficiency can tell apart, after Paul Tol."""


def new_axes(width: float, height: float) -> Axes:
    """Return the axes of a new figure that needs no display and leaves pyplot's state alone."""
    return stacked_axes(width, [height])[0]


def stacked_axes(width: float, heights: Sequence[float]) -> list[Axes]:
    """Return axes below each other in such a figure; sizes in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, sum(heights)), layout="constrained")
    FigureCanvasAgg(figure)
    return list(figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0])


def tidy(axes: Axes) -> None:
    """Take away what carries no data."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(which="major", color="#dddddd", linewidth=0.8)
    axes.tick_params(which="both", color="#999999", labelsize=9)


def logarithmic(axes: Axes, *, x: bool = True, y: bool = True) -> None:
    """Make axes logarithmic, with ticks written as numbers.

    They stand at 1, 2 and 5 of every decade; closer ones overlap.
    """
    from matplotlib.ticker import LogLocator, NullFormatter

    for wanted, axis, scale in ((x, axes.xaxis, axes.set_xscale), (y, axes.yaxis, axes.set_yscale)):
        if wanted:
            scale("log")
            axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter("{x:g}")
            axis.set_minor_formatter(NullFormatter())


def save(axes: Axes, path: str) -> None:
    """Write the figure of some axes; the suffix decides the format.

    Raises
    ------
    OptionError
        When the file cannot be written.
    """
    from zigzag_imc.core.errors import OptionError

    figure: Figure = axes.get_figure(root=True)  # type: ignore[assignment]
    metadata = (
        {"Date": None} if path.lower().endswith(".svg") else None
    )  # equal results make equal files
    try:
        figure.savefig(path, dpi=160, metadata=metadata)
    except OSError as error:
        raise OptionError(f"{path}: cannot be written: {error.strerror or error}") from None
