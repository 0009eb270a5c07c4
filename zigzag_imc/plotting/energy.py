"""Where the energy of a network goes, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zigzag_imc.plotting.layers import drawn_layers, plot_layers
from zigzag_imc.plotting.split_bars import Split
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.units import ENERGY

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_energy(result: NetworkResult, ax: Axes | None = None) -> Axes:
    """Draw the energy of every distinct layer as a bar, split into the array and its memories.

    Identical layers count together, so that the bars add up to the energy of the network. Memories
    too small to be seen are ``other``.

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
    return plot_layers(result, energy_split(result), "energy", ENERGY, ax)


def energy_split(result: NetworkResult) -> Split:
    """Return the energy of every layer: the array first, then every memory that takes any.

    Raises
    ------
    OptionError
        When no layer has a mapping.
    """
    shares = [_shares(layer) for layer in drawn_layers(result)]
    memories = list(result.accelerator.description["memories"])
    return Split.of(["array", *memories], shares)


def _shares(layer: LayerResult) -> dict[str, float]:
    """Energy of the array and of each memory in pJ, of all identical layers."""
    assert layer.breakdown is not None
    parts = {"array": sum(layer.breakdown.array_energy_pj.values())}
    for term in layer.breakdown.memory_energy:
        parts[term.memory] = parts.get(term.memory, 0.0) + term.energy_pj
    return {name: layer.count * energy for name, energy in parts.items()}
