"""Names of the tensors of a body, made to be those of no other."""

from __future__ import annotations

from collections.abc import Mapping

import onnx

from zigzag_imc.onnx_workload.nodes import bodies


def renamed(node: onnx.NodeProto, names: Mapping[str, str]) -> onnx.NodeProto:
    """Return a copy of a node that reads and makes tensors by other names, also in its bodies."""
    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    _rename_all(copy, names)
    return copy


def local_names(body: onnx.GraphProto, prefix: str) -> dict[str, str]:
    """Return names for the tensors that a body makes, behind a prefix."""
    made = [value.name for value in body.input]
    made += [tensor.name for tensor in body.initializer]
    made += [tensor.values.name for tensor in body.sparse_initializer]
    made += [name for node in body.node for name in node.output]
    return {name: f"{prefix}/{name}" for name in made if name}


def _rename_all(node: onnx.NodeProto, names: Mapping[str, str]) -> None:
    waiting: list[tuple[onnx.NodeProto, Mapping[str, str]]] = [(node, names)]
    while waiting:
        current, known = waiting.pop()
        current.input[:] = [known.get(name, name) for name in current.input]
        current.output[:] = [known.get(name, name) for name in current.output]
        for body in bodies(current):
            own = local_names(body, "")
            outside = {name: other for name, other in known.items() if name not in own}
            for value in body.output:
                value.name = outside.get(value.name, value.name)
            waiting.extend((inner, outside) for inner in body.node)
