"""Nodes that multiply and accumulate but are left out of the layers: never silently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

import onnx

from zigzag_imc.onnx_workload.naming import name_nodes
from zigzag_imc.onnx_workload.network import UnsupportedOperator
from zigzag_imc.onnx_workload.nodes import bodies, qualified_type
from zigzag_imc.onnx_workload.operators import builder_of, reason_unmapped


class LeftOut(NamedTuple):
    """One node that is left out.

    Attributes
    ----------
    op_type
        Operator type; ``domain::type`` outside the standard operators.
    reason
        Why it is left out, a phrase for a person.
    name
        Its name; ``outer/inner`` inside a body.
    macs
        Its multiply-accumulates, ``None`` where they cannot be told.
    """

    op_type: str
    reason: str
    name: str
    macs: int | None = None


def left_out_at(node: onnx.NodeProto, name: str, calls: Set[tuple[str, str]]) -> Iterator[LeftOut]:
    """Yield a node that is no layer, if it multiplies and accumulates.

    Parameters
    ----------
    node, name
        The node.
    calls
        Domain and name of the functions that multiply and accumulate.
    """
    if (node.domain, node.op_type) in calls:
        yield LeftOut(qualified_type(node), "function that ONNX cannot inline", name)
    elif reason := reason_unmapped(node):
        yield LeftOut(qualified_type(node), reason, name)


def left_out_inside(node: onnx.NodeProto, name: str) -> Iterator[LeftOut]:
    """Yield operators with multiply-accumulates in the bodies of a node.

    How often they run is not known.
    """
    for body in bodies(node):
        for inner, inner_name in zip(body.node, name_nodes(list(body.node)), strict=True):
            path = f"{name}/{inner_name}"
            if builder_of(inner.domain, inner.op_type) or reason_unmapped(inner):
                reason = f"inside the body of {node.op_type}"
                yield LeftOut(qualified_type(inner), reason, path)
            yield from left_out_inside(inner, path)


def gather(nodes: Iterable[LeftOut]) -> tuple[UnsupportedOperator, ...]:
    """Count the nodes of each operator that are left out for the same reason."""
    groups: dict[tuple[str, str], list[LeftOut]] = {}
    for node in nodes:
        groups.setdefault((node.op_type, node.reason), []).append(node)
    return tuple(_gathered(members) for members in groups.values())


def _gathered(members: list[LeftOut]) -> UnsupportedOperator:
    first, macs = members[0], [node.macs for node in members]
    total = sum(count for count in macs if count is not None)
    names = tuple(node.name for node in members)
    known = None if None in macs else total
    return UnsupportedOperator(first.op_type, len(members), names, first.reason, known)
