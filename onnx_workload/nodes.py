"""What may be asked about any node: the tensors at it, its attributes, the graphs inside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import onnx

STANDARD_DOMAINS = ("", "ai.onnx")
"""Both names of the domain whose operators ONNX defines."""

BODIES = "zigzag_imc"
"""Domain of the operators that stand where bodies of others begin and end, see `control_flow`."""


def input_names(node: onnx.NodeProto) -> list[str]:
    """Return the names of the tensors a node reads; an input that is left out has none."""
    return [name for name in node.input if name]


def output_names(node: onnx.NodeProto) -> list[str]:
    """Return the names of the tensors a node makes; an output that is left out has none."""
    return [name for name in node.output if name]


def find_attribute(node: onnx.NodeProto, name: str) -> onnx.AttributeProto | None:
    """Return an attribute of a node, ``None`` where it is left out."""
    return next((attribute for attribute in node.attribute if attribute.name == name), None)


def integer(node: onnx.NodeProto, name: str, default: int = 0) -> int:
    """Return an integer attribute."""
    found = find_attribute(node, name)
    return default if found is None else int(found.i)


def integers(node: onnx.NodeProto, name: str) -> tuple[int, ...]:
    """Return an attribute that is a list of integers; empty if it is absent."""
    found = find_attribute(node, name)
    return () if found is None else tuple(map(int, found.ints))


def is_standard(domain: str) -> bool:
    """Whether ONNX itself defines the operators of a domain."""
    return domain in STANDARD_DOMAINS


def qualified_type(node: onnx.NodeProto) -> str:
    """Return the operator type, as ``domain::type`` outside the standard operators.

    Where the body of a node begins or ends, it is the type of that node.
    """
    if node.domain == BODIES:
        return node.doc_string
    return f"{node.domain}::{node.op_type}" if node.domain else node.op_type


def bodies(node: onnx.NodeProto) -> list[onnx.GraphProto]:
    """Graphs nested in a node: the branches of an ``If``, the body of a ``Loop`` or ``Scan``."""
    nested: list[onnx.GraphProto] = []
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.GRAPH:
            nested.append(attribute.g)
        elif attribute.type == onnx.AttributeProto.GRAPHS:
            nested.extend(attribute.graphs)
    return nested


def nodes_within(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.NodeProto]:
    """Every one of ``nodes`` and of those in their bodies."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        for body in bodies(node):
            waiting.extend(body.node)


def all_nodes(model: onnx.ModelProto) -> Iterator[onnx.NodeProto]:
    """Every node of the graph, its bodies and the model's functions."""
    yield from nodes_within(model.graph.node)
    for function in model.functions:
        yield from nodes_within(function.node)
