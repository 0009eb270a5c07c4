"""The shapes that the layers of a graph need, and what to advise where they cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zigzag_imc.onnx_workload.graph import Graph
from zigzag_imc.onnx_workload.nodes import input_names, output_names, qualified_type
from zigzag_imc.onnx_workload.propagation import propagate_shapes
from zigzag_imc.onnx_workload.shapes import (
    Shape,
    complaint,
    infer_shapes,
    is_known,
    recorded_shapes,
)


def find_shapes(graph: Graph) -> dict[str, Shape]:
    """Infer shapes for the whole model; where they leave a layer open, node by node.

    Raises
    ------
    WorkloadError
        If shape inference rejects the model as a whole.
    """
    shapes = infer_shapes(graph.model, graph.label)
    if _tell_layers(graph, shapes):
        return shapes
    written = recorded_shapes([*graph.model.graph.value_info, *graph.model.graph.output])
    recorded = {tensor: tuple(dim or None for dim in shape) for tensor, shape in written.items()}
    return propagate_shapes(graph.model, shapes, recorded)


def advice_on(graph: Graph, shapes: Mapping[str, Shape]) -> str:
    """Say how to make the sizes known; nothing where they are."""
    if _tell_layers(graph, shapes):
        return ""
    opened = [
        f"{name}[{', '.join('?' if dim is None else str(dim) for dim in shapes[name])}]"
        for name in graph.data_inputs
        if name in shapes and not is_known(shapes[name])
    ]
    if opened:
        return (
            f"inputs {', '.join(opened)} leave sizes open: export the model with fixed sizes, "
            "or set them with onnx.tools.update_model_dims"
        )
    return f"export the model with fixed shapes{_reason(graph, shapes)}"


def _reason(graph: Graph, shapes: Mapping[str, Shape]) -> str:
    """Say why sizes are unknown: what ONNX complains about, or behind which node they are lost."""
    problem = complaint(graph.model)
    if problem:
        return f" (shape inference of ONNX says: {problem})"
    for node, name in zip(graph.nodes, graph.names, strict=True):
        # Often a node of a custom operator.
        reads_known = _all_known(input_names(node), shapes)
        if reads_known and not _all_known(output_names(node), shapes):
            return (
                f" (the output of node {name!r} ({qualified_type(node)!r}) is the first "
                "whose shape cannot be told)"
            )
    return ""


def _tell_layers(graph: Graph, shapes: Mapping[str, Shape]) -> bool:
    """Whether shapes tell all sizes of the inputs of all layers."""
    return all(_all_known(input_names(graph.nodes[at]), shapes) for at in graph.mapped)


def _all_known(tensors: Iterable[str], shapes: Mapping[str, Shape]) -> bool:
    return all(is_known(shapes.get(tensor)) for tensor in tensors)
