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

from zigzag_imc.onnx_workload.constants import RANDOM
from zigzag_imc.onnx_workload.faults import INFERENCE_FAULTS
from zigzag_imc.onnx_workload.shapes import Shape, is_known, shape_of_type
from zigzag_imc.onnx_workload.slimming import LARGEST_VALUE, bodies

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
    shapes: dict[str, Shape] = dict(known)
    types: dict[str, onnx.TypeProto] = {}
    values = _stored_values(model)
    for value in (*model.graph.input, *model.graph.value_info, *model.graph.output):
        types[value.name] = value.type
    for tensor in model.graph.initializer:
        types[tensor.name] = helper.make_tensor_type_proto(tensor.data_type, list(tensor.dims))
    for node in model.graph.node:
        inferred = _infer_node(model, node, types, shapes, values)
        for name in filter(None, node.output):
            if name in inferred:
                types[name] = inferred[name]
            candidates = [
                shapes.get(name),
                shape_of_type(inferred[name]) if _has_shape(inferred, name) else None,
            ]
            shape = next((shape for shape in reversed(candidates) if is_known(shape)), None)
            if shape is None:
                shape = next(
                    (s for s in (recorded.get(name), *reversed(candidates)) if s is not None), None
                )
            if shape is not None:
                shapes[name] = shape
        values.update(_compute(model, node, shapes, values))
    return shapes


def _stored_values(model: onnx.ModelProto) -> Values:
    values: Values = {}
    for tensor in model.graph.initializer:
        # A tensor whose data is broken just has no known value.
        with contextlib.suppress(ValueError, TypeError, KeyError):
            values[tensor.name] = numpy_helper.to_array(tensor)
    return values


def _has_shape(types: Mapping[str, onnx.TypeProto], name: str) -> bool:
    return (
        name in types
        and types[name].HasField("tensor_type")
        and types[name].tensor_type.HasField("shape")
    )


def _infer_node(
    model: onnx.ModelProto,
    node: onnx.NodeProto,
    types: Mapping[str, onnx.TypeProto],
    shapes: Mapping[str, Shape],
    values: Values,
) -> dict[str, onnx.TypeProto]:
    """Output types of one node, empty where ONNX cannot tell."""
    versions = {entry.domain: entry.version for entry in model.opset_import}
    if bodies(node) or not onnx.defs.has(node.op_type, node.domain):
        return {}
    input_types = {}
    for name in filter(None, node.input):
        if name not in types:
            return {}
        shape = shapes.get(name)
        element = types[name].tensor_type.elem_type
        input_types[name] = (
            helper.make_tensor_type_proto(element, shape)
            if types[name].HasField("tensor_type")
            else types[name]
        )
    data = {
        name: numpy_helper.from_array(values[name], name) for name in node.input if name in values
    }
    try:
        newest = onnx.defs.onnx_opset_version() if node.domain == "" else versions[node.domain]
        schema = onnx.defs.get_schema(node.op_type, min(versions[node.domain], newest), node.domain)
        return onnx.shape_inference.infer_node_outputs(
            schema,
            node,
            input_types,
            data,
            opset_imports=list(model.opset_import),
            ir_version=model.ir_version,
        )
    except INFERENCE_FAULTS:
        return {}


def _compute(
    model: onnx.ModelProto, node: onnx.NodeProto, shapes: Mapping[str, Shape], values: Values
) -> Values:
    """Execute a node whose inputs are small known values; nothing otherwise."""
    if node.domain != "":
        return {}
    if node.op_type in ("Shape", "Size"):
        shape = shapes.get(node.input[0])
        if shape is None or not is_known(shape):
            return {}
        sizes = np.array(shape, dtype=np.int64)
        if node.op_type == "Size":
            return {node.output[0]: np.array(math.prod(sizes.tolist()), dtype=np.int64)}
        attributes = {attribute.name: attribute.i for attribute in node.attribute}
        return {node.output[0]: sizes[attributes.get("start", 0) : attributes.get("end")]}
    if node.op_type == "Constant":
        tensors = [attribute.t for attribute in node.attribute if attribute.name == "value"]
        if tensors and math.prod(tensors[0].dims) > LARGEST_VALUE:
            return {}
    else:
        repeatable = node.op_type not in RANDOM and not bodies(node)
        known = all(name in values for name in node.input if name)
        if (
            not repeatable
            or not known
            or not all(_is_small(shapes.get(name)) for name in node.output if name)
        ):
            return {}
    return _execute(model, node, values)


def _is_small(shape: Shape | None) -> bool:
    if shape is None or not is_known(shape):
        return False
    return math.prod(dim for dim in shape if isinstance(dim, int)) <= LARGEST_VALUE


def _execute(model: onnx.ModelProto, node: onnx.NodeProto, values: Values) -> Values:
    from onnx.reference import ReferenceEvaluator  # slow to import and seldom needed

    feeds = {name: values[name] for name in node.input if name}
    names = [name for name in node.output if name]
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
