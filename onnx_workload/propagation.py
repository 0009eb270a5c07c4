"""Shapes by one walk through the graph that also computes the small tensors shapes depend on.

ONNX's inference of a whole model follows the values of shape tensors only through a few operators.
Exports of transformers compute the sizes of a reshape with divisions, ranges or comparisons; here
such nodes are simply executed.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from zigzag_imc.onnx_workload.constants import RANDOM, SHAPE_ONLY
from zigzag_imc.onnx_workload.faults import INFERENCE_FAULTS
from zigzag_imc.onnx_workload.nodes import bodies, find_attribute, input_names, output_names
from zigzag_imc.onnx_workload.shapes import Shape, has_rank, is_known, shape_of_type
from zigzag_imc.onnx_workload.slimming import LARGEST_VALUE

Values = dict[str, npt.NDArray[np.generic]]


def propagate_shapes(
    model: onnx.ModelProto, known: Mapping[str, Shape], recorded: Mapping[str, Shape]
) -> dict[str, Shape]:
    """Infer node by node, in graph order.

    Parameters
    ----------
    model
        Model without weights.
    known
        Shapes that inference of the whole model found.
    recorded
        Shapes the model itself records; used where nothing better is known, e.g. behind operators
        ONNX does not know.

    Returns
    -------
    dict
        Shapes of all tensors whose rank is known.
    """
    shapes = dict(known)
    types = _declared_types(model)
    values = _stored_values(model)
    for node in model.graph.node:
        inferred = _infer_node(model, node, types, shapes, values)
        for name in output_names(node):
            of_node = None
            if name in inferred:
                types[name] = inferred[name]
                of_node = shape_of_type(inferred[name]) if has_rank(inferred[name]) else None
            best = _best_shape(shapes.get(name), of_node, recorded.get(name))
            if best is not None:
                shapes[name] = best
        values.update(_compute(model, node, shapes, values))
    return shapes


def _best_shape(
    of_model: Shape | None, of_node: Shape | None, recorded: Shape | None
) -> Shape | None:
    """Choose a shape without unknown sizes where there is one, else the most trusted."""
    for inferred in (of_node, of_model):
        if is_known(inferred):
            return inferred
    return next((shape for shape in (recorded, of_node, of_model) if shape is not None), None)


def _declared_types(model: onnx.ModelProto) -> dict[str, onnx.TypeProto]:
    graph = model.graph
    types = {value.name: value.type for value in (*graph.input, *graph.value_info, *graph.output)}
    for tensor in graph.initializer:
        types[tensor.name] = helper.make_tensor_type_proto(tensor.data_type, list(tensor.dims))
    return types


def _stored_values(model: onnx.ModelProto) -> Values:
    values: Values = {}
    for tensor in model.graph.initializer:
        # A tensor whose data is broken just has no known value.
        with contextlib.suppress(ValueError, TypeError, KeyError):
            values[tensor.name] = numpy_helper.to_array(tensor)
    return values


def _infer_node(
    model: onnx.ModelProto,
    node: onnx.NodeProto,
    types: Mapping[str, onnx.TypeProto],
    shapes: Mapping[str, Shape],
    values: Values,
) -> dict[str, onnx.TypeProto]:
    """Output types of one node, empty where ONNX cannot tell."""
    if bodies(node) or not onnx.defs.has(node.op_type, node.domain):
        return {}
    read = input_names(node)
    if not types.keys() >= set(read):
        return {}
    input_types = {name: _shaped(types[name], shapes.get(name)) for name in read}
    data = {name: numpy_helper.from_array(values[name], name) for name in read if name in values}
    try:
        return onnx.shape_inference.infer_node_outputs(
            _schema_of(model, node),
            node,
            input_types,
            data,
            opset_imports=list(model.opset_import),
            ir_version=model.ir_version,
        )
    except INFERENCE_FAULTS:
        return {}


def _shaped(declared: onnx.TypeProto, shape: Shape | None) -> onnx.TypeProto:
    """Return the type of a tensor with the shape that is known by now."""
    if not declared.HasField("tensor_type"):
        return declared
    return helper.make_tensor_type_proto(declared.tensor_type.elem_type, shape)


def _schema_of(model: onnx.ModelProto, node: onnx.NodeProto) -> onnx.defs.OpSchema:
    """Return how ONNX defines an operator, at the latest as of the newest set it knows."""
    versions = {entry.domain: entry.version for entry in model.opset_import}
    newest = onnx.defs.onnx_opset_version() if node.domain == "" else versions[node.domain]
    return onnx.defs.get_schema(node.op_type, min(versions[node.domain], newest), node.domain)


def _compute(
    model: onnx.ModelProto, node: onnx.NodeProto, shapes: Mapping[str, Shape], values: Values
) -> Values:
    """Execute a node whose inputs are small known values; nothing otherwise."""
    if node.domain != "":
        return {}
    if node.op_type in SHAPE_ONLY:
        return _sizes_read(node, shapes)
    return _execute(model, node, values) if _is_computable(node, shapes, values) else {}


def _sizes_read(node: onnx.NodeProto, shapes: Mapping[str, Shape]) -> Values:
    """Work out what ``Shape`` or ``Size`` yields, whatever is in the tensor."""
    shape = shapes.get(node.input[0])
    if shape is None or not is_known(shape):
        return {}
    sizes = np.array(shape, dtype=np.int64)
    if node.op_type == "Size":
        return {node.output[0]: np.array(math.prod(sizes.tolist()), dtype=np.int64)}
    start, end = find_attribute(node, "start"), find_attribute(node, "end")
    return {node.output[0]: sizes[start.i if start else 0 : end.i if end else None]}


def _is_computable(node: onnx.NodeProto, shapes: Mapping[str, Shape], values: Values) -> bool:
    """Whether a node always yields the same values, and so few of them that they are kept."""
    if node.op_type == "Constant":
        value = find_attribute(node, "value")
        return value is None or math.prod(value.t.dims) <= LARGEST_VALUE
    repeatable = node.op_type not in RANDOM and not bodies(node)
    known = values.keys() >= set(input_names(node))
    return repeatable and known and all(_is_small(shapes.get(o)) for o in output_names(node))


def _is_small(shape: Shape | None) -> bool:
    sizes = [dim for dim in shape or () if isinstance(dim, int)]
    return is_known(shape) and math.prod(sizes) <= LARGEST_VALUE


def _execute(model: onnx.ModelProto, node: onnx.NodeProto, values: Values) -> Values:
    from onnx.reference import ReferenceEvaluator  # slow to import and seldom needed

    feeds = {name: values[name] for name in input_names(node)}
    names = output_names(node)
    try:
        inputs = [
            helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape
            )
            for name, value in feeds.items()
        ]
        outputs = [helper.make_value_info(name, onnx.TypeProto()) for name in names]
        graph = helper.make_graph([node], "node", inputs, outputs)
        single = helper.make_model(
            graph, opset_imports=list(model.opset_import), ir_version=model.ir_version
        )
        with np.errstate(all="ignore"):
            results = ReferenceEvaluator(single).run(None, feeds)
    except Exception:
        # No set of exceptions is known: the evaluator runs some two hundred operators in plain
        # NumPy, which raise whatever Python does about strange attributes or inputs. The value then
        # just stays unknown.
        return {}
    return {name: np.asarray(result) for name, result in zip(names, results, strict=True)}
