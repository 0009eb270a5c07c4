"""What is reported as holding multiply-accumulates, and what is not."""

from __future__ import annotations

import onnx
import pytest
from onnx import helper

from zigzag_imc.onnx_workload.operators import BUILDERS, reason_unmapped


def reason(op_type: str, domain: str) -> str:
    return reason_unmapped(helper.make_node(op_type, ["x"], ["y"], domain=domain))


@pytest.mark.parametrize(
    ("domain", "op_type"),
    [
        *(("", name) for name in ("STFT", "DFT")),
        *(
            ("com.microsoft", name)
            for name in ("FusedConv", "FusedMatMul", "MatMulNBits", "QGemm", "QLinearConv")
        ),
        *(
            ("com.microsoft", name)
            for name in ("MultiHeadAttention", "DynamicQuantizeLSTM", "QMoE", "NhwcFusedConv")
        ),
        ("my.domain", "sparse_linear"),
        ("ai.onnx.ml", "LinearRegressor"),
        ("", "ConvOfTheFuture"),
    ],
)
def test_reported(domain: str, op_type: str) -> None:
    assert reason(op_type, domain)


@pytest.mark.parametrize(
    ("domain", "op_type"),
    [
        *(
            ("", name)
            for name in (
                "Relu",
                "Add",
                "MaxPool",
                "QuantizeLinear",
                "DequantizeLinear",
                "LRN",
                "Softmax",
            )
        ),
        *(
            ("com.microsoft", name)
            for name in ("QLinearAdd", "QLinearConcat", "BiasGelu", "SkipLayerNormalization")
        ),
        ("com.microsoft", "DynamicQuantizeLinear"),
        ("my.domain", "ConvertColors"),
        ("ai.onnx.ml", "Scaler"),
    ],
)
def test_passed_through(domain: str, op_type: str) -> None:
    assert not reason(op_type, domain)


def test_every_operator_of_onnx_that_sounds_like_products_is_covered() -> None:
    """A future ONNX that adds, say, another convolution must not slip through."""
    names = {schema.name for schema in onnx.defs.get_all_schemas() if schema.domain == ""}
    telling = ("Conv", "MatMul", "Gemm", "Attention", "LSTM", "GRU", "RNN", "Einsum")
    products = {name for name in names if any(word in name for word in telling)}
    assert products >= {"Conv", "MatMul", "Attention"}
    assert [
        name for name in sorted(products) if name not in BUILDERS and not reason(name, "")
    ] == []
