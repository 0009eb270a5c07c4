"""The look that all figures share."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from zigzag_imc.core.arguments import instance
from zigzag_imc.results.labels import labels

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALETTE: Sequence[str] = (
    "#4477aa",
    "#ee6677",
    "#228833",
    "#ccbb44",
    "#66ccee",
    "#aa3377",
    "#ee7733",
    "#009988",
    "#bb5566",
    "#004488",
)
"""Colours that readers with colour vision deficiency can tell apart, after Paul Tol."""

GREY = "#bbbbbb"
"""Colour of what is left over."""

WIDTH = 7.0
"""Inches of a figure that fills a page between its margins."""

COLUMN = 3.5
"""Inches of a figure that fills a column of a page with two."""

_WIDE = 5.0
"""Inches from which a legend has room beside what is drawn."""

_LEGEND_COLUMNS, _LEGEND_LINE = 2, 0.16
"""Columns of a legend below what is drawn, and inches of one of its lines."""


@contextmanager
def drawing(ax: Axes | None, width: float, height: float) -> Iterator[Axes]:
    """Yield the axes to draw on: the given ones as they are, or those of a new figure.

    A new figure, of so many inches, is drawn under settings of its own; given axes belong to a
    figure whose owner chose its settings.

    Raises
    ------
    OptionError
        When it is something else.
    """
    check_axes(ax)
    if ax is None:
        with stacked(width, [height]) as (axes,):
            yield axes
    else:
        yield ax


def check_axes(ax: object) -> None:
    """Refuse what cannot be drawn on.

    Raises
    ------
    OptionError
        Saying what was found.
    """
    from matplotlib.axes import Axes

    if ax is not None:
        instance("ax", ax, Axes, "axes of matplotlib")


@contextmanager
def own_figure(width: float, height: float) -> Iterator[Figure]:
    """Yield a new figure of so many inches, to be drawn under settings of its own."""
    from zigzag_imc.plotting.figure import OwnFigure, own_settings

    with own_settings():
        yield OwnFigure(width, height)


@contextmanager
def stacked(width: float, heights: Sequence[float]) -> Iterator[list[Axes]]:
    """Yield axes below each other in a new figure, to be drawn under settings of its own.

    Sizes in inches.
    """
    with own_figure(width, sum(heights)) as figure:
        yield list(figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0])


def tidy(axes: Axes) -> None:
    """Take away what carries no data."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(which="major", color="#dddddd", linewidth=0.8)
    axes.tick_params(which="both", color="#999999", labelsize=9)


def legend_beside(axes: Axes, fontsize: float = 8, **options: Any) -> None:
    """Explain what is drawn to the right of the axes, where it covers nothing."""
    axes.legend(
        fontsize=fontsize,
        frameon=False,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        borderaxespad=0.0,
        **options,
    )


def legend_below(axes: Axes, fontsize: float = 7, columns: int = 2) -> None:
    """Explain what is drawn below the label of the axis."""
    axes.legend(
        fontsize=fontsize,
        frameon=False,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        borderaxespad=4.5,  # as high as ticks and label
        ncols=columns,
        handlelength=1.0,
        columnspacing=1.0,
    )


def legend_outside(axes: Axes, handles: Sequence[Artist]) -> None:
    """Explain what all axes of a figure show: beside them, or below where it is narrow."""
    figure: Figure = axes.get_figure(root=True)  # type: ignore[assignment]
    if figure.get_figwidth() >= _WIDE:
        figure.legend(handles=handles, fontsize=8, frameon=False, loc="outside right upper")
        return
    lines = -(-len(handles) // _LEGEND_COLUMNS)
    figure.set_figheight(figure.get_figheight() + lines * _LEGEND_LINE)
    figure.legend(
        handles=handles,
        fontsize=7,
        frameon=False,
        loc="outside lower center",
        ncols=_LEGEND_COLUMNS,
        handlelength=1.6,
        columnspacing=1.0,
    )


class Counted(Protocol):
    """A layer as figures name it.

    Attributes
    ----------
    name, count
        First of the identical layers, and how many.
    """

    @property
    def name(self) -> str:
        """First of the identical layers."""

    @property
    def count(self) -> int:
        """How many layers are identical."""


def counted_names(layers: Sequence[Counted], width: int) -> list[str]:
    """Return the names of layers, cut to a width but different, and how many each stands for."""
    cut = labels([layer.name for layer in layers], width)
    return [
        f"{name} x{layer.count}" if layer.count > 1 else name
        for name, layer in zip(cut, layers, strict=True)
    ]


def logarithmic(axes: Axes, *, x: bool = True, y: bool = True) -> None:
    """Make axes logarithmic, with ticks written as numbers."""
    from matplotlib.ticker import NullFormatter

    from zigzag_imc.plotting.decades import Decades

    for wanted, axis, scale in ((x, axes.xaxis, axes.set_xscale), (y, axes.yaxis, axes.set_yscale)):
        if wanted:
            scale("log")
            axis.set_major_locator(Decades())
            axis.set_major_formatter("{x:g}")
            axis.set_minor_formatter(NullFormatter())


def save(axes: Axes, path: str) -> None:
    """Write the figure of some axes; the suffix decides the format.

    Raises
    ------
    OptionError
        When the file cannot be written.
    """
    figure: Figure = axes.get_figure(root=True)  # type: ignore[assignment]
    write_figure(figure, path)


def write_figure(figure: Figure, path: str) -> None:
    """Write a figure; the suffix decides the format.

    Raises
    ------
    OptionError
        When the file cannot be written.
    """
    from zigzag_imc.results.replacing import write_bytes

    # Equal results make equal files.
    form = Path(path).suffix.removeprefix(".").lower()
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(form)
    drawn = io.BytesIO()
    figure.savefig(drawn, format=form or None, dpi=160, metadata=metadata)
    write_bytes(drawn.getvalue(), path)
