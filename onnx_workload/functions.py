"""A model's own functions: bodies in place of calls, and what becomes of calls that stay."""

from __future__ import annotations

from collections.abc import Set

import onnx
from onnx import inliner

from zigzag_imc.onnx_workload.faults import INFERENCE_FAULTS
from zigzag_imc.onnx_workload.nodes import nodes_within
from zigzag_imc.onnx_workload.operators import builder_of, reason_unmapped


def inline_functions(model: onnx.ModelProto) -> onnx.ModelProto:
    """Put the bodies of the model's functions in place of their calls, as far as ONNX can."""
    if not model.functions:
        return model
    try:
        # Bodies written for another operator set must be converted or they stay calls; that takes
        # known types.
        typed = onnx.shape_inference.infer_shapes(model)
        return inliner.inline_local_functions(typed, convert_version=True)
    except INFERENCE_FAULTS:
        return model


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
