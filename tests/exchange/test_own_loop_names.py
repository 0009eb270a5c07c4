"""Loops with names of their own."""

from __future__ import annotations

import pytest

from zigzag_imc.core.errors import ResultError
from zigzag_imc.core.layer import matmul_layer
from zigzag_imc.exchange.own_loop_names import field_names


def test_told_apart_by_size() -> None:
    layer = matmul_layer("m", rows=16, out_channels=32, in_channels=64)
    found = field_names({"B": 1, "D0": 16, "D1": 32, "D2": 64}, "", layer, "f")
    assert found == {"D0": "D", "D1": "K", "D2": "C"}


def test_told_apart_by_what_they_index() -> None:
    layer = matmul_layer("m", rows=8, out_channels=8, in_channels=8)
    equation = "O[p][q] += W[r][q] * I[p][r]"
    found = field_names({"P": 8, "Q": 8, "R": 8}, equation, layer, "f")
    assert found == {"P": "D", "Q": "K", "R": "C"}


@pytest.mark.parametrize(("size", "why"), [(8, "D0 may be D or K"), (9, "D0 fits none")])
def test_loops_that_cannot_be_told(size: int, why: str) -> None:
    layer = matmul_layer("m", rows=8, out_channels=8, in_channels=4)
    with pytest.raises(ResultError, match=rf"found loops D0, D1, expected D, K, C .*{why}"):
        field_names({"D0": size, "D1": 8}, "", layer, "f")
