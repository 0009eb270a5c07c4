"""Data frames as tables for people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.console import Console

from zigzag_imc.report.terminal.console import print_line
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.results.units import counted, figure

if TYPE_CHECKING:
    from polars import DataFrame

_TOLD = (
    "accelerator",
    "network",
    "objective",
    "layer",
    "points",
    "status",
    "energy_pj",
    "delay_ns",
    "edp_js",
    "tops_per_w",
    "tops_per_mm2",
    "area_mm2",
    "utilization",
)
"""Columns that people want to see first; a table has sixty."""


_MOST_REASONS = 5
"""Reasons below a table; a large sweep may have as many as it has rows."""


def shown_columns(frame: DataFrame) -> list[str]:
    """Return the columns that are shown where nobody says which.

    Those of a group stand first in it; all columns where none is well known.
    """
    before = frame.columns[: frame.columns.index("points")] if "points" in frame.columns else []
    known = [name for name in _TOLD if name in frame.columns and name not in before]
    return [*before, *known] or frame.columns


def print_frame(frame: DataFrame, console: Console) -> None:
    """Print a data frame, numbers with four digits."""
    kinds = [kind.is_numeric() for kind in frame.dtypes]
    columns = zip(frame.columns, kinds, strict=True)
    rows = Listing(tuple(Column(name, numbers=number) for name, number in columns))
    for row in frame.iter_rows():
        rows.add(*map(_cell, row))
    rows.print(console)


def print_reasons(frame: DataFrame, console: Console) -> None:
    """Print below a table why its rows have the status they have, each reason once."""
    if not {"status", "reason"} <= set(frame.columns):
        return
    pairs = zip(frame["status"], frame["reason"], strict=True)
    found = Counter(pair for pair in pairs if pair[1] is not None)
    if not found:
        return
    console.print()
    for (status, reason), count in list(found.items())[:_MOST_REASONS]:
        print_line(f"{status} ({count:,}): {reason}", console)
    if len(found) > _MOST_REASONS:
        further = counted(len(found) - _MOST_REASONS, "other reason")
        print_line(f"{further}; --columns accelerator,status,reason shows all", console)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4g}" if value and not 1e-3 <= abs(value) < 1e6 else figure(value)
    return str(value)
