"""From a node of the graph to its layers: one file per family of operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload.operators.attention import build_attention, build_head_attention
from zigzag_imc.onnx_workload.operators.convolution import build_convolution
from zigzag_imc.onnx_workload.operators.deformable_convolution import count_deformable_convolution
from zigzag_imc.onnx_workload.operators.einsum import build_einsum
from zigzag_imc.onnx_workload.operators.gemm import build_gemm
from zigzag_imc.onnx_workload.operators.matrix_product import build_matrix_product
from zigzag_imc.onnx_workload.operators.node_view import NodeView, UnknownSizeError, Unmapped
from zigzag_imc.onnx_workload.operators.packed_product import build_packed_product
from zigzag_imc.onnx_workload.operators.recurrent import build_recurrent
from zigzag_imc.onnx_workload.operators.transposed_convolution import build_transposed_convolution
from zigzag_imc.onnx_workload.operators.uncovered import reason_unmapped

__all__ = [
    "BUILDERS",
    "VENDOR_BUILDERS",
    "Builder",
    "NodeView",
    "UnknownSizeError",
    "Unmapped",
    "builder_of",
    "reason_unmapped",
]

Builder = Callable[[NodeView], Layer | tuple[Layer, ...] | Unmapped]

BUILDERS: Mapping[str, Builder] = {
    "Conv": build_convolution,
    "ConvInteger": build_convolution,
    "QLinearConv": build_convolution,
    "ConvTranspose": build_transposed_convolution,
    "DeformConv": count_deformable_convolution,
    "Gemm": build_gemm,
    "MatMul": build_matrix_product,
    "MatMulInteger": build_matrix_product,
    "QLinearMatMul": build_matrix_product,
    "Einsum": build_einsum,
    "Attention": build_attention,
    "LSTM": build_recurrent,
    "GRU": build_recurrent,
    "RNN": build_recurrent,
}
"""Operators of the standard domain that become layers, or whose products can be counted."""

VENDOR_BUILDERS: Mapping[str, Builder] = {
    **BUILDERS,
    **dict.fromkeys(("FusedConv", "NhwcConv", "NhwcFusedConv"), build_convolution),
    "ConvTransposeWithDynamicPads": build_transposed_convolution,
    **dict.fromkeys(("FusedGemm", "QGemm", "GemmFloat8"), build_gemm),
    **dict.fromkeys(
        (
            "FusedMatMul",
            "TransposeMatMul",
            "FusedMatMulActivation",
            "GemmFastGelu",
            "DynamicQuantizeMatMul",
            "MatMulIntegerToFloat",
            "MatMulInteger16",
            "SparseToDenseMatMul",
            "XnorPopcountMatMul",
            "MatrixVectorActivation",
            "MVAU",
            "MVAU_hls",
            "MVAU_rtl",
        ),
        build_matrix_product,
    ),
    **dict.fromkeys(("MatMulNBits", "MatMulBnb4", "MatMulFpQ4"), build_packed_product),
    "QAttention": build_attention,
    "MultiHeadAttention": build_head_attention,
    "GroupQueryAttention": build_head_attention,
    "DynamicQuantizeLSTM": build_recurrent,
}
"""Operators of other domains that become layers; they share their names with nothing else."""


def builder_of(domain: str, op_type: str) -> Builder | None:
    """Return what turns a node of this operator into layers, if anything does."""
    if domain in ("", "ai.onnx") and op_type in BUILDERS:
        return BUILDERS[op_type]
    return VENDOR_BUILDERS.get(op_type)
