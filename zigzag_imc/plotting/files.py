"""Names of figure files."""

from __future__ import annotations

from pathlib import Path

from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.results.replacing import check_writable

FORMATS = ("png", "svg", "pdf")
"""Formats that a figure can be written in, by suffix."""


def check_figure_path(path: str) -> None:
    """Raise `OptionError` when a figure could not be written to ``path`` later."""
    suffix = Path(path).suffix.removeprefix(".").lower()
    if suffix not in FORMATS:
        found = f"the suffix {suffix!r}" if suffix else "no suffix"
        raise OptionError(
            f"{path}: found {found}, expected one of {', '.join(FORMATS)}{nearest(suffix, FORMATS)}"
        )
    check_writable(path)
