"""How long the vectors get whose numbers ONNX's shape inference follows.

Sizes are short vectors. ONNX follows long ones just as well, number by number, and a vector that is
joined with itself forty times is longer than any memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import onnx

from zigzag_imc.onnx_workload.nodes import bodies, find_attribute, input_names, output_names

LONGEST = 1_000_000
"""Numbers in all vectors together that are followed."""

_RANK = 16
"""Supposed length of a shape: few tensors have more dimensions."""

_WHOLE = (onnx.TensorProto.INT64, onnx.TensorProto.INT32)

_PASSING = frozenset(
    (
        *("Abs", "Add", "Cast", "CastLike", "Ceil", "Div", "Expand", "Floor", "Gather", "Identity"),
        *("Max", "Min", "Mod", "Mul", "Neg", "Range", "Reshape", "Slice", "Squeeze", "Sub"),
        *("Unsqueeze", "Where"),
    )
)
"""Operators through which numbers are followed, or may be some day; none makes a vector longer than
what it reads."""


def may_follow_values(model: onnx.ModelProto) -> bool:
    """Whether vectors are so short that following the numbers in them takes no time."""
    lengths = _given(model.graph)
    together = max(lengths.values(), default=0)
    nodes = [*model.graph.node, *(node for own in model.functions for node in own.node)]
    for node in _in_order(nodes):
        length = _length_behind(node, lengths)
        lengths.update(dict.fromkeys(output_names(node), length))
        together += length if node.op_type == "Concat" else 0
        if max(length, together) > LONGEST:
            return False
    return together <= LONGEST


def _in_order(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.NodeProto]:
    """Every node, those in its bodies before it."""
    for node in nodes:
        for body in bodies(node):
            yield from _in_order(body.node)
        yield node


def _given(graph: onnx.GraphProto) -> dict[str, int]:
    """Lengths of the vectors of whole numbers that are stored, and of those that are inputs."""
    lengths = {
        tensor.name: tensor.dims[0]
        for tensor in graph.initializer
        if len(tensor.dims) == 1 and tensor.data_type in _WHOLE
    }
    for value in graph.input:
        kind = value.type.tensor_type
        if len(kind.shape.dim) == 1 and kind.elem_type in _WHOLE:
            lengths[value.name] = kind.shape.dim[0].dim_value
    return lengths


def _length_behind(node: onnx.NodeProto, lengths: Mapping[str, int]) -> int:
    """Return the length that the output of a node has at most, if it is a vector of sizes."""
    if node.op_type == "Shape":
        return _RANK
    if node.op_type == "Constant":
        return _length_of_constant(node)
    read = [lengths.get(name, 1) for name in input_names(node)]
    if node.op_type == "Concat":
        return sum(read)
    return max(read, default=1) if node.op_type in _PASSING else 1


def _length_of_constant(node: onnx.NodeProto) -> int:
    value = find_attribute(node, "value")
    if value is not None and len(value.t.dims) == 1 and value.t.data_type in _WHOLE:
        return int(value.t.dims[0])
    listed = find_attribute(node, "value_ints")
    return 1 if listed is None else len(listed.ints)
