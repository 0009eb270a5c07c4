"""Where the energy of a network goes, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zigzag_imc.core.errors import OptionError
from zigzag_imc.plotting.style import PALETTE, counted_names, drawing, legend_beside, tidy
from zigzag_imc.results.labels import shorten
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.units import ENERGY, unit_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_energy(result: NetworkResult, ax: Axes | None = None) -> Axes:
    """Draw the energy of every distinct layer as a bar, split into the array and each memory.

    Identical layers count together, so that the bars add up to the energy of the network.

    Parameters
    ----------
    result
        Any result with a mapping.
    ax
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        What was drawn on; ``ax.figure.savefig(...)`` writes it.

    Raises
    ------
    OptionError
        When no layer has a mapping.
    """
    layers = [layer for layer in result.layers if layer.breakdown is not None]
    if not layers:
        raise OptionError("no layer of the result has a mapping; there is no energy to draw")
    with drawing(ax, 8.0, energy_height(result)) as axes:
        _draw_bars(axes, layers, list(result.accelerator.description["memories"]))
        axes.set_yticks(range(len(layers)), counted_names(layers, 28))
        axes.set_ylim(len(layers) - 0.5, -0.5)
        axes.set_title(
            f"Energy of {shorten(result.network.name, 30)} on {result.accelerator.name}",
            fontsize=11,
            loc="left",
        )
        tidy(axes)
        axes.grid(visible=False, axis="y")
        legend_beside(axes)
    return axes


def energy_height(result: NetworkResult) -> float:
    """Inches that a bar for each mapped layer takes."""
    return 1.2 + 0.32 * max(4, sum(layer.breakdown is not None for layer in result.layers))


def _draw_bars(axes: Axes, layers: Sequence[LayerResult], memories: Sequence[str]) -> None:
    """Draw a bar per layer: the array first, then every memory that takes energy."""
    shares = [_shares(layer) for layer in layers]
    divisor, unit = unit_for((sum(parts.values()) for parts in shares), ENERGY)
    spending = [name for name in memories if any(parts.get(name) for parts in shares)]
    left = [0.0] * len(layers)
    for number, part in enumerate(["array", *spending]):
        widths = [parts.get(part, 0.0) / divisor for parts in shares]
        colour = PALETTE[number % len(PALETTE)]
        axes.barh(range(len(layers)), widths, left=left, color=colour, label=part, height=0.72)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    axes.set_xlabel(f"energy ({unit})")


def _shares(layer: LayerResult) -> dict[str, float]:
    """Energy of the array and of each memory, of all identical layers."""
    assert layer.breakdown is not None
    parts = {"array": sum(layer.breakdown.array_energy_pj.values())}
    for term in layer.breakdown.memory_energy:
        parts[term.memory] = parts.get(term.memory, 0.0) + term.energy_pj
    return {name: layer.count * energy for name, energy in parts.items()}
