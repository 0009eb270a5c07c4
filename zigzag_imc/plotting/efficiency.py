"""TOPS/W and TOPS/mm2 over the size of the array: peak, of layers, of networks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zigzag_imc.plotting.style import PALETTE, WIDTH, legend_outside, logarithmic, tidy
from zigzag_imc.plotting.sweep_series import Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

QUANTITIES = (("tops_per_w", "TOPS/W"), ("tops_per_mm2", "TOPS/mm²"))
"""What is drawn, and its unit."""

BEST_EACH = "each point: the best array there,\nfor its line and panel alone"
"""What stands below the axis where arrays differ in more than the axis says."""

_MARKERS = "osD^vP"
_LINES = ("-", "--", ":", "-.")
_INK = "#555555"
_HEIGHT = 2.6
"""Inches of a panel."""

Panel = Mapping[str, Sequence[Series]]
"""Lines of a panel, by what they are of: macros, systems, networks."""


def plot_efficiency(panels: Sequence[Panel], over: str, title: str, width: float = WIDTH) -> Axes:
    """Draw two panels below each other, TOPS/W and TOPS/mm2, both logarithmic.

    Colours tell the entries of the study apart, lines and markers what they are of.

    Parameters
    ----------
    panels
        Lines of each of `QUANTITIES`.
    over
        Parameter along which they run, and what else stands below the axis.
    title
        What stands above.
    width
        Inches of the figure.

    Returns
    -------
    Axes
        The upper one.
    """
    from zigzag_imc.plotting.style import stacked

    with stacked(width, [_HEIGHT, _HEIGHT]) as drawn:
        for axes, panel, (_, unit) in zip(drawn, panels, QUANTITIES, strict=True):
            _draw(axes, panel)
            axes.set_ylabel(unit)
            tidy(axes)
        drawn[0].set_title(title, fontsize=11, loc="left")
        drawn[-1].set_xlabel(over)
        legend_outside(drawn[0], [*_colours(panels[0]), *_kinds(panels[0])])
    return drawn[0]


def _labels(panel: Panel) -> list[str]:
    """Return the entries of the study, in their order."""
    return list(dict.fromkeys(one.label for lines in panel.values() for one in lines))


def _colours(panel: Panel) -> Iterator[Line2D]:
    """Yield what explains the colours."""
    from matplotlib.lines import Line2D

    for place, label in enumerate(_labels(panel)):
        yield Line2D([], [], color=PALETTE[place % len(PALETTE)], linewidth=3, label=label)


def _kinds(panel: Panel) -> Iterator[Line2D]:
    """Yield what explains lines and markers."""
    from matplotlib.lines import Line2D

    for place, name in enumerate(panel):
        yield Line2D([], [], color=_INK, label=name, **_look(place))


def _look(kind: int) -> dict[str, Any]:
    """Return the line and the marker of the things of a kind."""
    return {
        "linestyle": _LINES[kind % len(_LINES)],
        "marker": _MARKERS[kind % len(_MARKERS)],
        "markersize": 4.5,
        "linewidth": 1.2,
    }


def _draw(axes: Axes, panel: Panel) -> None:
    labels = _labels(panel)
    for kind, (name, lines) in enumerate(panel.items()):
        for one in lines:
            axes.plot(
                one.sizes,
                one.values,
                color=PALETTE[labels.index(one.label) % len(PALETTE)],
                label=f"{one.label}, {name}",
                **_look(kind),
            )
    sizes = sorted({size for lines in panel.values() for one in lines for size in one.sizes})
    axes.set_xscale("log", base=2)
    logarithmic(axes, x=False)
    axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
    axes.minorticks_off()


def geometric_mean(series: Sequence[Series]) -> list[Series]:
    """Return the geometric mean of lines of the same entry, where all have a value."""
    by_label: dict[str, list[Series]] = {}
    for one in series:
        by_label.setdefault(one.label, []).append(one)
    means = []
    for label, lines in by_label.items():
        known = [dict(zip(one.sizes, one.values, strict=True)) for one in lines]
        sizes = sorted(set.intersection(*(set(values) for values in known)))
        logs = [sum(math.log(values[size]) for values in known) / len(known) for size in sizes]
        means.append(Series(label, tuple(sizes), tuple(map(math.exp, logs))))
    return means
