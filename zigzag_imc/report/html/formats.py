"""Numbers as pages show them; templates know these functions as filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zigzag_imc.report.html.fronts import unrolled
from zigzag_imc.report.words import gain_words, next_step
from zigzag_imc.results.tables import factors_text
from zigzag_imc.results.units import (
    BITS,
    CYCLES,
    ENERGY,
    TIME,
    figure,
    gap_text,
    percent,
    with_unit,
)

NOTHING = "–"
"""What stands where there is no number."""


def or_nothing(shown: Callable[[float], str]) -> Callable[[float | None], str]:
    """Return a function that shows missing numbers, too."""

    def of(value: float | None) -> str:
        return NOTHING if value is None else shown(value)

    return of


def short(value: float) -> str:
    """Return a number of four digits, in powers of ten where it is far from one."""
    if value == 0 or 1e-3 <= abs(value) < 1e6:
        return figure(value)
    return f"{value:.4g}"


def joule_seconds(value: float) -> str:
    """Return an energy-delay product."""
    return f"{value:.4g} J·s"


_WITH_UNITS = {"energy_pj": "energy", "delay_ns": "delay"}
"""Columns of tables whose cells have a unit of their own on pages, and what these are headed."""


def heading(column: str) -> str:
    """Return what stands above a column of a table."""
    return _WITH_UNITS.get(column, column)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "energy": or_nothing(lambda value: with_unit(value, ENERGY)),
    "cycles": or_nothing(lambda value: with_unit(value, CYCLES)),
    "time": or_nothing(lambda value: with_unit(value, TIME)),
    "bits": or_nothing(lambda value: with_unit(value, BITS)),
    "percent": or_nothing(percent),
    "gap": or_nothing(lambda gap: gap_text(gap) if gap else "0"),
    "short": or_nothing(short),
    "joule_seconds": or_nothing(joule_seconds),
    "heading": heading,
    "factors": factors_text,
    "gain_words": gain_words,
    "unrolled": unrolled,
    "next_step": next_step,
}
"""By the names that templates use."""
