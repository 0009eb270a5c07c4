"""Where the latency of a network comes from, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zigzag_imc.plotting.layers import drawn_layers, plot_layers
from zigzag_imc.plotting.split_bars import Split
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.units import CYCLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARTS = ("computing", "stalls", "onloading", "offloading")


def plot_latency(result: NetworkResult, ax: Axes | None = None) -> Axes:
    """Draw the latency of every distinct layer as a bar, split into computing and waiting.

    Identical layers count together, so that the bars add up to the latency of the network.
    Parameters, result and errors are those of `plot_energy`.
    """
    return plot_layers(result, latency_split(result), "latency", CYCLES, ax)


def latency_split(result: NetworkResult) -> Split:
    """Return the latency of every layer in its parts.

    Raises
    ------
    OptionError
        When no layer has a mapping.
    """
    return Split.of(PARTS, [_shares(layer) for layer in drawn_layers(result)])


def _shares(layer: LayerResult) -> dict[str, float]:
    """Parts of the latency in clock cycles, of all identical layers."""
    assert layer.breakdown is not None
    latency = layer.breakdown.latency
    cycles = (
        latency.compute_cycles,
        latency.stall_cycles,
        latency.onloading_cycles,
        latency.offloading_cycles,
    )
    return {part: layer.count * spent for part, spent in zip(PARTS, cycles, strict=True)}
