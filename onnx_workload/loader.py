"""From an ONNX model to a network of layers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import onnx

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.onnx_workload.batch import set_batch
from zigzag_imc.onnx_workload.constants import constant_tensors
from zigzag_imc.onnx_workload.edges import connect_layers
from zigzag_imc.onnx_workload.functions import functions_with_products, inline_functions
from zigzag_imc.onnx_workload.naming import name_nodes
from zigzag_imc.onnx_workload.network import Network, UnsupportedOperator
from zigzag_imc.onnx_workload.operators import NodeView, Unmapped, builder_of, reason_unmapped
from zigzag_imc.onnx_workload.propagation import propagate_shapes
from zigzag_imc.onnx_workload.reading import find_model, read_model
from zigzag_imc.onnx_workload.shapes import (
    Shape,
    complaint,
    infer_shapes,
    is_known,
    recorded_shapes,
)
from zigzag_imc.onnx_workload.slimming import bodies, slim_model, stored_names


def load_network(
    source: str | os.PathLike[str] | onnx.ModelProto,
    *,
    batch: int | None = None,
    precision: Precision = Precision(),  # noqa: B008  (frozen)
) -> Network:
    """Read a neural network.

    Only shapes matter, so weights (and external weight files) are never loaded.

    Parameters
    ----------
    source
        Path of an ONNX file, the name of a shipped network (see `NETWORKS`), or a model in memory
        (left as it is).
    batch
        Batch size of a model whose batch is open: the first dimension of an input being a symbol,
        0, -1 or absent. The default is 1. A model with a fixed batch accepts no other.
    precision
        Bits per element, given to every layer.

    Returns
    -------
    Network
        All layers in graph order; a network without a single layer is no error.

    Raises
    ------
    WorkloadError
        If the file is not an ONNX model, or the sizes of a layer cannot be told.
    """
    if isinstance(source, onnx.ModelProto):
        model, label = source, f"model {source.graph.name!r}"
        name = source.graph.name or "network"
        if not model.graph.node:
            raise WorkloadError(f"{label}: found no operators, expected a model with a graph")
    elif not isinstance(source, str | os.PathLike):
        found = type(source).__name__
        raise WorkloadError(
            f"model: found a {found}, expected an ONNX file, a shipped network, a ModelProto or "
            "a Network"
        )
    else:
        path = find_model(Path(source))
        model, label, name = read_model(path), str(path), path.stem
    return _Import(model, label, batch).network(name, precision)


class _Import:
    """One model on its way to a network: what is known about it, gathered step by step."""

    def __init__(self, model: onnx.ModelProto, label: str, batch: int | None) -> None:
        if model.ir_version >= 3 and not model.opset_import:
            raise WorkloadError(
                f"{label}: declares no operator set, expected one; the file may be truncated"
            )
        self.label = label
        stored = stored_names(model)
        data_inputs = [value.name for value in model.graph.input if value.name not in stored]
        self.model = inline_functions(slim_model(model))
        set_batch(self.model, data_inputs, batch, label)
        self.nodes = list(self.model.graph.node)
        self.names = name_nodes(self.nodes)
        _check_order(self.nodes, self.names, label)
        self.constant = constant_tensors(self.nodes, stored)
        if not data_inputs:
            self.constant = (
                frozenset()
            )  # a model without inputs computes all it computes when it runs
        self.mapped = {
            position
            for position, node in enumerate(self.nodes)
            if builder_of(node.domain, node.op_type)
            and not self.constant.issuperset(filter(None, node.output))
        }
        self.data_inputs = data_inputs

    def network(self, name: str, precision: Precision) -> Network:
        """Build every layer, and list what has none."""
        shapes = self._shapes()
        advice = self._advice(shapes)
        layers: dict[int, Layer] = {}
        left_out: list[tuple[str, str, str]] = []
        calls = functions_with_products(self.model)
        for position, node in enumerate(self.nodes):
            if position in self.mapped:
                view = NodeView(
                    self.names[position], node, self.label, shapes, self.constant, advice
                )
                built = _build(view, precision)
                if isinstance(built, Layer):
                    layers[position] = built
                else:
                    left_out.append((node.op_type, built.reason, self.names[position]))
            elif (node.domain, node.op_type) in calls:
                left_out.append(
                    (_qualified(node), "function that ONNX cannot inline", self.names[position])
                )
            elif reason := reason_unmapped(node):
                left_out.append((_qualified(node), reason, self.names[position]))
            left_out.extend(_left_out_inside(node, self.names[position]))
        return Network(
            name=name,
            layers=tuple(layers.values()),
            unsupported=_gather(left_out),
            edges=connect_layers(
                self.nodes, {position: layer.name for position, layer in layers.items()}
            ),
        )

    def _shapes(self) -> dict[str, Shape]:
        """Shapes by inference of the whole model; where they leave a layer open, node by node."""
        shapes = infer_shapes(self.model, self.label)
        needed = {
            tensor for position in self.mapped for tensor in self.nodes[position].input if tensor
        }
        if all(is_known(shapes.get(tensor)) for tensor in needed):
            return shapes
        recorded = {
            tensor: tuple(dim or None for dim in shape)
            for tensor, shape in recorded_shapes(
                [*self.model.graph.value_info, *self.model.graph.output]
            ).items()
        }
        return propagate_shapes(self.model, shapes, recorded)

    def _advice(self, shapes: dict[str, Shape]) -> str:
        """Say how to make the sizes known; only read when they are not."""
        needed = {
            tensor for position in self.mapped for tensor in self.nodes[position].input if tensor
        }
        if all(is_known(shapes.get(tensor)) for tensor in needed):
            return ""
        opened = [
            f"{name}[{', '.join('?' if dim is None else str(dim) for dim in shapes[name])}]"
            for name in self.data_inputs
            if name in shapes and not is_known(shapes[name])
        ]
        if opened:
            return (
                f"inputs {', '.join(opened)} leave sizes open: export the model with fixed "
                "sizes, or set them with "
                "onnx.tools.update_model_dims"
            )
        problem = complaint(self.model)
        reason = (
            f" (shape inference of ONNX says: {problem})"
            if problem
            else self._first_unknown(shapes)
        )
        return f"export the model with fixed shapes{reason}"

    def _first_unknown(self, shapes: dict[str, Shape]) -> str:
        """Name the node behind which sizes are lost, often one of a custom operator."""
        for node, name in zip(self.nodes, self.names, strict=True):
            inputs, outputs = (filter(None, tensors) for tensors in (node.input, node.output))
            if all(is_known(shapes.get(t)) for t in inputs) and not all(
                is_known(shapes.get(t)) for t in outputs
            ):
                return (
                    f" (the output of node {name!r} ({_qualified(node)!r}) is the first "
                    "whose shape cannot be told)"
                )
        return ""


def _build(view: NodeView, precision: Precision) -> Layer | Unmapped:
    builder = builder_of(view.node.domain, view.node.op_type)
    assert builder is not None, "only nodes with a builder are mapped"
    return builder(view, precision)


def _check_order(nodes: list[onnx.NodeProto], names: list[str], label: str) -> None:
    """Refuse a graph in which a node comes before one that it depends on.

    Everything here walks in graph order.
    """
    maker = {
        tensor: position for position, node in enumerate(nodes) for tensor in node.output if tensor
    }
    for position, node in enumerate(nodes):
        for tensor in node.input:
            if maker.get(tensor, -1) >= position:
                raise WorkloadError(
                    f"{label}: node {names[position]!r} reads {tensor!r}, which node "
                    f"{names[maker[tensor]]!r} makes "
                    "later; expected the nodes in topological order"
                )


def _qualified(node: onnx.NodeProto) -> str:
    return f"{node.domain}::{node.op_type}" if node.domain else node.op_type


def _left_out_inside(node: onnx.NodeProto, name: str) -> Iterator[tuple[str, str, str]]:
    """Operators with multiply-accumulates in the bodies of a node.

    How often they run is not known.
    """
    for body in bodies(node):
        for inner, inner_name in zip(body.node, name_nodes(list(body.node)), strict=True):
            if builder_of(inner.domain, inner.op_type) or reason_unmapped(inner):
                yield (
                    _qualified(inner),
                    f"inside the body of {node.op_type}",
                    f"{name}/{inner_name}",
                )
            yield from _left_out_inside(inner, f"{name}/{inner_name}")


def _gather(left_out: list[tuple[str, str, str]]) -> tuple[UnsupportedOperator, ...]:
    names: dict[tuple[str, str], list[str]] = {}
    for op_type, reason, name in left_out:
        names.setdefault((op_type, reason), []).append(name)
    return tuple(
        UnsupportedOperator(op_type, len(members), tuple(members), reason)
        for (op_type, reason), members in names.items()
    )
