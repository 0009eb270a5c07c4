"""Loops with their sizes."""

from __future__ import annotations

from zigzag_imc.results.units import sized


def test_a_size_stands_apart_from_a_name_that_ends_in_a_digit() -> None:
    assert (sized("K", 64), sized("D0", 64)) == ("K64", "D0=64")
