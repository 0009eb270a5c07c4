"""All that a result has to show, in one figure: energy and latency, and its fronts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

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
from zigzag_imc.plotting.pareto import layers_with_fronts
from zigzag_imc.plotting.split_bars import draw_split_bars
from zigzag_imc.plotting.style import WIDTH, own_figure, write_figure
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.results.units import CYCLES, ENERGY

if TYPE_CHECKING:
    from matplotlib.figure import Figure, FigureBase

Part = tuple[float, Callable[[NetworkResult, "FigureBase"], None]]
"""Height in inches, and what draws it."""


def plot_result(result: NetworkResult) -> Figure:
    """Draw energy and latency of every layer, in their parts, side by side.

    Below them what stays on chip between layers, and the fronts, where there are any.

    Parameters
    ----------
    result
        Any result with a mapping.

    Returns
    -------
    Figure
        Seven inches wide, as a page has between its margins.

    Raises
    ------
    OptionError
        When no layer has a mapping.
    """
    drawn_layers(result)
    parts: list[Part] = [(0.35 + layers_height(result), _draw_costs)]
    if result.locality is not None and result.locality.memories:
        parts.append((HEIGHT, _draw_kept))
    if fronts := layers_with_fronts(result):
        parts.append((fronts_height(fronts), _draw_fronts))
    heights = [height for height, _ in parts]
    with own_figure(WIDTH, sum(heights)) as figure:
        rows = figure.subfigures(len(parts), 1, height_ratios=heights, squeeze=False)[:, 0]
        for row, (_, draw) in zip(rows, parts, strict=True):
            draw(result, row)
    return figure


def save_result(result: NetworkResult, path: str) -> bool:
    """Write the figure of a result to a png, svg or pdf file.

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
    write_figure(plot_result(result), path)
    return True


def _draw_costs(result: NetworkResult, figure: FigureBase) -> None:
    """Draw energy to the left and latency to the right; the layers are named once."""
    left, right = figure.subplots(1, 2, sharey=True)
    draw_split_bars(left, energy_split(result), "energy", ENERGY)
    draw_split_bars(right, latency_split(result), "latency", CYCLES)
    name_layers(left, result)
    for axes, quantity in ((left, "energy"), (right, "latency")):
        axes.set_title(total_text(result, quantity), fontsize=8, loc="left")
    heading = f"{subject_text(result)}{product_text(result)}\n{asked_text(result)}"
    figure.suptitle(heading, fontsize=9, x=0.01, ha="left")


def _draw_kept(result: NetworkResult, figure: FigureBase) -> None:
    plot_kept(result, figure.subplots())


def _draw_fronts(result: NetworkResult, figure: FigureBase) -> None:
    draw_fronts(figure, layers_with_fronts(result), "Energy-latency fronts")
