"""Shape inference of ONNX for a single node."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from zigzag_imc.onnx_workload.faults import INFERENCE_FAULTS
from zigzag_imc.onnx_workload.nodes import bodies, input_names
from zigzag_imc.onnx_workload.shapes import Shape

Values = dict[str, npt.NDArray[np.generic]]


def infer_node(
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
    """Return the type of a tensor with the shape that is known by now.

    No negative size, see `spared_slices`.
    """
    if not declared.HasField("tensor_type"):
        return declared
    if shape is not None:
        shape = tuple(None if isinstance(dim, int) and dim < 0 else dim for dim in shape)
    return helper.make_tensor_type_proto(declared.tensor_type.elem_type, shape)


def _schema_of(model: onnx.ModelProto, node: onnx.NodeProto) -> onnx.defs.OpSchema:
    """Return how ONNX defines an operator, at the latest as of the newest set it knows."""
    versions = {entry.domain: entry.version for entry in model.opset_import}
    newest = onnx.defs.onnx_opset_version() if node.domain == "" else versions[node.domain]
    return onnx.defs.get_schema(node.op_type, min(versions[node.domain], newest), node.domain)
