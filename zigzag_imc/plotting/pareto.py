"""Energy-latency fronts of the layers of a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zigzag_imc.core.errors import OptionError
from zigzag_imc.plotting.style import (
    PALETTE,
    counted_names,
    drawing,
    legend_beside,
    logarithmic,
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
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        What was drawn on; ``ax.figure.savefig(...)`` writes it.

    Raises
    ------
    OptionError
        When the result has no front.
    """
    searched = result.layers if isinstance(result, NetworkResult) else (result,)
    layers = [layer for layer in searched if layer.pareto]
    if not layers:
        raise OptionError(
            "the result has no Pareto fronts to draw; map with --pareto (pareto=True)"
        )
    with drawing(ax, 8.0, 5.0) as axes:
        _draw_fronts(axes, layers)
        _scale(axes, len(layers))
        axes.set_title(_title(result), fontsize=11, loc="left")
        more = f", and {len(layers) - _MOST_NAMED} more" if len(layers) > _MOST_NAMED else ""
        legend_beside(axes, title=f"ring: chosen mapping{more}", title_fontsize=8, alignment="left")
    return axes


def pareto_height(result: NetworkResult) -> float:
    """Inches that the fronts take, and the names beside them."""
    named = min(_MOST_NAMED, sum(bool(layer.pareto) for layer in result.layers))
    return max(5.0, 1.2 + 0.2 * named)


def _draw_fronts(axes: Axes, layers: Sequence[LayerResult]) -> None:
    """Draw every front as steps, and a ring where the mapping of the result lies."""
    points = [point for layer in layers for point in layer.pareto or ()]
    energy, energy_unit = unit_for((point.energy_pj for point in points), ENERGY)
    cycles, cycles_unit = unit_for((point.latency_cycles for point in points), CYCLES)
    for number, (layer, name) in enumerate(zip(layers, counted_names(layers, 24), strict=True)):
        front = layer.pareto or ()
        colour = PALETTE[number % len(PALETTE)]
        axes.step(
            [point.latency_cycles / cycles for point in front],
            [point.energy_pj / energy for point in front],
            where="post",
            color=colour,
            linewidth=1.4,
            markersize=4.5,
            marker=_MARKERS[number // len(PALETTE) % len(_MARKERS)],
            label=_label(layer, name) if number < _MOST_NAMED else None,
        )
        if layer.energy_pj is not None and layer.latency_cycles is not None:
            axes.plot(
                layer.latency_cycles / cycles,
                layer.energy_pj / energy,
                marker="o",
                markersize=11,
                markerfacecolor="none",
                markeredgecolor=colour,
                markeredgewidth=1.4,
            )
    axes.set_xlabel(f"latency ({cycles_unit})")
    axes.set_ylabel(f"energy ({energy_unit})")


def _scale(axes: Axes, layers: int) -> None:
    """Layers differ by orders of magnitude, the points of one front do not."""
    if layers > 1:
        logarithmic(axes)
    else:
        axes.margins(0.1)
    tidy(axes)


def _label(layer: LayerResult, name: str) -> str:
    return name if layer.pareto_proved else f"{name} (incomplete)"


def _title(result: NetworkResult | LayerResult) -> str:
    if isinstance(result, LayerResult):
        return f"Energy-latency front of {shorten(result.name, 40)}"
    name = shorten(result.network.name, 30)
    return (
        f"Energy-latency fronts of {name} on {result.accelerator.name}, objective "
        f"{result.objective}"
    )
