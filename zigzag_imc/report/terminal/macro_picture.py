"""A macro drawn with characters."""

from __future__ import annotations

from zigzag_imc.results.units import figure

_MOST_COLUMNS, _MOST_ROWS = 64, 16


def scale_of(columns: int, rows: int) -> str:
    """Return how many columns and rows of cells a character stands for."""
    return f"{_per_character(columns, _MOST_COLUMNS)} x {_per_character(rows, _MOST_ROWS)}"


def _per_character(size: int, most: int) -> str:
    return figure(size / min(size, most)).rstrip("0").rstrip(".")


def picture(used_columns: int, columns: int, used_rows: int, rows: int) -> list[str]:
    """Return one macro as text.

    A character is one cell, or a block of them where there are many.
    """
    wide, high = min(columns, _MOST_COLUMNS), min(rows, _MOST_ROWS)

    def filled(used: int, size: int, shown: int) -> int:
        return max(1, round(used / size * shown)) if used < size else shown

    across, down = filled(used_columns, columns, wide), filled(used_rows, rows, high)
    return [
        "#" * across + "." * (wide - across) if row < down else "." * wide for row in range(high)
    ]
