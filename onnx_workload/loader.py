"""From an ONNX model to a network of layers."""

from __future__ import annotations

import os
from pathlib import Path

import onnx

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.onnx_workload.edges import connect_layers
from zigzag_imc.onnx_workload.functions import functions_with_products
from zigzag_imc.onnx_workload.graph import prepare_graph
from zigzag_imc.onnx_workload.layer_shapes import advice_on, find_shapes
from zigzag_imc.onnx_workload.left_out import LeftOut, gather, left_out_at, left_out_inside
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.onnx_workload.operators import NodeView, Unmapped, builder_of
from zigzag_imc.onnx_workload.reading import find_model, read_model


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
    model, label, name = _opened(source)
    graph = prepare_graph(model, label, batch)
    shapes = find_shapes(graph)
    advice = advice_on(graph, shapes)
    layers: dict[int, Layer] = {}
    left_out: list[LeftOut] = []
    calls = functions_with_products(graph.model)
    for position, (node, node_name) in enumerate(zip(graph.nodes, graph.names, strict=True)):
        if position in graph.mapped:
            view = NodeView(node_name, node, label, shapes, graph.constant, advice)
            built = _build(view, precision)
            if isinstance(built, Layer):
                layers[position] = built
            else:
                left_out.append(LeftOut(node.op_type, built.reason, node_name))
        else:
            left_out.extend(left_out_at(node, node_name, calls))
        left_out.extend(left_out_inside(node, node_name))
    layer_names = {position: layer.name for position, layer in layers.items()}
    return Network(
        name=name,
        layers=tuple(layers.values()),
        unsupported=gather(left_out),
        edges=connect_layers(graph.nodes, layer_names),
    )


def _opened(source: object) -> tuple[onnx.ModelProto, str, str]:
    """Return the model, how messages name it, and the name of its network."""
    if isinstance(source, onnx.ModelProto):
        label = f"model {source.graph.name!r}"
        if not source.graph.node:
            raise WorkloadError(f"{label}: found no operators, expected a model with a graph")
        return source, label, source.graph.name or "network"
    if not isinstance(source, str | os.PathLike):
        raise WorkloadError(
            f"model: found a {type(source).__name__}, expected an ONNX file, a shipped network, "
            "a ModelProto or a Network"
        )
    path = find_model(Path(source))
    return read_model(path), str(path), path.stem


def _build(view: NodeView, precision: Precision) -> Layer | Unmapped:
    """Build the layer of a node, or say why it cannot become one."""
    builder = builder_of(view.node.domain, view.node.op_type)
    assert builder is not None, "only nodes with a builder are mapped"
    return builder(view, precision)
