"""Which tensors are known before any input arrives.

Learned weights and all that is computed from them alone.
"""

from __future__ import annotations

from collections.abc import Iterable

import onnx

from zigzag_imc.onnx_workload.slimming import bodies

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
        if node.op_type in RANDOM:
            continue
        needed = read_tensors(node)
        made_from_nothing = node.op_type == "Constant"
        if (
            made_from_nothing
            or node.op_type in SHAPE_ONLY
            or (needed and constant.issuperset(needed))
        ):
            constant.update(name for name in node.output if name)
    return frozenset(constant)


def read_tensors(node: onnx.NodeProto) -> list[str]:
    """Names of all tensors a node reads, those that its bodies take from outside included."""
    names = [name for name in node.input if name]
    for body in bodies(node):
        inside = {value.name for value in body.input} | {tensor.name for tensor in body.initializer}
        for inner in body.node:
            names.extend(name for name in read_tensors(inner) if name not in inside)
            inside.update(inner.output)
        names.extend(value.name for value in body.output if value.name not in inside)
    return names
