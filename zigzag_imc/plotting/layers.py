"""What figures with a bar for every layer of a network have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zigzag_imc.core.arguments import instance
from zigzag_imc.core.errors import OptionError
from zigzag_imc.plotting.look import PAGE, Look
from zigzag_imc.plotting.split_bars import Split, draw_split_bars
from zigzag_imc.plotting.style import counted_names, drawing
from zigzag_imc.results.labels import shorten
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.units import CYCLES, ENERGY, TIME, Scale, with_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAME_WIDTH = 22


def drawn_layers(result: NetworkResult) -> list[LayerResult]:
    """Return the layers that have a mapping.

    Raises
    ------
    OptionError
        When none has, or it is no result.
    """
    instance("result", result, NetworkResult, "a NetworkResult")
    layers = [layer for layer in result.layers if layer.breakdown is not None]
    if not layers:
        raise OptionError("no layer of the result has a mapping; there is nothing to draw")
    return layers


def plot_layers(
    result: NetworkResult, split: Split, quantity: str, scale: Scale, ax: Axes | None = None
) -> Axes:
    """Draw split bars on some axes, or alone in a new figure, under a title that says of what."""
    with drawing(ax, PAGE.width, layers_height(result)) as axes:
        draw_split_bars(axes, split, quantity, scale)
        name_layers(axes, result)
        axes.set_title(
            f"{subject_text(result)}: {total_text(result, quantity)}\n{asked_text(result)}",
            fontsize=9,
            loc="left",
        )
    return axes


def name_layers(axes: Axes, result: NetworkResult, look: Look = PAGE) -> None:
    """Put the names of the layers beside their bars."""
    layers = drawn_layers(result)
    axes.set_yticks(range(len(layers)), counted_names(layers, _NAME_WIDTH), fontsize=look.name)


def layers_height(result: NetworkResult, look: Look = PAGE) -> float:
    """Inches that a bar for each mapped layer takes, with the axis and the legend below."""
    return look.frame + look.bar * max(4, len(drawn_layers(result)))


# ------------------------------------------------------------------ titles
def subject_text(result: NetworkResult) -> str:
    """Return what is mapped onto what."""
    return f"{shorten(result.network.name, 30)} on {shorten(result.accelerator.name, 30)}"


def asked_text(result: NetworkResult) -> str:
    """Return what was made least under which cost model, and how far that is proved."""
    counts = result.totals.status_counts
    layers = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    return (
        f"objective {result.objective} per {result.scope}, cost model {result.cost_model}; "
        f"layers: {layers}"
    )


def product_text(result: NetworkResult) -> str:
    """Return the product of both totals, such as ``: EDP 4.02e-09 J x s``, where it is known."""
    edp = result.totals.edp_js
    return "" if edp is None else f": EDP {edp:.4g} J x s"


def total_text(result: NetworkResult, quantity: str) -> str:
    """Return a total with its name, such as ``energy 11.45 uJ``; latency in seconds, too."""
    totals = result.totals
    if totals.energy_pj is None or totals.latency_cycles is None:
        return quantity
    if quantity == "energy":
        return f"energy {with_unit(totals.energy_pj, ENERGY)}"
    seconds = with_unit(totals.latency_cycles * totals.tclk_ns, TIME)
    return f"latency {with_unit(totals.latency_cycles, CYCLES)} = {seconds}"
