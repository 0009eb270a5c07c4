"""Numbers as people read them."""

from __future__ import annotations

import pytest

from zigzag_imc.results.units import (
    BITS,
    CYCLES,
    ENERGY,
    figure,
    gap_text,
    percent,
    unit_for,
    with_unit,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (None, "-"),
        (1.23456, "1.235"),
        (12.3456, "12.35"),
        (1234.56, "1235"),
        (123456.7, "123457"),
        (0.123456, "0.1235"),
        (0.00001, "1.0e-05"),
    ],
)
def test_figure(value: float | None, text: str) -> None:
    assert figure(value) == text


def test_unit_suits_the_largest() -> None:
    assert unit_for([1.0, 2.5e6, None], ENERGY) == (1e6, "uJ")
    assert unit_for([999.0], CYCLES) == (1.0, "cycles")
    assert unit_for([], ENERGY) == (1.0, "pJ")


def test_with_unit_drops_zeros() -> None:
    assert with_unit(1.5e9, ENERGY) == "1.5 mJ"
    assert with_unit(2097152, BITS) == "256 KiB"
    assert with_unit(8, BITS) == "1 B"


def test_shares() -> None:
    assert percent(0.375) == "37.5 %"
    assert percent(None) == "-"
    assert gap_text(0.0123) == "1.23 %"
    assert gap_text(1e-7) == "1e-05 %"
