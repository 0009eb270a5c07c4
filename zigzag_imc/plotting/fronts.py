"""The fronts of many layers, a small panel each: all can be told apart, however many there are."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from zigzag_imc.plotting.look import PAGE, Look
from zigzag_imc.plotting.style import PALETTE, counted_names, tidy
from zigzag_imc.results.result import LayerResult
from zigzag_imc.results.units import CYCLES, ENERGY, unit_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

_NAME_WIDTH = 20


def fronts_height(layers: Sequence[LayerResult], look: Look = PAGE) -> float:
    """Inches that the fronts of some layers take."""
    curves, points = _sorted(layers)
    lines = _caption(points, look).count("\n") + 1 if points else 0
    frame = 1.0 if curves else 0.6
    return frame + look.panel * -(-len(curves) // look.panels) + 0.15 * lines


def draw_fronts(
    figure: FigureBase, layers: Sequence[LayerResult], title: str, look: Look = PAGE
) -> Axes:
    """Draw a panel for the front of every layer and return the first.

    Each has axes of its own, for layers differ by orders of magnitude, in the same units. Layers
    whose front is a single mapping are only named.
    """
    curves, single = _sorted(layers)
    points = [point for layer in layers for point in layer.pareto or ()]
    energy, energy_unit = unit_for((point.energy_pj for point in points), ENERGY)
    cycles, cycles_unit = unit_for((point.latency_cycles for point in points), CYCLES)
    columns = max(1, min(look.panels, len(curves)))
    rows = max(1, -(-len(curves) // columns))
    panels = figure.subplots(rows, columns, squeeze=False).ravel().tolist()
    names = counted_names(curves, look.panel_name)
    for axes, layer, name in zip(panels, curves, names, strict=False):
        draw_front(axes, layer, (cycles, energy))
        axes.set_title(front_name(layer, name), fontsize=look.name, loc="left", pad=3)
        axes.tick_params(labelsize=look.number)
    for axes in panels[len(curves) :]:
        axes.set_axis_off()
    below = [f"latency ({cycles_unit})\n"] if curves else []
    below += [_caption(single, look)] if single else []
    figure.supxlabel("\n".join(below), fontsize=look.label, x=0.01, ha="left")
    if curves:
        figure.supylabel(f"energy ({energy_unit})", fontsize=look.label)
    heading = f"{title}\n{legend_text(layers)}"
    figure.suptitle(heading, fontsize=look.heading, x=0.01, ha="left")
    first: Axes = panels[0]
    return first


def legend_text(layers: Sequence[LayerResult]) -> str:
    """Say what is marked."""
    is_whole = all(layer.pareto_proved for layer in layers)
    return "ring: chosen mapping" + ("" if is_whole else "; *: may have more points")


def _sorted(layers: Sequence[LayerResult]) -> tuple[list[LayerResult], list[LayerResult]]:
    """Return the layers with something to choose from, and those with one best mapping."""
    curves = [layer for layer in layers if len(layer.pareto or ()) > 1]
    return curves, [layer for layer in layers if layer not in curves]


def _caption(layers: Sequence[LayerResult], look: Look) -> str:
    """Name layers with one best mapping."""
    names = [
        front_name(layer, name)
        for layer, name in zip(layers, counted_names(layers, _NAME_WIDTH), strict=True)
    ]
    said = f"One mapping has both the least energy and the least latency: {', '.join(names)}."
    return "\n".join(textwrap.wrap(said, look.characters, break_on_hyphens=False))


def front_name(layer: LayerResult, name: str) -> str:
    """Return the name of a layer, with a star where its front may have more points."""
    return name if layer.pareto_proved else f"{name} *"


def draw_front(axes: Axes, layer: LayerResult, divisors: tuple[float, float]) -> None:
    """Draw the front of a layer as steps, and a ring where the mapping of the result lies.

    Parameters
    ----------
    divisors
        Of latency and energy, for their units.
    """
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    cycles, energy = divisors
    front = layer.pareto or ()
    axes.step(
        [point.latency_cycles / cycles for point in front],
        [point.energy_pj / energy for point in front],
        where="post",
        color=PALETTE[0],
        linewidth=1.0,
        marker="o",
        markersize=2.5,
    )
    if layer.energy_pj is not None and layer.latency_cycles is not None:
        axes.plot(
            layer.latency_cycles / cycles,
            layer.energy_pj / energy,
            marker="o",
            markersize=7,
            markerfacecolor="none",
            markeredgecolor=PALETTE[1],
            markeredgewidth=1.2,
        )
    axes.margins(0.15)
    tidy(axes)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=3, min_n_ticks=2))
        axis.set_major_formatter(ScalarFormatter(useOffset=False))  # as many digits as differ
