"""How far above the proved optimum every method ends, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zigzag_imc.core.errors import OptionError
from zigzag_imc.plotting.style import PALETTE, logarithmic, new_axes, save, stacked_axes, tidy
from zigzag_imc.results.crosscheck import SOLVER, CrosscheckResult, LayerCheck
from zigzag_imc.results.units import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH = 8.0
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
    axes = new_axes(_WIDTH, _height(layers)) if ax is None else ax
    height = 0.6 / len(result.methods)
    smallest, largest = 1.0, 1.0
    for number, method in enumerate(result.methods):
        points = [
            (1.0 + found.above_bound, row + (number - (len(result.methods) - 1) / 2) * height)
            for row, layer in enumerate(layers)
            for found in layer.methods
            if found.method == method and found.above_bound is not None
        ]
        smallest, largest = (
            min([smallest, *(x for x, _ in points)]),
            max([largest, *(x for x, _ in points)]),
        )
        axes.plot(
            [x for x, _ in points], [y for _, y in points],
            linestyle="none", marker=_MARKERS[number % len(_MARKERS)], markersize=6,
            color=PALETTE[number % len(PALETTE)], label=method, clip_on=False, zorder=3,
        )  # fmt: skip
    axes.axvline(1.0, color="#666666", linewidth=1.0)
    if largest > _WIDE:
        logarithmic(axes, y=False)
    axes.set_xlim(0.98 * smallest, max(1.1, 1.03 * largest))
    axes.set_yticks(
        range(len(layers)),
        [
            f"{shorten(layer.name, 28)}{f' x{layer.count}' if layer.count > 1 else ''}"
            for layer in layers
        ],
    )
    axes.set_ylim(len(layers) - 0.5, -0.5)
    axes.set_xlabel(f"{result.objective} / bound of the {SOLVER}")
    axes.set_title(
        f"{result.network.name} on {result.accelerator.name}, {result.objective}, cost model "
        f"{result.cost_model}",
        fontsize=11, loc="left",
    )  # fmt: skip
    tidy(axes)
    axes.legend(
        fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.0
    )
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
    axes = stacked_axes(_WIDTH, [_height(_with_gaps(result)) for result in drawn])
    for result, ax in zip(drawn, axes, strict=True):
        plot_crosscheck(result, ax)
    save(axes[0], path)
    return True


def _with_gaps(result: CrosscheckResult) -> list[LayerCheck]:
    return [
        layer
        for layer in result.layers
        if any(found.above_bound is not None for found in layer.methods)
    ]


def _height(layers: Sequence[LayerCheck]) -> float:
    """Inches that a row for each layer takes."""
    return 1.4 + 0.34 * max(4, len(layers))
