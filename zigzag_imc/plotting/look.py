"""Sizes of a figure as it is printed: over a whole page, or in a column of a page with two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zigzag_imc.plotting.style import COLUMN, WIDTH


@dataclass(frozen=True, slots=True)
class Look:
    """How wide a figure is, and how large it writes.

    Attributes
    ----------
    width
        Inches of the figure.
    heading, title, label, name, number, tick, legend
        Points of texts: of the figure, of axes, beside them, layers, at bars, at the axes' ticks
        and in legends.
    bar
        Inches of a bar with the gap to the next one.
    frame
        Inches of all else around bars: heading, axis, legend.
    columns
        Columns of a legend below bars.
    ticks
        Gaps between the ticks of an axis at most; ``auto``: as many as have room.
    panels
        Fronts beside each other.
    panel
        Inches of a row of them.
    panel_name
        Characters of a layer's name above one.
    characters
        Characters of a line from edge to edge, in the size of labels.
    """

    width: float
    heading: float
    title: float
    label: float
    name: float
    number: float
    tick: float
    legend: float
    bar: float
    frame: float
    columns: int
    ticks: int | Literal["auto"]
    panels: int
    panel: float
    panel_name: int
    characters: int


PAGE = Look(
    width=WIDTH,
    heading=9,
    title=8,
    label=8,
    name=7,
    number=6.5,
    tick=7,
    legend=7,
    bar=0.2,
    frame=1.5,
    columns=2,
    ticks="auto",
    panels=4,
    panel=1.3,
    panel_name=20,
    characters=120,
)
"""As wide as a page between its margins."""

NARROW = Look(
    width=COLUMN,
    heading=6.5,
    title=6,
    label=6,
    name=5.5,
    number=5,
    tick=5.5,
    legend=5.5,
    bar=0.13,
    frame=1.75,
    columns=1,
    ticks=4,
    panels=3,
    panel=1.0,
    panel_name=15,
    characters=72,
)
"""As wide as a column: no letter is smaller than five points, however many layers there are."""
