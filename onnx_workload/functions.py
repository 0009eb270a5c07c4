"""A model's own functions: bodies in place of calls, and what becomes of calls that stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

import onnx
from onnx import inliner

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.onnx_workload.faults import INFERENCE_FAULTS
from zigzag_imc.onnx_workload.nodes import nodes_within
from zigzag_imc.onnx_workload.operators import builder_of, reason_unmapped
from zigzag_imc.onnx_workload.spared_slices import without_fatal_slices

MOST_NODES = 200_000
"""Operators of a model with the bodies of its functions in place; functions that call each other
multiply."""


def inline_functions(model: onnx.ModelProto, label: str) -> onnx.ModelProto:
    """Put the bodies of the model's functions in place of their calls, as far as ONNX can.

    Raises
    ------
    WorkloadError
        If functions call each other so often that the graph would be too large.
    """
    if not model.functions:
        return model
    if _inlined_nodes(model) > MOST_NODES:
        raise WorkloadError(
            f"{label}: found functions that call each other too often, expected at most "
            f"{MOST_NODES:,} operators in all"
        )
    try:
        # Bodies written for another operator set must be converted or they stay calls; that takes
        # known types.
        return inliner.inline_local_functions(_typed(model), convert_version=True)
    except INFERENCE_FAULTS:
        return model


def _typed(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a model with all types that ONNX infers."""
    inferred = onnx.shape_inference.infer_shapes(
        without_fatal_slices(model, onnx.shape_inference.infer_shapes)
    )
    typed = onnx.ModelProto()
    typed.CopyFrom(model)
    typed.graph.ClearField("value_info")
    typed.graph.value_info.extend(inferred.graph.value_info)
    return typed


def _inlined_nodes(model: onnx.ModelProto) -> int:
    """Count the operators of a model with the bodies of its functions in place of their calls."""
    functions = {(function.domain, function.name): function for function in model.functions}
    sizes: dict[tuple[str, str], int] = {}
    for _ in range(len(functions) + 1):  # each round settles at least the next level of calls
        before = dict(sizes)
        for key, function in functions.items():
            sizes[key] = _nodes_in(function.node, before)
        if sizes == before:
            break
        if max(sizes.values()) > MOST_NODES:
            return MOST_NODES + 1
    return _nodes_in(model.graph.node, sizes)


def _nodes_in(nodes: Iterable[onnx.NodeProto], sizes: Mapping[tuple[str, str], int]) -> int:
    return sum(sizes.get((node.domain, node.op_type), 1) for node in nodes_within(nodes))


def functions_with_products(model: onnx.ModelProto) -> frozenset[tuple[str, str]]:
    """Domain and name of the functions left in a model that multiply and accumulate.

    Directly, or by calling others.
    """
    found: set[tuple[str, str]] = set()
    grown = True
    while grown:  # a function may call one that is found later
        before = len(found)
        for function in model.functions:
            if any(_multiplies(node, found) for node in nodes_within(function.node)):
                found.add((function.domain, function.name))
        grown = len(found) > before
    return frozenset(found)


def _multiplies(node: onnx.NodeProto, functions: Set[tuple[str, str]]) -> bool:
    """Whether a node multiplies and accumulates, or calls a function that does."""
    called = (node.domain, node.op_type)
    return called in functions or bool(builder_of(*called) or reason_unmapped(node))
