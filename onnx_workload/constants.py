"""Which tensors are known before any input arrives.

Learned weights and all that is computed from them alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

import onnx

from zigzag_imc.onnx_workload.nodes import BODIES, bodies, input_names, output_names
from zigzag_imc.onnx_workload.shape_rules.branches import NUMBER, SCANNED

# Values that differ from run to run although no input reaches them.
RANDOM = frozenset(
    (
        "RandomNormal",
        "RandomNormalLike",
        "RandomUniform",
        "RandomUniformLike",
        "Multinomial",
        "Bernoulli",
    )
)
# Results that depend on the shape of a tensor, not on what is in it; shapes are fixed here.
SHAPE_ONLY = frozenset(("Shape", "Size"))


def constant_tensors(nodes: Iterable[onnx.NodeProto], stored: Iterable[str]) -> frozenset[str]:
    """Return the names of all constant tensors.

    Parameters
    ----------
    nodes
        In topological order, as ONNX demands.
    stored
        Names of the tensors whose values the model stores.

    Notes
    -----
    A weight behind ``DequantizeLinear``, ``Transpose``, ``Cast`` or ``Reshape`` is constant like
    the weight itself, and so is one that ``ConstantOfShape`` makes up.
    """
    constant = set(stored)
    for node in nodes:
        if _yields_constants(node, constant):
            constant.update(output_names(node))
    return frozenset(constant)


def _yields_constants(node: onnx.NodeProto, constant: Set[str]) -> bool:
    if node.op_type in RANDOM:
        return False
    if node.domain == BODIES:
        # Number of a step and part of a weight do not depend on any data.
        return node.op_type in (NUMBER, SCANNED) and constant >= set(input_names(node))
    if node.op_type == "Constant" or node.op_type in SHAPE_ONLY:
        return True
    needed = read_tensors(node)
    return bool(needed) and constant >= set(needed)


def read_tensors(node: onnx.NodeProto) -> list[str]:
    """Names of all tensors a node reads, those that its bodies take from outside included."""
    names = input_names(node)
    for body in bodies(node):
        names.extend(_taken_from_outside(body))
    return names


def _taken_from_outside(body: onnx.GraphProto) -> Iterator[str]:
    inside = {value.name for value in body.input} | {tensor.name for tensor in body.initializer}
    for node in body.node:
        yield from (name for name in read_tensors(node) if name not in inside)
        inside.update(node.output)
    yield from (value.name for value in body.output if value.name not in inside)
