"""Energy-latency fronts of the layers of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zigzag_imc.core.errors import OptionError
from zigzag_imc.plotting.style import PALETTE, logarithmic, new_axes, tidy
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.units import CYCLES, ENERGY, shorten, unit_for

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
    layers = [
        layer
        for layer in (result.layers if isinstance(result, NetworkResult) else (result,))
        if layer.pareto
    ]
    if not layers:
        raise OptionError(
            "the result has no Pareto fronts to draw; map with --pareto (pareto=True)"
        )
    axes = new_axes(8.0, 5.0) if ax is None else ax
    points = [point for layer in layers for point in layer.pareto or ()]
    energy, energy_unit = unit_for((point.energy_pj for point in points), ENERGY)
    cycles, cycles_unit = unit_for((point.latency_cycles for point in points), CYCLES)
    for number, layer in enumerate(layers):
        front = layer.pareto or ()
        x, y = (
            [point.latency_cycles / cycles for point in front],
            [point.energy_pj / energy for point in front],
        )
        colour = PALETTE[number % len(PALETTE)]
        axes.step(
            x, y, where="post", color=colour, linewidth=1.4, markersize=4.5,
            marker=_MARKERS[number // len(PALETTE) % len(_MARKERS)],
            label=_label(layer) if number < _MOST_NAMED else None,
        )  # fmt: skip
        if layer.energy_pj is not None and layer.latency_cycles is not None:
            axes.plot(
                layer.latency_cycles / cycles, layer.energy_pj / energy,
                marker="o", markersize=11, markerfacecolor="none", markeredgecolor=colour,
                markeredgewidth=1.4,
            )  # fmt: skip
    _scale(axes, len(layers))
    axes.set_xlabel(f"latency ({cycles_unit})")
    axes.set_ylabel(f"energy ({energy_unit})")
    axes.set_title(_title(result), fontsize=11, loc="left")
    more = f", and {len(layers) - _MOST_NAMED} more" if len(layers) > _MOST_NAMED else ""
    axes.legend(
        title=f"ring: chosen mapping{more}", title_fontsize=8, fontsize=8, frameon=False,
        alignment="left",
        loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.0,
    )  # fmt: skip
    return axes


def pareto_height(result: NetworkResult) -> float:
    """Inches that the fronts take, and the names beside them."""
    named = min(_MOST_NAMED, sum(bool(layer.pareto) for layer in result.layers))
    return max(5.0, 1.2 + 0.2 * named)


def _scale(axes: Axes, layers: int) -> None:
    """Layers differ by orders of magnitude, the points of one front do not."""
    if layers > 1:
        logarithmic(axes)
    else:
        axes.margins(0.1)
    tidy(axes)


def _label(layer: LayerResult) -> str:
    times = f" x{layer.count}" if layer.count > 1 else ""
    return f"{shorten(layer.name, 24)}{times}{'' if layer.pareto_proved else ' (incomplete)'}"


def _title(result: NetworkResult | LayerResult) -> str:
    if isinstance(result, LayerResult):
        return f"Energy-latency front of {shorten(result.name, 40)}"
    name = shorten(result.network.name, 30)
    return (
        f"Energy-latency fronts of {name} on {result.accelerator.name}, objective "
        f"{result.objective}"
    )
