"""Computing the small tensors that the shapes of others depend on."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import numpy as np
import onnx
from onnx import helper

from zigzag_imc.onnx_workload.constants import RANDOM, SHAPE_ONLY
from zigzag_imc.onnx_workload.node_inference import Values
from zigzag_imc.onnx_workload.nodes import bodies, find_attribute, input_names, output_names
from zigzag_imc.onnx_workload.shapes import Shape, is_known
from zigzag_imc.onnx_workload.slimming import LARGEST_VALUE
from zigzag_imc.onnx_workload.tensor_values import values_of

_LARGE_INSIDE = frozenset(
    (
        *("AveragePool", "Col2Im", "Conv", "ConvInteger", "ConvTranspose", "DFT", "DeformConv"),
        *("Einsum", "LpPool", "MaxPool", "MaxRoiPool", "MaxUnpool", "QLinearConv", "Resize"),
        *("RoiAlign", "STFT", "TfIdfVectorizer", "Upsample"),
    )
)
"""Operators that may need far more memory than what they read and make: for padding, for windows or
for products. No size comes out of one."""


def stored_values(model: onnx.ModelProto) -> Values:
    """Return the values that the model holds."""
    values: Values = {}
    for tensor in model.graph.initializer:
        known = values_of(tensor)
        if known is not None:
            values[tensor.name] = known
    return values


def values_behind(
    model: onnx.ModelProto, wanted: Collection[str], shapes: Mapping[str, Shape]
) -> Values:
    """Work out the values of some tensors, as far as they do not depend on any data.

    Only what they are computed from is executed.
    """
    needed = set(wanted)
    path: list[onnx.NodeProto] = []
    for node in reversed(model.graph.node):
        if not needed.isdisjoint(node.output):
            path.append(node)
            needed.update(input_names(node))
    values = stored_values(model) if needed else {}
    for node in reversed(path):
        values.update(compute(model, node, shapes, values))
    return {name: values[name] for name in wanted if name in values}


def compute(
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
    shape = shapes.get(node.input[0]) if node.input else None
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
    texts = any(values[name].dtype.kind in "OSU" for name in input_names(node) if name in values)
    is_light = node.op_type not in _LARGE_INSIDE and not bodies(node)
    repeatable = node.op_type not in RANDOM and is_light and not texts
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
