"""A macro drawn with characters."""

from __future__ import annotations

from zigzag_imc.report.terminal.macro_picture import picture


def test_a_picture_has_a_character_per_cell() -> None:
    """Two of four columns and one of two rows are in use."""
    assert picture(2, 4, 1, 2) == ["##..", "...."]


def test_a_large_macro_has_blocks_of_cells() -> None:
    """Of 128 x 128 cells a character is 2 x 8; a single row in use still takes one."""
    drawn = picture(64, 128, 1, 128)
    assert (len(drawn), drawn[0], drawn[1]) == (16, "#" * 32 + "." * 32, "." * 64)
    assert picture(128, 128, 128, 128) == ["#" * 64] * 16
