"""A model's own functions: bodies in place of calls, and what becomes of calls that stay."""

from __future__ import annotations

import onnx
from onnx import inliner

from zigzag_imc.onnx_workload.faults import INFERENCE_FAULTS
from zigzag_imc.onnx_workload.operators import builder_of, reason_unmapped
from zigzag_imc.onnx_workload.slimming import nodes_within


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
    while grown:
        before = len(found)
        for function in model.functions:
            for node in nodes_within(function.node):
                calls = (node.domain, node.op_type)
                if calls in found or builder_of(*calls) or reason_unmapped(node):
                    found.add((function.domain, function.name))
        grown = len(found) > before
    return frozenset(found)
