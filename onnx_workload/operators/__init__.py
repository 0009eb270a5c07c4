"""From a node of the graph to a layer: one file per family of operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.onnx_workload.operators.convolution import build_convolution
from zigzag_imc.onnx_workload.operators.gemm import build_gemm
from zigzag_imc.onnx_workload.operators.matrix_product import build_matrix_product
from zigzag_imc.onnx_workload.operators.node_view import NodeView, Unmapped
from zigzag_imc.onnx_workload.operators.uncovered import reason_unmapped

__all__ = ["BUILDERS", "Builder", "NodeView", "Unmapped", "builder_of", "reason_unmapped"]

Builder = Callable[[NodeView, Precision], Layer | Unmapped]

BUILDERS: Mapping[str, Builder] = {
    "Conv": build_convolution,
    "ConvInteger": build_convolution,
    "QLinearConv": build_convolution,
    "Gemm": build_gemm,
    "MatMul": build_matrix_product,
    "MatMulInteger": build_matrix_product,
    "QLinearMatMul": build_matrix_product,
}
"""Operators of the standard domain that become layers."""


def builder_of(domain: str, op_type: str) -> Builder | None:
    """Return what turns a node of this operator into a layer, if anything does."""
    return BUILDERS.get(op_type) if domain in ("", "ai.onnx") else None
