"""Energy and delay of all networks on each accelerator, its area as the size of its mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zigzag_imc.plotting.style import PALETTE, WIDTH, drawing, legend_outside, logarithmic, tidy
from zigzag_imc.results.units import ENERGY, TIME, unit_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEIGHT = 4.0
"""Inches of the figure."""

_LEAST_MARK, _MOST_MARK = 15.0, 160.0
"""Size of the marks of the smallest and of the largest area, in square points."""


def plot_hardware_front(rows: Sequence[Mapping[str, Any]], width: float = WIDTH) -> Axes:
    """Draw a mark for each accelerator, and the front of energy and delay as steps.

    Parameters
    ----------
    rows
        Rows of networks; those of one accelerator are added up.
    width
        Inches of the figure.

    Returns
    -------
    Axes
        What was drawn on.
    """
    points = _sums(rows)
    energy, energy_unit = unit_for((one["energy_pj"] for one in points), ENERGY)
    delay, delay_unit = unit_for((one["delay_ns"] for one in points), TIME)
    largest = max(one["area_mm2"] for one in points) or 1.0
    labels = list(dict.fromkeys(one["accelerators"] for one in points))
    with drawing(None, width, _HEIGHT) as axes:
        for number, label in enumerate(labels):
            own = [one for one in points if one["accelerators"] == label]
            axes.scatter(
                [one["delay_ns"] / delay for one in own],
                [one["energy_pj"] / energy for one in own],
                s=[_mark(one["area_mm2"] / largest) for one in own],
                color=PALETTE[number % len(PALETTE)],
                alpha=0.75,
                linewidths=0,
                label=label,
            )
        front = _front(points)
        axes.step(
            [one["delay_ns"] / delay for one in front],
            [one["energy_pj"] / energy for one in front],
            where="post",
            color="#555555",
            linewidth=1.0,
            label="front",
        )
        logarithmic(axes)
        axes.set_xlabel(f"delay ({delay_unit})")
        axes.set_ylabel(f"energy ({energy_unit})")
        axes.set_title(f"All networks; area up to {largest:.3g} mm²", fontsize=11, loc="left")
        tidy(axes)
        legend_outside(axes, axes.get_legend_handles_labels()[0])
    return axes


def _mark(share: float) -> float:
    return _LEAST_MARK + share * (_MOST_MARK - _LEAST_MARK)


def _sums(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add up the networks of each accelerator."""
    sums: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = sums.setdefault(
            row["accelerator"],
            {
                "accelerators": row["accelerators"],
                "area_mm2": row["area_mm2"],
                "energy_pj": 0.0,
                "delay_ns": 0.0,
            },
        )
        one["energy_pj"] += row["energy_pj"]
        one["delay_ns"] += row["delay_ns"]
    return list(sums.values())


def _front(points: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the points that no other beats in both, by rising delay."""
    front: list[Mapping[str, Any]] = []
    for one in sorted(points, key=lambda one: (one["delay_ns"], one["energy_pj"])):
        if not front or one["energy_pj"] < front[-1]["energy_pj"]:
            front.append(one)
    return front
