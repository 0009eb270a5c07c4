"""Loops with names of their own."""

from __future__ import annotations

import pytest

from zigzag_imc.core.errors import ResultError
from zigzag_imc.core.layer_building import matmul_layer
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


def test_rows_that_a_file_calls_batch() -> None:
    """The layer has a batch, too, of one step; a batch of another size is left to who compares."""
    layer = matmul_layer("m", rows=16, out_channels=32, in_channels=64)
    equation = "O[b][k] += I[b][c] * W[c][k]"
    assert field_names({"B": 16, "K": 32, "C": 64}, equation, layer, "f") == {"B": "D"}
    assert field_names({"B": 3, "K": 32, "C": 64}, equation, layer, "f") == {}


def test_names_that_the_layer_has_itself_stay() -> None:
    layer = matmul_layer("m", rows=16, out_channels=32, in_channels=64)
    own = layer.replace(
        loop_dims=(("D0", 4), ("D1", 4)),
        weight_dims=frozenset(("D1",)),
        input_dims=frozenset(("D0", "D1")),
        output_dims=frozenset(("D0",)),
    )
    assert field_names({"D0": 4, "D1": 4}, "", own, "f") == {}
