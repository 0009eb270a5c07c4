"""Movements as an accelerator file names them."""

from __future__ import annotations

import pytest

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.models.hardware.movements import meant_movement, parse_movement


def test_a_movement_is_an_operand_and_a_direction() -> None:
    assert parse_movement(" I2 ,tl") == ("I2", Direction.TO_LOW)


@pytest.mark.parametrize("text", ["", "I1", "W, tl", "I1, up", "I1, tl, th"])
def test_all_else_is_none(text: str) -> None:
    assert parse_movement(text) is None


def test_what_was_meant_is_told() -> None:
    """A known operand has a wrong direction, an unknown one is likely a slip."""
    assert meant_movement("I1, tI", ["I1"]).startswith("; directions are fh, tl, fl, th")
    assert meant_movement("11, tl", ["I1"]).endswith("(did you mean 'I1, tl'?)")
