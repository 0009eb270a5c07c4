"""Published chips: bars of modelled over reported figures."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zigzag_imc.plotting.style import PALETTE, drawing, legend_beside, save, tidy
from zigzag_imc.results.validation import UNLIKE, FigureRecord, ValidationRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch

BARS = {"area_mm2": "area", "tclk_ns": "clock period", "tops_per_w": "TOPS/W"}
"""Figures that all chips report, and what the legend calls them."""

_WIDTH, _HEIGHT = 7.0, 3.2
_PALE, _HATCH = 0.35, "//"
_GROUP = 0.8
"""Part of the distance between two chips that their bars take."""


def plot_validation(validation: ValidationRecord, ax: Axes | None = None) -> Axes:
    """Draw a group of bars for each chip; those that mean no comparison are hatched and pale."""
    with drawing(ax, _WIDTH, _HEIGHT) as axes:
        tidy(axes)
        axes.set_yscale("log", base=2)
        ticks = [Fraction(2) ** power for power in range(-4, 3)]
        axes.set_yticks([float(tick) for tick in ticks], [str(tick) for tick in ticks])
        axes.axhline(1.0, color="#444444", linewidth=1.0)
        for place, figure in enumerate(BARS):
            for index, chip in enumerate(validation.chips):
                if figure in chip.figures:
                    _draw_bar(axes, index, place, chip.figures[figure])
        axes.set_xticks(range(len(validation.chips)), [chip.name for chip in validation.chips])
        axes.set_ylabel("modelled / reported")
        legend_beside(axes, handles=_legend())
        return axes


def _draw_bar(axes: Axes, index: int, place: int, one: FigureRecord) -> None:
    """Draw a bar from 1 to the ratio: the chip's number, and the figure's place in its group."""
    width = _GROUP / len(BARS)
    unlike = one.means.startswith(UNLIKE)
    axes.bar(
        index + (place - (len(BARS) - 1) / 2) * width,
        one.ratio - 1,
        width,
        bottom=1.0,
        color=PALETTE[place],
        alpha=_PALE if unlike else 1.0,
        hatch=_HATCH if unlike else None,
    )


def _legend() -> list[Patch]:
    from matplotlib.patches import Patch

    figures = [
        Patch(color=PALETTE[place], label=label) for place, label in enumerate(BARS.values())
    ]
    return [*figures, Patch(facecolor="#cccccc", hatch=_HATCH, label="not comparable")]


def save_validation(validation: ValidationRecord, path: str) -> None:
    """Draw the bars into a png, svg or pdf file.

    Raises
    ------
    OptionError
        When the file cannot be written.
    """
    save(plot_validation(validation), path)
