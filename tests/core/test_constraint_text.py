"""Constraints as text: what is read is what is written, and what is wrong is told in one line."""

from __future__ import annotations

import pytest

from zigzag_imc.core.constraint_text import FORMS, parse_constraint
from zigzag_imc.core.constraints import (
    AllowedDims,
    Constraint,
    EvenAllocation,
    FixedUnrolling,
    InnerLoops,
    LeastUtilization,
    LoopOrder,
    OuterLoops,
    Stationary,
    TileSize,
)
from zigzag_imc.core.errors import OptionError

READ: dict[str, Constraint] = {
    "unroll K on D1 = 16": FixedUnrolling("K", "D1", "=", 16),
    "unroll K on D1 <= 16": FixedUnrolling("K", "D1", "<=", 16),
    "unroll my_dim on D3 >= 2": FixedUnrolling("my_dim", "D3", ">=", 2),
    "allow K, OX on D1": AllowedDims(("K", "OX"), "D1"),
    "allow nothing on D1": AllowedDims((), "D1"),
    "inner OX 4, OY *": InnerLoops((("OX", 4), ("OY", None))),
    "outer K 8": OuterLoops((("K", 8),)),
    "order K > C > OX": LoopOrder(("K", "C", "OX")),
    "tile K of W in cells <= 16": TileSize("K", "W", "cells", "<=", 16),
    "tile OX of O in sram_256KB = 2": TileSize("OX", "O", "sram_256KB", "=", 2),
    "even": EvenAllocation(),
    "even in sram, cells": EvenAllocation(("sram", "cells")),
    "stationary W in cells": Stationary("W", "cells"),
    "utilization >= 0.5": LeastUtilization(0.5),
}


@pytest.mark.parametrize("text", READ)
def test_what_is_written_is_read_again(text: str) -> None:
    assert parse_constraint(text) == READ[text]
    assert str(READ[text]) == text


@pytest.mark.parametrize(
    ("loose", "tight"),
    [
        ("  unroll   K on D1=16 ", "unroll K on D1 = 16"),
        ("order K>C", "order K > C"),
        ("utilization>=50%", "utilization >= 0.5"),
        ("tile K of W in cells<=4", "tile K of W in cells <= 4"),
        ("inner OX4,OY *", "inner OX 4, OY *"),
    ],
)
def test_spaces_and_percentages(loose: str, tight: str) -> None:
    if loose.startswith("inner"):  # names may end with digits: a space tells the size apart
        with pytest.raises(OptionError, match="expected such as 'inner OX 4, OY"):
            parse_constraint(loose)
    else:
        assert str(parse_constraint(loose)) == tight


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unrol K on D1 = 16", "did you mean 'unroll'?"),
        ("", "expected one that begins with unroll, allow"),
        ("unroll K on D1 < 16", "expected such as 'unroll K on D1 = 16'"),
        ("unroll K on D1 = 0", "with a size below 1"),
        ("allow K K on D1", "expected such as 'allow K, OX on D1'"),
        ("allow K, K on D1", "with a name twice"),
        ("inner OX", "expected such as 'inner OX 4, OY *'"),
        ("outer OX 0", "with a size below 1"),
        ("order K", "with one dimension"),
        ("order K > K", "with a name twice"),
        ("tile K of B in cells = 2", "with operand 'B' (they are W, I, O)"),
        ("stationary cells", "expected such as 'stationary W in cells'"),
        ("even at sram", "expected such as 'even, or even in sram'"),
        ("utilization <= 0.5", "expected such as 'utilization >= 0.5'"),
        ("utilization >= 150 %", "outside 0 to 1"),
        (16, "found 16, expected a text such as"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(text: object, said: str) -> None:
    with pytest.raises(OptionError) as found:
        parse_constraint(text)
    assert said in str(found.value)
    assert "\n" not in str(found.value)
    assert str(found.value).startswith("constraint: found ")


def test_every_form_that_is_told_is_read() -> None:
    for kind, form in FORMS.items():
        for text in form.split(", or "):
            assert str(parse_constraint(text)).startswith(kind)
