"""Stacked bars: groups beside each other, a bar for each entry of the study in every group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zigzag_imc.plotting.style import PALETTE, WIDTH, legend_outside, logarithmic, tidy

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

_MARKS = "os^v"
_HEIGHT = 2.1
"""Inches of a panel."""

_WIDTH = 0.8
"""Width of a group; groups are 1 apart."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar.

    Attributes
    ----------
    group, label
        The group that it stands in, and what it is called there.
    parts
        What it is made of.
    marks
        Further figures, marked on an axis of their own to the right.
    """

    group: str
    label: str
    parts: Mapping[str, float]
    marks: Mapping[str, float] = field(default_factory=dict)


def draw_stacks(
    axes: Axes, bars: Sequence[Bar], parts: Sequence[str]
) -> dict[tuple[str, str], float]:
    """Draw bars from their parts, the first at the bottom, and return the place of each."""
    groups = list(dict.fromkeys(bar.group for bar in bars))
    labels = list(dict.fromkeys(bar.label for bar in bars))
    width = _WIDTH / len(labels)
    places = {
        (bar.group, bar.label): groups.index(bar.group)
        + (labels.index(bar.label) - (len(labels) - 1) / 2) * width
        for bar in bars
    }
    at = [places[bar.group, bar.label] for bar in bars]
    bottom = [0.0] * len(bars)
    for number, part in enumerate(parts):
        heights = [bar.parts.get(part, 0.0) for bar in bars]
        axes.bar(
            at,
            heights,
            bottom=bottom,
            width=0.92 * width,
            color=PALETTE[number % len(PALETTE)],
            label=part,
        )
        bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
    axes.set_xticks(at, [bar.label for bar in bars], rotation=90, fontsize=7)
    for place, group in enumerate(groups):
        axes.annotate(
            group,
            (place, 1.0),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="bottom",
            fontsize=8,
        )
    return places


def _draw_marks(
    axes: Axes, bars: Sequence[Bar], places: Mapping[tuple[str, str], float]
) -> list[Line2D]:
    """Mark further figures of bars on a logarithmic axis to the right; return the marks."""
    names = list(dict.fromkeys(name for bar in bars for name in bar.marks))
    if not names:
        return []
    right = axes.twinx()
    drawn: list[Line2D] = []
    for number, name in enumerate(names):
        drawn += right.plot(
            [places[bar.group, bar.label] for bar in bars],
            [bar.marks[name] for bar in bars],
            linestyle="none",
            marker=_MARKS[number % len(_MARKS)],
            color="black",
            markerfacecolor="white",
            markersize=4.5,
            label=name,
        )
    logarithmic(right, x=False)
    right.set_ylabel("reuse")
    right.spines["top"].set_visible(False)
    right.tick_params(which="both", labelsize=8, color="#999999")
    return drawn


def plot_parts(bars: Mapping[str, Sequence[Bar]], title: str, width: float = WIDTH) -> Axes:
    """Draw stacked bars in panels below each other, by their unit.

    Parameters
    ----------
    bars
        The bars of each panel, by what its axis says.
    title
        What stands above.
    width
        Inches of the figure.

    Returns
    -------
    Axes
        The uppermost.
    """
    from zigzag_imc.plotting.style import stacked

    used = [bar.parts for panel in bars.values() for bar in panel]
    parts = list(dict.fromkeys(name for one in used for name, value in one.items() if value))
    with stacked(width, [_HEIGHT] * len(bars)) as drawn:
        explained: dict[object, Artist] = {}
        for axes, (unit, panel) in zip(drawn, bars.items(), strict=True):
            places = draw_stacks(axes, panel, parts)
            marks = _draw_marks(axes, panel, places)
            handles, _ = axes.get_legend_handles_labels()
            for handle in (*handles, *marks):
                explained.setdefault(handle.get_label(), handle)
            axes.set_ylabel(unit)
            tidy(axes)
            axes.grid(visible=False, axis="x")
        drawn[0].set_title(title, fontsize=11, loc="left", pad=18)
        legend_outside(drawn[0], list(explained.values()))
    return drawn[0]
