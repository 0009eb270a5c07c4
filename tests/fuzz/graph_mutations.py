"""Graphs of ONNX models with other nodes, edges, bodies and sizes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from random import Random

import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import TensorProto, helper

from tests.fuzz.mutations import WHOLE

_PRODUCTS = ("MatMul", "Gemm", "Conv", "ConvTranspose", "Einsum", "LSTM", "GRU", "Attention")
_OTHERS = ("Relu", "Add", "Reshape", "Expand", "Transpose", "Squeeze", "Pad", "Resize", "Scan")
_DOMAINS = ("", "", "ai.onnx", "com.microsoft", "qonnx.custom_op.general", "mine")
_SYMBOLS = ("N", "batch", "seq", "?", "-1", "", "x" * 300)


def restructure(graph: onnx.GraphProto, draw: Random) -> None:
    """Change what a graph is made of, in one place."""
    if graph.node:
        with contextlib.suppress(DecodeError):  # as deep as messages can be
            draw.choice(_CHANGES)(graph, draw)


def _other_operator(graph: onnx.GraphProto, draw: Random) -> None:
    node = draw.choice(graph.node)
    node.op_type = draw.choice((*_PRODUCTS, *_OTHERS))
    node.domain = draw.choice(_DOMAINS)


def _other_domain(graph: onnx.GraphProto, draw: Random) -> None:
    draw.choice(graph.node).domain = draw.choice(_DOMAINS)


def _other_edge(graph: onnx.GraphProto, draw: Random) -> None:
    """Let a node read any tensor, also its own or a later one."""
    names = [name for node in graph.node for name in (*node.input, *node.output)]
    node = draw.choice(graph.node)
    if node.input and names:
        node.input[draw.randrange(len(node.input))] = draw.choice(names)


def _another_reader(graph: onnx.GraphProto, draw: Random) -> None:
    names = [name for node in graph.node for name in node.output]
    if names:
        inputs = [draw.choice(names) for _ in range(draw.choice((1, 2, 3, 9)))]
        name = f"more_{len(graph.node)}"
        operator = draw.choice((*_PRODUCTS, *_OTHERS))
        graph.node.append(helper.make_node(operator, inputs, [name], name=name))


def _open_size(graph: onnx.GraphProto, draw: Random) -> None:
    values = [*graph.input, *graph.output, *graph.value_info]
    shapes = [value.type.tensor_type.shape.dim for value in values]
    sizes = [dim for dims in shapes for dim in dims]
    if sizes:
        dim = draw.choice(sizes)
        if draw.random() < 0.6:
            dim.dim_param = draw.choice(_SYMBOLS)
        else:
            dim.dim_value = draw.choice(WHOLE[:13])


def _other_rank(graph: onnx.GraphProto, draw: Random) -> None:
    if graph.input:
        dims = draw.choice(graph.input).type.tensor_type.shape.dim
        if dims and draw.random() < 0.5:
            del dims[draw.randrange(len(dims))]
        else:
            dims.add().dim_value = draw.choice((1, 2, 7))


def _into_a_body(graph: onnx.GraphProto, draw: Random) -> None:
    """Put a node into the body of an ``If`` or a ``Loop``, perhaps a deep one."""
    at = draw.randrange(len(graph.node))
    moved = onnx.NodeProto()
    moved.CopyFrom(graph.node[at])
    for depth in range(draw.choice((1, 1, 2, 30))):
        moved = _around(moved, depth, draw)
    graph.node[at].CopyFrom(moved)


def _around(node: onnx.NodeProto, depth: int, draw: Random) -> onnx.NodeProto:
    name = f"around_{depth}"
    if draw.random() < 0.5:
        outputs = [helper.make_tensor_value_info(one, 1, None) for one in node.output]
        body = helper.make_graph([node], name, [], outputs)
        other = body if depth < 3 else _constants(node, name)  # no more than doubled three times
        condition = draw.choice((*node.input, "unknown"))
        return helper.make_node(
            "If", [condition], list(node.output), name=name, then_branch=body, else_branch=other
        )
    inside = [f"{one}_inside" for one in node.output]
    inner = onnx.NodeProto()
    inner.CopyFrom(node)
    inner.output[:] = inside
    body = helper.make_graph(
        [inner],
        name,
        [
            helper.make_tensor_value_info(f"{name}_i", TensorProto.INT64, []),
            helper.make_tensor_value_info(f"{name}_go", TensorProto.BOOL, []),
        ],
        [
            helper.make_tensor_value_info(f"{name}_go", TensorProto.BOOL, []),
            *(helper.make_tensor_value_info(one, 1, None) for one in inside),
        ],
    )
    trips = draw.choice((*node.input, ""))
    return helper.make_node("Loop", [trips, ""], list(node.output), name=name, body=body)


def _constants(node: onnx.NodeProto, name: str) -> onnx.GraphProto:
    """Return a body that yields numbers in the place of a node's results."""
    nodes = [helper.make_node("Constant", [], [one], value_float=1.0) for one in node.output]
    outputs = [helper.make_tensor_value_info(one, 1, None) for one in node.output]
    return helper.make_graph(nodes, name, [], outputs)


def _many(graph: onnx.GraphProto, draw: Random) -> None:
    """Let one node follow the other many times."""
    tensor = graph.node[-1].output[0] if graph.node[-1].output else ""
    operator = draw.choice(("Relu", "Expand", "Concat", "MatMul"))
    for number in range(draw.choice((3, 50, 300))):
        name = f"many_{number}"
        inputs = [tensor] if operator == "Relu" else [tensor, tensor]
        graph.node.append(helper.make_node(operator, inputs, [name], name=name))
        tensor = name


_CHANGES: tuple[Callable[[onnx.GraphProto, Random], None], ...] = (
    _other_operator,
    _other_operator,
    _other_domain,
    _other_edge,
    _other_edge,
    _another_reader,
    _open_size,
    _open_size,
    _other_rank,
    _into_a_body,
    _into_a_body,
    _many,
)
