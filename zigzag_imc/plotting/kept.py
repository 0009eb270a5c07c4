"""How full a memory is between layers, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zigzag_imc.core.errors import OptionError
from zigzag_imc.plotting.look import PAGE, Look
from zigzag_imc.plotting.style import PALETTE, drawing, legend_beside, tidy
from zigzag_imc.results.labels import shorten
from zigzag_imc.results.locality import LocalityRecord, MemoryTimelineRecord
from zigzag_imc.results.result import NetworkResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 2.6
"""Inches of the drawing."""

_KILOBYTE = 8192
_MOST_NAMES = 16
_SEEN_THROUGH = 0.7
"""Opacity of the bars, which lie behind each other where there are several memories."""


def plot_kept(result: NetworkResult, ax: Axes | None = None, look: Look = PAGE) -> Axes:
    """Draw what kept tensors take of each memory at every step of the network, and its size.

    Parameters
    ----------
    result
        A result of tensors that may stay on chip.
    ax
        Where to draw; a new figure by default.
    look
        How large it writes.

    Returns
    -------
    Axes
        What was drawn on; ``ax.figure.savefig(...)`` writes it.

    Raises
    ------
    OptionError
        When nothing may stay on chip.
    """
    locality = result.locality
    if locality is None or not locality.memories:
        raise OptionError("no tensor of the result may stay on chip; there is no memory to draw")
    with drawing(ax, 8.0, HEIGHT) as axes:
        for number, memory in enumerate(_drawn(locality)):
            _draw(axes, memory, PALETTE[number % len(PALETTE)])
        places, names = _layers(locality)
        axes.set_xticks(places, names, rotation=45, ha="right", fontsize=look.name)
        axes.set_xlim(-0.5, len(locality.steps) - 0.5)
        axes.set_ylim(bottom=0)
        axes.set_ylabel("kept (KB)", fontsize=look.label)
        title = f"Kept between layers of {shorten(result.network.name, 30)}; dashed: size"
        axes.set_title(title, fontsize=look.heading, loc="left")
        tidy(axes)
        axes.tick_params(labelsize=look.tick)
        legend_beside(axes, look.label)
    return axes


def _drawn(locality: LocalityRecord) -> list[MemoryTimelineRecord]:
    """Memories of the whole array: the cells, with a share for every layer, never change."""
    weights = locality.weights
    cells = weights.memory if weights is not None and weights.share_bits else None
    return [memory for memory in locality.memories if memory.memory != cells]


def _draw(axes: Axes, memory: MemoryTimelineRecord, colour: str) -> None:
    """Draw the use of a memory as steps, and its size as a line."""
    used = [bits / _KILOBYTE for bits in memory.used_bits]
    axes.bar(
        range(len(used)), used, width=1.0, color=colour, alpha=_SEEN_THROUGH, label=memory.memory
    )
    axes.axhline(memory.size_bits / _KILOBYTE, color=colour, linestyle="--", linewidth=1)


def _layers(locality: LocalityRecord) -> tuple[list[int], list[str]]:
    """Places and names of the layers, of some where there are many."""
    layers = [place for place, step in enumerate(locality.steps) if step.kind != "operator"]
    every = -(-len(layers) // _MOST_NAMES) or 1
    shown = layers[::every]
    return shown, [shorten(locality.steps[place].name, 18) for place in shown]
