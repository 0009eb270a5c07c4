"""A bar for every layer, split into what it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zigzag_imc.plotting.look import PAGE, Look
from zigzag_imc.plotting.style import GREY, PALETTE, legend_below, tidy
from zigzag_imc.results.units import Scale, figure, unit_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PARTS = 5
"""Parts with a colour of their own; more cannot be told apart at a glance."""

OTHER = "other"
_VISIBLE = 0.015
"""Share of the longest bar that a part needs to be seen: half a millimetre in print."""

_HEIGHT = 0.72

_STEPS = (1, 2, 2.5, 5, 10)
"""Between ticks, in powers of ten."""

_NUMBER = 1.19
"""Room of a number behind the longest bar: as a share of it where a figure is an inch wide."""

Shares = Sequence[Mapping[str, float]]
"""For every layer, what each part of it is."""


@dataclass(frozen=True, slots=True)
class Split:
    """Bars, and the parts that are shown of them.

    Attributes
    ----------
    parts
        From the left; the last may be ``other``.
    shares
        What each part is of every bar.
    is_hidden
        Whether the last part can be seen in no bar: then it has no colour of its own.
    """

    parts: tuple[str, ...]
    shares: Shares
    is_hidden: bool = False

    @classmethod
    def of(cls, parts: Sequence[str], shares: Shares) -> Split:
        """Keep the largest parts that can be seen in some bar; the rest together is ``other``."""
        totals = {part: sum(bar.get(part, 0.0) for bar in shares) for part in parts}
        longest = max(sum(bar.values()) for bar in shares)
        seen = [
            part
            for part in parts
            if max(bar.get(part, 0.0) for bar in shares) >= _VISIBLE * longest > 0
        ]
        largest = sorted(seen, key=lambda part: -totals[part])[:MOST_PARTS]
        rest = [part for part in parts if part not in largest and totals[part] > 0]
        shown = [part for part in parts if part in largest]
        if len(rest) == 1 and len(shown) < MOST_PARTS:  # its own name says more
            return cls((*shown, *rest), shares, is_hidden=rest[0] not in seen)
        if not rest:
            return cls(tuple(shown), shares)
        together = [
            {part: bar.get(part, 0.0) for part in shown}
            | {OTHER: sum(bar.get(part, 0.0) for part in rest)}
            for bar in shares
        ]
        return cls((*shown, OTHER), together, is_hidden=True)

    @property
    def lengths(self) -> list[float]:
        """Length of every bar."""
        return [sum(bar.values()) for bar in self.shares]

    def share(self, part: str) -> float:
        """Return what a part is of all bars together."""
        whole = sum(self.lengths)
        return sum(bar.get(part, 0.0) for bar in self.shares) / whole if whole else 0.0


def draw_split_bars(
    axes: Axes, split: Split, quantity: str, scale: Scale, look: Look = PAGE
) -> None:
    """Draw bars below each other, their lengths behind them, and a legend with all shares.

    Parameters
    ----------
    quantity, scale
        What the axis says, and its units.
    look
        How large it writes.
    """
    from matplotlib.ticker import MaxNLocator

    divisor, unit = unit_for(split.lengths, scale)
    left = [0.0] * len(split.shares)
    places = range(len(left))
    for number, part in enumerate(split.parts):
        widths = [bar.get(part, 0.0) / divisor for bar in split.shares]
        is_grey = split.is_hidden and part == split.parts[-1]
        colour = GREY if is_grey else PALETTE[number]
        label = f"{part} {_percent(split.share(part))}"
        axes.barh(places, widths, left=left, color=colour, label=label, height=_HEIGHT)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for place, length in enumerate(left):
        axes.annotate(
            figure(length, digits=3),
            (length, place),
            xytext=(2, 0),
            textcoords="offset points",
            va="center",
            fontsize=look.number,
            color="#555555",
        )
    axes.set_ylim(len(left) - 0.5, -0.5)
    # The longest has its number behind it, too.
    axes.set_xlim(0, (1 + _NUMBER / look.width) * (max(left) or 1.0))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=look.ticks, steps=_STEPS))
    axes.set_xlabel(f"{quantity} ({unit})", fontsize=look.label)
    tidy(axes)
    axes.tick_params(labelsize=look.tick)
    axes.grid(visible=False, axis="y")
    legend_below(axes, look.legend, look.columns)


def _percent(share: float) -> str:
    """Return a share in whole percent, never rounded to nothing."""
    return "<1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"
