"""A copy of a model without its weights: shapes are all that mapping needs.

Weights may be absent (external data that was never downloaded) or too large to hand over to shape
inference, so every initializer becomes a graph input with a shape, except the few small numbers
that decide the shape of other tensors.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import onnx
from onnx import helper

LARGEST_VALUE = 256
"""Elements of the largest initializer kept: far more than the rank of a tensor, far less than a
weight matrix."""

STANDARD_DOMAINS = ("", "ai.onnx")


def slim_model(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a copy of ``model`` whose weights are graph inputs without data.

    Initializers that stay are taken off the list of inputs (where models before IR version 4 also
    list them), so that in the copy an input never has a value. Nodes without a declared operator
    set get one, or nothing could be inferred.
    """
    graph = model.graph
    large_constants = [node for node in graph.node if _is_large_constant(node)]
    kept = [tensor for tensor in graph.initializer if _is_small_value(tensor)]
    dropped = [(tensor.name, tensor) for tensor in graph.initializer if not _is_small_value(tensor)]
    dropped += [(node.output[0], node.attribute[0].t) for node in large_constants]
    stored = stored_names(model)

    slim = onnx.ModelProto()
    slim.ir_version = max(8, model.ir_version)
    slim.functions.extend(model.functions)
    slim.graph.name = graph.name or "graph"
    slim.graph.node.extend(node for node in graph.node if not _is_large_constant(node))
    slim.graph.input.extend(value for value in graph.input if value.name not in stored)
    slim.graph.input.extend(
        helper.make_tensor_value_info(name, tensor.data_type, list(tensor.dims))
        for name, tensor in dropped
    )
    slim.graph.input.extend(
        helper.make_tensor_value_info(
            sparse.values.name, sparse.values.data_type, list(sparse.dims)
        )
        for sparse in graph.sparse_initializer
    )
    slim.graph.initializer.extend(kept)
    slim.graph.output.extend(graph.output)
    slim.graph.value_info.extend(graph.value_info)
    for node in all_nodes(slim):
        if node.domain == "ai.onnx":
            node.domain = ""
    slim.opset_import.extend(_operator_sets(model, slim))
    return slim


def stored_names(model: onnx.ModelProto) -> frozenset[str]:
    """Names of the tensors the model stores values for.

    Dense and sparse initializers, and large constants.
    """
    dense = (tensor.name for tensor in model.graph.initializer)
    sparse = (tensor.values.name for tensor in model.graph.sparse_initializer)
    constants = (node.output[0] for node in model.graph.node if _is_large_constant(node))
    return frozenset((*dense, *sparse, *constants))


def _is_large_constant(node: onnx.NodeProto) -> bool:
    return (
        node.op_type == "Constant"
        and len(node.output) == 1
        and [attribute.name for attribute in node.attribute] == ["value"]
        and math.prod(node.attribute[0].t.dims) > LARGEST_VALUE
    )


def _is_small_value(tensor: onnx.TensorProto) -> bool:
    elements = math.prod(tensor.dims)
    # External data is none of these.
    has_data = bool(
        tensor.raw_data
        or tensor.int64_data
        or tensor.int32_data
        or tensor.float_data
        or tensor.double_data
    )
    return elements <= LARGEST_VALUE and (has_data or elements == 0)


def _operator_sets(model: onnx.ModelProto, slim: onnx.ModelProto) -> list[onnx.OperatorSetIdProto]:
    versions: dict[str, int] = {}
    for declared in model.opset_import:
        domain = "" if declared.domain in STANDARD_DOMAINS else declared.domain
        versions[domain] = max(declared.version, versions.get(domain, 0))
    for node in all_nodes(slim):
        versions.setdefault(node.domain, 1)
    return [helper.make_opsetid(domain, version) for domain, version in versions.items()]


def all_nodes(model: onnx.ModelProto) -> Iterator[onnx.NodeProto]:
    """Every node of the graph, its bodies and the model's functions."""
    yield from nodes_within(model.graph.node)
    for function in model.functions:
        yield from nodes_within(function.node)


def nodes_within(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.NodeProto]:
    """Every one of ``nodes`` and of those in their bodies."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        for body in bodies(node):
            waiting.extend(body.node)


def bodies(node: onnx.NodeProto) -> list[onnx.GraphProto]:
    """Graphs nested in a node: the branches of an ``If``, the body of a ``Loop`` or ``Scan``."""
    nested: list[onnx.GraphProto] = []
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.GRAPH:
            nested.append(attribute.g)
        elif attribute.type == onnx.AttributeProto.GRAPHS:
            nested.extend(attribute.graphs)
    return nested
