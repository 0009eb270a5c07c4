"""Operators that multiply and accumulate but have no layer here.

They are reported, never dropped silently.
"""

from __future__ import annotations

import re

import onnx

from zigzag_imc.onnx_workload.nodes import is_standard

_STANDARD = {
    "CausalConvWithState": "convolution with a state",
    "LinearAttention": "fused attention",
    "DFT": "Fourier transform",
    "STFT": "Fourier transform",
}

_MACHINE_LEARNING = frozenset(
    ("LinearClassifier", "LinearRegressor", "SVMClassifier", "SVMRegressor")
)

# Words in names of operators that other domains define (com.microsoft.FusedConv,
# my.domain.SparseGemm, ...).
_TELLING = re.compile(
    r"conv(?!ert)|gemm|matmul|attention|lstm|gru|rnn|einsum|moe|fullyconnected|innerproduct|cdist|"
    r"gatedrelativepositionbias|linear(?!izer)",
    re.IGNORECASE,
)
# QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear, QLinearAdd and the like: "linear"
# quantization, no products.
_LINEAR_QUANTIZATION = re.compile(r"quantizelinear|qlinear", re.IGNORECASE)


def reason_unmapped(node: onnx.NodeProto) -> str:
    """Say why a node that no builder covers holds multiply-accumulates; nothing if it holds none.

    Operators that ONNX does not define are judged by their name: there is nothing else to know
    about them.
    """
    standard = is_standard(node.domain)
    if standard and (node.op_type in _STANDARD or onnx.defs.has(node.op_type)):
        return _STANDARD.get(node.op_type, "")
    if node.domain == "ai.onnx.ml":
        return "classical machine learning" if node.op_type in _MACHINE_LEARNING else ""
    source = "operator unknown to ONNX" if standard else f"operator of {node.domain}"
    return source if _TELLING.search(_LINEAR_QUANTIZATION.sub("", node.op_type)) else ""
