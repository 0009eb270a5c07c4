"""Energy-latency fronts of the layers of a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zigzag_imc.core.arguments import instance
from zigzag_imc.core.errors import OptionError
from zigzag_imc.plotting.fronts import (
    draw_front,
    draw_fronts,
    front_name,
    fronts_height,
    legend_text,
)
from zigzag_imc.plotting.layers import asked_text, subject_text
from zigzag_imc.plotting.style import (
    PALETTE,
    WIDTH,
    check_axes,
    counted_names,
    legend_beside,
    logarithmic,
    own_figure,
    tidy,
)
from zigzag_imc.results.labels import shorten
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.units import CYCLES, ENERGY, unit_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_NAMED = 20
_MARKERS = "osD^vP"


def plot_pareto(result: NetworkResult | LayerResult, ax: Axes | None = None) -> Axes:
    """Draw the energy-latency front of every distinct layer, a ring around the chosen mapping.

    Parameters
    ----------
    result
        Result of a run with ``pareto=True``.
    ax
        Where to draw all of them over each other; by default, a new figure with a panel for each.

    Returns
    -------
    Axes
        What was drawn on, the first panel; ``ax.figure.savefig(...)`` writes the figure.

    Raises
    ------
    OptionError
        When the result has no front, or an argument is something else.
    """
    check_axes(ax)
    if not isinstance(result, LayerResult):
        instance("result", result, NetworkResult, "a NetworkResult or a LayerResult")
    layers = layers_with_fronts(result)
    if not layers:
        raise OptionError(
            "the result has no Pareto fronts to draw; map with --pareto (pareto=True)"
        )
    if ax is not None:
        _draw_over_each_other(ax, layers)
        ax.set_title(fronts_title(result), fontsize=9, loc="left")
        return ax
    with own_figure(WIDTH, fronts_height(layers)) as figure:
        return draw_fronts(figure, layers, fronts_title(result))


def layers_with_fronts(result: NetworkResult | LayerResult) -> list[LayerResult]:
    """Return the layers whose fronts are known."""
    searched = result.layers if isinstance(result, NetworkResult) else (result,)
    return [layer for layer in searched if layer.pareto]


def fronts_title(result: NetworkResult | LayerResult) -> str:
    """Return whose fronts these are."""
    if isinstance(result, LayerResult):
        return f"Energy-latency front of {shorten(result.name, 40)}"
    return f"Energy-latency fronts of {subject_text(result)}\n{asked_text(result)}"


def _draw_over_each_other(axes: Axes, layers: Sequence[LayerResult]) -> None:
    """Draw all fronts on the same axes, with their names beside them."""
    points = [point for layer in layers for point in layer.pareto or ()]
    energy, energy_unit = unit_for((point.energy_pj for point in points), ENERGY)
    cycles, cycles_unit = unit_for((point.latency_cycles for point in points), CYCLES)
    for number, (layer, name) in enumerate(zip(layers, counted_names(layers, 24), strict=True)):
        before = len(axes.lines)
        draw_front(axes, layer, (cycles, energy))
        for line in axes.lines[before:]:
            line.set_color(PALETTE[number % len(PALETTE)])
        drawn = axes.lines[before]
        drawn.set_marker(_MARKERS[number // len(PALETTE) % len(_MARKERS)])
        if number < _MOST_NAMED:
            drawn.set_label(front_name(layer, name))
    if len(layers) > 1:  # layers differ by orders of magnitude, the points of one front do not
        logarithmic(axes)
    axes.set_xlabel(f"latency ({cycles_unit})")
    axes.set_ylabel(f"energy ({energy_unit})")
    tidy(axes)
    more = f", and {len(layers) - _MOST_NAMED} more" if len(layers) > _MOST_NAMED else ""
    legend_beside(axes, title=f"{legend_text(layers)}{more}", title_fontsize=8, alignment="left")
