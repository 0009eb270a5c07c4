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

from zigzag_imc.onnx_workload.nodes import STANDARD_DOMAINS, all_nodes

LARGEST_VALUE = 256
"""Elements of the largest initializer kept: far more than the rank of a tensor, far less than a
weight matrix."""


def slim_model(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a copy of ``model`` whose weights are graph inputs without data.

    Initializers that stay are taken off the list of inputs (where models before IR version 4 also
    list them), so that in the copy an input never has a value. Nodes without a declared operator
    set get one, or nothing could be inferred.
    """
    graph = model.graph
    stored = stored_names(model)
    slim = onnx.ModelProto()
    slim.ir_version = max(8, model.ir_version)
    slim.functions.extend(model.functions)
    slim.graph.name = graph.name or "graph"
    slim.graph.node.extend(node for node in graph.node if not _is_large_constant(node))
    slim.graph.input.extend(value for value in graph.input if value.name not in stored)
    slim.graph.input.extend(_weights_as_inputs(graph))
    slim.graph.initializer.extend(filter(_is_small_value, graph.initializer))
    slim.graph.output.extend(graph.output)
    slim.graph.value_info.extend(graph.value_info)
    slim.graph.quantization_annotation.extend(graph.quantization_annotation)
    for node in all_nodes(slim):
        if node.domain == "ai.onnx":
            node.domain = ""
    slim.opset_import.extend(_operator_sets(model, slim))
    return slim


def _weights_as_inputs(graph: onnx.GraphProto) -> Iterator[onnx.ValueInfoProto]:
    """Yield an input with a shape in place of each weight: dense, large constant, sparse."""
    for tensor in graph.initializer:
        if not _is_small_value(tensor):
            yield _shape_alone(tensor.name, tensor.data_type, tensor.dims)
    for node in filter(_is_large_constant, graph.node):
        tensor = node.attribute[0].t
        yield _shape_alone(node.output[0], tensor.data_type, tensor.dims)
    for sparse in graph.sparse_initializer:
        yield _shape_alone(sparse.values.name, sparse.values.data_type, sparse.dims)


def _shape_alone(name: str, element_type: int, sizes: Iterable[int]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, element_type, list(sizes))


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
    return elements <= LARGEST_VALUE and (elements == 0 or _has_data(tensor))


def _has_data(tensor: onnx.TensorProto) -> bool:
    """Whether the model itself holds the values; external data is none of these."""
    return any(
        (
            tensor.raw_data,
            tensor.int64_data,
            tensor.int32_data,
            tensor.float_data,
            tensor.double_data,
        )
    )


def _operator_sets(model: onnx.ModelProto, slim: onnx.ModelProto) -> list[onnx.OperatorSetIdProto]:
    versions: dict[str, int] = {}
    for declared in model.opset_import:
        domain = "" if declared.domain in STANDARD_DOMAINS else declared.domain
        versions[domain] = max(declared.version, versions.get(domain, 0))
    for node in all_nodes(slim):
        versions.setdefault(node.domain, 1)
    return [helper.make_opsetid(domain, version) for domain, version in versions.items()]
