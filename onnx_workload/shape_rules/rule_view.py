"""What a shape rule may ask about a node, and ONNX's own inference for a stand-in of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import onnx
from onnx import helper

from zigzag_imc.onnx_workload.faults import INFERENCE_FAULTS
from zigzag_imc.onnx_workload.nodes import find_attribute, integer, integers
from zigzag_imc.onnx_workload.shapes import Shape, has_rank, shape_of_type


@dataclass(frozen=True, slots=True)
class RuleView:
    """One node with the shapes of its inputs.

    Attributes
    ----------
    node
        The node itself.
    inputs
        Shape per input, ``None`` where it is left out or its rank unknown.
    """

    node: onnx.NodeProto
    inputs: tuple[Shape | None, ...]

    def shape(self, position: int) -> Shape | None:
        """Return the shape of an input."""
        return self.inputs[position] if position < len(self.inputs) else None

    def integer(self, name: str, default: int = 0) -> int:
        """Return an integer attribute."""
        return integer(self.node, name, default)

    def integers(self, name: str) -> tuple[int, ...]:
        """Return an attribute that is a list of integers; empty if it is absent."""
        return integers(self.node, name)

    def attributes(self, *names: str) -> dict[str, Any]:
        """Return those of these attributes that the node has."""
        found = {name: find_attribute(self.node, name) for name in names}
        return {
            name: helper.get_attribute_value(attribute)
            for name, attribute in found.items()
            if attribute is not None
        }


def shape_of(op_type: str, inputs: Sequence[Shape | None], **attributes: Any) -> Shape | None:
    """Return the shape of the first output of a standard operator; ``None`` if it cannot be told.

    All inputs are taken for floating point: their values do not matter.
    """
    if any(shape is None for shape in inputs):
        return None
    names = [f"x{position}" for position in range(len(inputs))]
    node = helper.make_node(op_type, names, ["y"], **attributes)
    types = {
        name: helper.make_tensor_type_proto(onnx.TensorProto.FLOAT, shape)
        for name, shape in zip(names, inputs, strict=True)
    }
    try:
        found = onnx.shape_inference.infer_node_outputs(
            onnx.defs.get_schema(op_type, onnx.defs.onnx_opset_version(), ""), node, types
        )
    except INFERENCE_FAULTS:
        return None
    return shape_of_type(found["y"]) if "y" in found and has_rank(found["y"]) else None


def swapped(shape: Shape | None) -> Shape | None:
    """Return a shape with its last two sizes swapped."""
    if shape is None or len(shape) < 2:
        return None
    return (*shape[:-2], shape[-1], shape[-2])


def channels_first(shape: Shape | None) -> Shape | None:
    """Return a shape of channels last with its channels second."""
    if shape is None or len(shape) < 3:
        return None
    return (shape[0], shape[-1], *shape[1:-1])


def channels_last(shape: Shape | None) -> Shape | None:
    """Return a shape of channels second with its channels last."""
    if shape is None or len(shape) < 3:
        return None
    return (shape[0], *shape[2:], shape[1])
