"""All that a result has to show, in one figure: energy and latency, and its fronts."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING

from zigzag_imc.core.arguments import flag
from zigzag_imc.plotting.energy import energy_split
from zigzag_imc.plotting.fronts import draw_fronts, fronts_height
from zigzag_imc.plotting.kept import HEIGHT, plot_kept
from zigzag_imc.plotting.latency import latency_split
from zigzag_imc.plotting.layers import (
    asked_text,
    drawn_layers,
    layers_height,
    name_layers,
    product_text,
    subject_text,
    total_text,
)
from zigzag_imc.plotting.look import NARROW, PAGE, Look
from zigzag_imc.plotting.pareto import layers_with_fronts
from zigzag_imc.plotting.split_bars import draw_split_bars
from zigzag_imc.plotting.style import own_figure, write_figure
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.results.units import CYCLES, ENERGY

if TYPE_CHECKING:
    from matplotlib.figure import Figure, FigureBase

Part = tuple[float, Callable[[NetworkResult, "FigureBase", Look], None]]
"""Height in inches, and what draws it."""


def plot_result(result: NetworkResult, *, column: bool = False) -> Figure:
    """Draw energy and latency of every layer, in their parts, side by side.

    Below them what stays on chip between layers, and the fronts, where there are any.

    Parameters
    ----------
    result
        Any result with a mapping.
    column
        Whether it is for one column of a page with two.

    Returns
    -------
    Figure
        Seven inches wide, as a page has between its margins; for a column, three and a half.

    Raises
    ------
    OptionError
        When no layer has a mapping.
    """
    drawn_layers(result)
    look = NARROW if flag("column", column) else PAGE
    parts: list[Part] = [(0.35 + layers_height(result, look), _draw_costs)]
    if result.locality is not None and result.locality.memories:
        parts.append((HEIGHT, _draw_kept))
    if fronts := layers_with_fronts(result):
        parts.append((fronts_height(fronts, look), _draw_fronts))
    heights = [height for height, _ in parts]
    with own_figure(look.width, sum(heights)) as figure:
        rows = figure.subfigures(len(parts), 1, height_ratios=heights, squeeze=False)[:, 0]
        for row, (_, draw) in zip(rows, parts, strict=True):
            draw(result, row, look)
    return figure


def save_result(result: NetworkResult, path: str, *, column: bool = False) -> bool:
    """Write the figure of a result to a png, svg or pdf file, for a page or for a column of it.

    Returns
    -------
    bool
        Whether there was anything to draw; without a mapping there is not, and no file is written.

    Raises
    ------
    OptionError
        When the file cannot be written.
    """
    if all(layer.breakdown is None for layer in result.layers):
        return False
    write_figure(plot_result(result, column=column), path)
    return True


def _draw_costs(result: NetworkResult, figure: FigureBase, look: Look) -> None:
    """Draw energy to the left and latency to the right; the layers are named once."""
    left, right = figure.subplots(1, 2, sharey=True)
    draw_split_bars(left, energy_split(result), "energy", ENERGY, look)
    draw_split_bars(right, latency_split(result), "latency", CYCLES, look)
    name_layers(left, result, look)
    for axes, quantity in ((left, "energy"), (right, "latency")):
        total = total_text(result, quantity)
        axes.set_title(_within(total, look.characters // 3), fontsize=look.title, loc="left")
    lines = (f"{subject_text(result)}{product_text(result)}", asked_text(result))
    heading = "\n".join(_within(line, look.characters) for line in lines)
    figure.suptitle(heading, fontsize=look.heading, x=0.01, ha="left")


def _within(text: str, width: int) -> str:
    """Return a text in lines of so many characters at most, as far as its words go."""
    return "\n".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))


def _draw_kept(result: NetworkResult, figure: FigureBase, look: Look) -> None:
    plot_kept(result, figure.subplots(), look)


def _draw_fronts(result: NetworkResult, figure: FigureBase, look: Look) -> None:
    draw_fronts(figure, layers_with_fronts(result), "Energy-latency fronts", look)
