"""Shapes by one walk through the graph that also computes the small tensors shapes depend on.

ONNX's inference of a whole model follows the values of shape tensors only through a few operators.
Exports of transformers compute the sizes of a reshape with divisions, ranges or comparisons; here
such nodes are simply executed. Operators that ONNX does not define have rules of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

import onnx
from onnx import helper

from zigzag_imc.onnx_workload.constant_folding import compute, stored_values
from zigzag_imc.onnx_workload.foreign import foreign_types, guessed_type, is_foreign
from zigzag_imc.onnx_workload.node_inference import Values, infer_node
from zigzag_imc.onnx_workload.nodes import output_names
from zigzag_imc.onnx_workload.shapes import Shape, has_rank, is_known, shape_of_type

Types = dict[str, onnx.TypeProto]


@dataclass(frozen=True)
class Propagated:
    """What a walk through the graph found out.

    Attributes
    ----------
    shapes
        Shape of every tensor whose rank is known.
    guesses
        Positions of the nodes whose output is merely supposed to have the shape of their input.
    """

    shapes: dict[str, Shape]
    guesses: tuple[int, ...] = ()


def propagate_shapes(
    model: onnx.ModelProto,
    known: Mapping[str, Shape],
    recorded: Mapping[str, Shape],
    constant: frozenset[str],
) -> Propagated:
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
    constant
        Tensors known before any input arrives.
    """
    shapes = dict(known)
    types = _declared_types(model)
    values = stored_values(model)
    guesses: list[int] = []
    loose: set[str] = set()
    for position, node in enumerate(model.graph.node):
        inferred = _types_behind(model, node, types, shapes, values)
        if is_foreign(node) or not loose.isdisjoint(node.input):
            inferred = inferred or _retyped(model, node, loose, types, shapes, values)
            loose.update(output_names(node))
        for name in output_names(node):
            of_node = None
            if name in inferred:
                types[name] = inferred[name]
                of_node = shape_of_type(inferred[name]) if has_rank(inferred[name]) else None
            best = _best_shape(shapes.get(name), of_node, recorded.get(name))
            if best is not None:
                shapes[name] = best
        if _guess(node, types, shapes, constant):
            guesses.append(position)
        values.update(compute(model, node, shapes, values))
    return Propagated(shapes, tuple(guesses))


def _types_behind(
    model: onnx.ModelProto,
    node: onnx.NodeProto,
    types: Types,
    shapes: Mapping[str, Shape],
    values: Values,
) -> Types:
    """Output types of one node: by ONNX, by a rule, or by ONNX for the operator of that name."""
    if is_foreign(node):
        return foreign_types(model, node, types, shapes, values)
    return infer_node(model, node, types, shapes, values)


def _retyped(
    model: onnx.ModelProto,
    node: onnx.NodeProto,
    loose: Set[str],
    types: Types,
    shapes: Mapping[str, Shape],
    values: Values,
) -> Types:
    """Output types of one node, its inputs behind unknown operators taken for other elements.

    Of an operator that ONNX does not define, the elements of its output are merely supposed to be
    those of its first input, and ONNX tells no shape where elements do not fit an operator.
    """
    supposed = [name for name in node.input if name in loose and name in types]
    for element in _ELEMENTS if supposed and not is_foreign(node) else ():
        other = {
            name: helper.make_tensor_type_proto(element, shapes.get(name)) for name in supposed
        }
        found = infer_node(model, node, {**types, **other}, shapes, values)
        if found:
            return found
    return {}


_ELEMENTS = (onnx.TensorProto.FLOAT, onnx.TensorProto.UINT8, onnx.TensorProto.INT8)


def _guess(
    node: onnx.NodeProto, types: Types, shapes: dict[str, Shape], constant: frozenset[str]
) -> bool:
    """Suppose that an unknown operator keeps the shape of its input, where nothing is known."""
    outputs = output_names(node)
    if not is_foreign(node) or any(is_known(shapes.get(name)) for name in outputs):
        return False
    supposed = guessed_type(node, types, shapes, constant)
    if supposed is None:
        return False
    types[outputs[0]] = supposed
    shapes[outputs[0]] = shape_of_type(supposed)
    return True


def _best_shape(
    of_model: Shape | None, of_node: Shape | None, recorded: Shape | None
) -> Shape | None:
    """Choose a shape without unknown sizes where there is one, else the most trusted."""
    for inferred in (of_node, of_model):
        if is_known(inferred):
            return inferred
    return next((shape for shape in (recorded, of_node, of_model) if shape is not None), None)


def _declared_types(model: onnx.ModelProto) -> Types:
    graph = model.graph
    types = {value.name: value.type for value in (*graph.input, *graph.value_info, *graph.output)}
    for tensor in graph.initializer:
        types[tensor.name] = helper.make_tensor_type_proto(tensor.data_type, list(tensor.dims))
    return types
