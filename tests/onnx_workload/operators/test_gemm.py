"""Fully connected layers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload import Network


@pytest.mark.parametrize(
    ("left", "right", "flags"),
    [
        ("7,5", "5,3", ""),
        ("7,5", "3,5", "<transB=1>"),
        ("5,7", "5,3", "<transA=1>"),
        ("5,7", "3,5", "<transA=1, transB=1>"),
    ],
)
def test_transposed_operands(
    only_layer: Callable[..., Layer], left: str, right: str, flags: str
) -> None:
    layer = only_layer(
        f"g (float[{left}] a) => (y) <float[{right}] b, float[3] c> {{ y = Gemm {flags} (a, b, "
        "c) }"
    )
    assert layer.operator == "Gemm"
    assert layer.sizes == {"B": 1, "H": 1, "D": 7, "K": 3, "C": 5}
    assert layer.weight_dims == {"C", "K"}


def test_a_batch_is_rows(only_layer: Callable[..., Layer]) -> None:
    layer = only_layer("g (float[N,5] a) => (y) <float[5,3] b> { y = Gemm(a, b) }", batch=16)
    assert layer.sizes == {"B": 1, "H": 1, "D": 16, "K": 3, "C": 5}


def test_weights_on_the_left_change_sides(only_layer: Callable[..., Layer]) -> None:
    layer = only_layer("g (float[5,3] x) => (y) <float[5,7] w> { y = Gemm <transA=1> (w, x) }")
    assert layer.sizes == {"B": 1, "H": 1, "D": 3, "K": 7, "C": 5}


def test_only_matrices(load: Callable[..., Network]) -> None:
    with pytest.raises(WorkloadError, match="input 'a' has 3 dimensions, expected a matrix"):
        load("g (float[1,7,5] a) => (y) <float[5,3] b> { y = Gemm(a, b) }")
