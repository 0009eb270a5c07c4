"""Bits of the outputs of nodes that quantize."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import onnx

from zigzag_imc.onnx_workload.bits.data_types import BITS_OF_TYPE, bits_of_text
from zigzag_imc.onnx_workload.node_inference import Values
from zigzag_imc.onnx_workload.nodes import find_attribute

MOST_BITS = 64
"""Bits of the widest element that counts as quantized."""


@dataclass(frozen=True, slots=True)
class Quantizer:
    """A node that may quantize, with what is known around it.

    Attributes
    ----------
    node
        The node.
    types
        Element type per tensor, as far as it is declared.
    values
        Values of the small tensors that the model stores.
    """

    node: onnx.NodeProto
    types: Mapping[str, int]
    values: Values

    def input(self, position: int) -> str:
        """Return the name of an input; nothing where it is left out."""
        return self.node.input[position] if position < len(self.node.input) else ""

    def type_bits(self, position: int) -> int | None:
        """Return the bits of an input's element type."""
        return BITS_OF_TYPE.get(self.types.get(self.input(position), 0))

    def number(self, position: int) -> int | None:
        """Return an input that holds numbers of bits: the largest, rounded up."""
        value = self.values.get(self.input(position))
        if value is None or not value.size or value.dtype.kind not in "iuf":
            return None
        largest = float(value.max())
        return math.ceil(largest) if 0 < largest <= MOST_BITS else None


Rule = Callable[[Quantizer], int | None]


def _linear(found: Quantizer) -> int | None:
    """``QuantizeLinear``: its attribute, else the type of its zero point, else unsigned bytes."""
    wanted = find_attribute(found.node, "output_dtype")
    if wanted is not None and wanted.i:
        return BITS_OF_TYPE.get(wanted.i)
    return found.type_bits(2) if found.input(2) else 8


def _floating(found: Quantizer) -> int | None:
    """``FloatQuant``: a sign, the exponent and the mantissa."""
    exponent, mantissa = found.number(2), found.number(3)
    return None if exponent is None or mantissa is None else 1 + exponent + mantissa


def _stated(found: Quantizer) -> int | None:
    """Thresholds of QONNX and FINN: an attribute has the type of the output."""
    for name in ("out_dtype", "outputDataType"):
        attribute = find_attribute(found.node, name)
        if attribute is not None:
            return bits_of_text(attribute.s.decode(errors="replace"))
    return None


def _zero_point_at(position: int) -> Rule:
    return lambda found: found.type_bits(position)


_QUANTIZERS: Mapping[str, Rule] = {
    "QuantizeLinear": _linear,
    "DynamicQuantizeLinear": lambda _: 8,
    **dict.fromkeys(("Quant", "IntQuant"), lambda found: found.number(3)),
    "FloatQuant": _floating,
    "BipolarQuant": lambda _: 1,
    "Trunc": lambda found: found.number(len(found.node.input) - 1),
    **dict.fromkeys(
        ("MultiThreshold", "Thresholding", "Thresholding_hls", "Thresholding_rtl"), _stated
    ),
}
_OPERATORS: Mapping[str, Rule] = {
    **dict.fromkeys(("MVAU", "MVAU_hls", "MVAU_rtl", "MatrixVectorActivation"), _stated),
    **dict.fromkeys(("QLinearConv", "QLinearMatMul"), _zero_point_at(7)),
    **dict.fromkeys(("QLinearAdd", "QLinearMul"), _zero_point_at(7)),
    "QGemm": _zero_point_at(8),
    "QLinearConcat": _zero_point_at(1),
    **dict.fromkeys(
        (
            "QLinearGlobalAveragePool",
            "QLinearAveragePool",
            "QLinearLeakyRelu",
            "QLinearSigmoid",
            "QLinearSoftmax",
        ),
        _zero_point_at(4),
    ),
}


def quantized_bits(found: Quantizer) -> int | None:
    """Return the bits that a node gives its first output, whatever its input has."""
    rule = _QUANTIZERS.get(found.node.op_type) or _OPERATORS.get(found.node.op_type)
    return rule(found) if rule else None


def merely_quantizes(node: onnx.NodeProto) -> bool:
    """Whether a node does nothing but quantize its first input."""
    return node.op_type in _QUANTIZERS
