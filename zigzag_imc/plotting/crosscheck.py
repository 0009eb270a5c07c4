"""How far above the proved optimum every method ends, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zigzag_imc.core.errors import OptionError
from zigzag_imc.plotting.style import (
    PALETTE,
    WIDTH,
    counted_names,
    drawing,
    legend_beside,
    logarithmic,
    save,
    stacked,
    tidy,
)
from zigzag_imc.results.crosscheck import SOLVER, CrosscheckResult, LayerCheck

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKERS = "osD^vP"
_WIDE = 10.0
"""Ratio from which on the scale is logarithmic."""


def plot_crosscheck(result: CrosscheckResult, ax: Axes | None = None) -> Axes:
    """Draw the cost of every method's mapping over the solver's bound, a row per distinct layer.

    Parameters
    ----------
    result
        A crosscheck; mappings that the bound does not cover are left out.
    ax
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        What was drawn on; ``ax.figure.savefig(...)`` writes it.

    Raises
    ------
    OptionError
        When no layer has a bound and a mapping.
    """
    layers = _with_gaps(result)
    if not layers:
        raise OptionError(
            "no layer of the crosscheck has a bound and a mapping; there is no gap to draw"
        )
    with drawing(ax, WIDTH, _height(layers)) as axes:
        _draw_methods(axes, result, layers)
        _name_rows(axes, layers)
        axes.set_xlabel(f"{result.objective} / bound of the {SOLVER}")
        axes.set_title(
            f"{result.network.name} on {result.accelerator.name}, {result.objective}, "
            f"cost model {result.cost_model}",
            fontsize=11,
            loc="left",
        )
        tidy(axes)
        legend_beside(axes)
    return axes


def save_crosschecks(results: Sequence[CrosscheckResult], path: str) -> bool:
    """Draw the gaps of several crosschecks below each other into a png, svg or pdf file.

    Returns
    -------
    bool
        Whether any has a gap to draw; no file is written otherwise.

    Raises
    ------
    OptionError
        When the file cannot be written.
    """
    drawn = [result for result in results if _with_gaps(result)]
    if not drawn:
        return False
    with stacked(WIDTH, [_height(_with_gaps(result)) for result in drawn]) as axes:
        for result, ax in zip(drawn, axes, strict=True):
            plot_crosscheck(result, ax)
        save(axes[0], path)
    return True


def _draw_methods(axes: Axes, result: CrosscheckResult, layers: Sequence[LayerCheck]) -> None:
    """Draw a point per layer and method, the methods of a layer slightly below each other."""
    step = 0.6 / len(result.methods)
    middle = (len(result.methods) - 1) / 2
    ratios = [1.0]
    for number, method in enumerate(result.methods):
        points = [
            (1.0 + above, row + (number - middle) * step)
            for row, layer in enumerate(layers)
            for above in _distances(layer, method)
        ]
        ratios += [ratio for ratio, _ in points]
        axes.plot(
            [ratio for ratio, _ in points],
            [height for _, height in points],
            linestyle="none",
            marker=_MARKERS[number % len(_MARKERS)],
            markersize=6,
            color=PALETTE[number % len(PALETTE)],
            label=method,
            clip_on=False,
            zorder=3,
        )
    axes.axvline(1.0, color="#666666", linewidth=1.0)
    if max(ratios) > _WIDE:
        logarithmic(axes, y=False)
    axes.set_xlim(0.98 * min(ratios), max(1.1, 1.03 * max(ratios)))


def _distances(layer: LayerCheck, method: str) -> list[float]:
    """How far a method is above the bound of a layer; nothing where that is unknown."""
    return [
        found.above_bound
        for found in layer.methods
        if found.method == method and found.above_bound is not None
    ]


def _name_rows(axes: Axes, layers: Sequence[LayerCheck]) -> None:
    axes.set_yticks(range(len(layers)), counted_names(layers, 28))
    axes.set_ylim(len(layers) - 0.5, -0.5)


def _with_gaps(result: CrosscheckResult) -> list[LayerCheck]:
    return [
        layer
        for layer in result.layers
        if any(found.above_bound is not None for found in layer.methods)
    ]


def _height(layers: Sequence[LayerCheck]) -> float:
    """Inches that a row for each layer takes."""
    return 1.4 + 0.34 * max(4, len(layers))
