"""The shapes that the layers of a graph need, and what to advise where they cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from zigzag_imc.onnx_workload.graph import Graph
from zigzag_imc.onnx_workload.nodes import BODIES, input_names, output_names, qualified_type
from zigzag_imc.onnx_workload.propagation import Propagated, propagate_shapes
from zigzag_imc.onnx_workload.shapes import (
    Shape,
    complaint,
    infer_shapes,
    is_known,
    recorded_shapes,
)


def find_shapes(graph: Graph) -> Propagated:
    """Infer shapes for the whole model; where they leave a layer open, node by node.

    Raises
    ------
    WorkloadError
        If shape inference rejects the model as a whole.
    """
    shapes = infer_shapes(graph.model, graph.label)
    if _tell_layers(graph, shapes):
        return Propagated(shapes)
    written = recorded_shapes([*graph.model.graph.value_info, *graph.model.graph.output])
    recorded = {tensor: tuple(dim or None for dim in shape) for tensor, shape in written.items()}
    return propagate_shapes(graph.model, shapes, recorded, graph.constant)


def advice_on(graph: Graph, shapes: Mapping[str, Shape]) -> str:
    """Say how to make the sizes known; nothing where they are."""
    if _tell_layers(graph, shapes):
        return ""
    if graph.open_inputs:
        return graph.advice.text
    if graph.missing_files:
        return (
            f"some values lie in {_listed(graph.missing_files)} beside the model, which is missing"
        )
    return f"export the model with fixed shapes{_reason(graph, shapes)}"


def guess_notices(graph: Graph, found: Propagated) -> list[str]:
    """Say which unknown operators were supposed to keep the shape of their input."""
    names: dict[str, list[str]] = {}
    for position in found.guesses:
        names.setdefault(qualified_type(graph.nodes[position]), []).append(graph.names[position])
    return [
        f"{op_type} is not known and supposed to keep the shape of its input: "
        f"{', '.join(map(repr, members[:3]))}"
        f"{f' and {len(members) - 3} more' if len(members) > 3 else ''}"
        for op_type, members in names.items()
    ]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return ", ".join(map(repr, names[:2])) + more


def _reason(graph: Graph, shapes: Mapping[str, Shape]) -> str:
    """Say why sizes are unknown: what ONNX complains about, or behind which node they are lost."""
    problem = complaint(graph.model)
    if problem:
        return f" (shape inference of ONNX says: {problem})"
    for node, name in zip(graph.nodes, graph.names, strict=True):
        # Often a node of a custom operator.
        reads_known = _all_known(input_names(node), shapes)
        if reads_known and not _all_known(output_names(node), shapes):
            told = node.name if node.domain == BODIES else name  # where a body ends, its node
            return (
                f" (the output of node {told!r} ({qualified_type(node)!r}) is the first "
                "whose shape cannot be told)"
            )
    return ""


def _tell_layers(graph: Graph, shapes: Mapping[str, Shape]) -> bool:
    """Whether shapes tell all sizes of the inputs of all layers."""
    return all(_all_known(input_names(graph.nodes[at]), shapes) for at in graph.mapped)


def _all_known(tensors: Iterable[str], shapes: Mapping[str, Shape]) -> bool:
    return all(is_known(shapes.get(tensor)) for tensor in tensors)
