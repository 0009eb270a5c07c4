"""Types of the outputs of operators that ONNX does not define."""

from __future__ import annotations

import re
from collections.abc import Mapping

import onnx
from onnx import helper

from zigzag_imc.onnx_workload.node_inference import Values, infer_node
from zigzag_imc.onnx_workload.nodes import bodies, input_names, output_names
from zigzag_imc.onnx_workload.shape_rules import RULES, Rule, RuleView
from zigzag_imc.onnx_workload.shape_rules.channels_last import pool_all, pool_windows
from zigzag_imc.onnx_workload.shape_rules.products import convolve_channels_last
from zigzag_imc.onnx_workload.shapes import Shape

Types = Mapping[str, onnx.TypeProto]

_CHANNELS_LAST_RULES: Mapping[str, Rule] = {
    **dict.fromkeys(("Conv", "FusedConv"), convolve_channels_last),
    **dict.fromkeys(("MaxPool", "AveragePool"), pool_windows),
    **dict.fromkeys(("GlobalMaxPool", "GlobalAveragePool"), pool_all),
}
# Words in names of operators that do not keep the shape of their input.
_RESHAPING = re.compile(
    r"conv|gemm|matmul|linear(?!quant)|dense|attention|lstm|gru|rnn|einsum|pool|shape|flatten|"
    r"transpose|permute|resize|sampl|scale|interp|concat|split|slice|pad|crop|gather|scatter|"
    r"reduce|mean|sum|arg|top|nms|suppress|roi|tile|repeat|expand|squeeze|im2col|patch|fold|"
    r"embed|lookup|shuffle|pixel|decode|encode|token|index|where|nonzero|unique|loop|range|"
    r"mvau|vvau|partition|cdist|detect|anchor|proposal|image|string|hash|grid|warp|voxel|fft|dft",
    re.IGNORECASE,
)


def is_foreign(node: onnx.NodeProto) -> bool:
    """Whether ONNX does not define the operator of a node."""
    return not onnx.defs.has(node.op_type, node.domain)


def is_channels_last(domain: str) -> bool:
    """Whether a domain has the standard operators for images with channels last."""
    return "nhwc" in domain or "channels_last" in domain


def foreign_types(
    model: onnx.ModelProto,
    node: onnx.NodeProto,
    types: Types,
    shapes: Mapping[str, Shape],
    values: Values,
) -> dict[str, onnx.TypeProto]:
    """Return the types of a node's outputs: by a rule, or as the standard operator of that name."""
    rule = _rule_of(node)
    if rule is None:
        return _as_standard(model, node, types, shapes, values)
    inputs = tuple(shapes.get(name) if name else None for name in node.input)
    found = rule(RuleView(node, inputs))
    element = _element_type(node, types)
    return {
        name: helper.make_tensor_type_proto(element, shape)
        for name, shape in zip(node.output, found, strict=False)
        if name and shape is not None
    }


def guessed_type(
    node: onnx.NodeProto, types: Types, shapes: Mapping[str, Shape], constant: frozenset[str]
) -> onnx.TypeProto | None:
    """Return the type of the one input that is computed, if the one output may well have it."""
    computed = [name for name in input_names(node) if name not in constant]
    unlike = bodies(node) or len(output_names(node)) != 1 or _RESHAPING.search(node.op_type)
    if len(computed) != 1 or computed[0] not in shapes or unlike:
        return None
    return helper.make_tensor_type_proto(_element_type(node, types), shapes[computed[0]])


def _rule_of(node: onnx.NodeProto) -> Rule | None:
    if is_channels_last(node.domain) and node.op_type in _CHANNELS_LAST_RULES:
        return _CHANNELS_LAST_RULES[node.op_type]
    return RULES.get(node.op_type)


def _as_standard(
    model: onnx.ModelProto,
    node: onnx.NodeProto,
    types: Types,
    shapes: Mapping[str, Shape],
    values: Values,
) -> dict[str, onnx.TypeProto]:
    if not onnx.defs.has(node.op_type, ""):
        return {}
    same = onnx.NodeProto()
    same.CopyFrom(node)
    same.domain = ""
    return infer_node(model, same, types, shapes, values)


def _element_type(node: onnx.NodeProto, types: Types) -> int:
    """Return the element type of the first input: near enough, for only shapes matter."""
    declared = types.get(node.input[0]) if node.input else None
    if declared is None or not declared.HasField("tensor_type"):
        return int(onnx.TensorProto.FLOAT)
    return int(declared.tensor_type.elem_type) or int(onnx.TensorProto.FLOAT)
