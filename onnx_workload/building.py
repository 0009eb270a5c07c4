"""The layers of a graph, and the nodes that become none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from zigzag_imc.core.bits import Bits
from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload.bits.tensor_bits import find_bits
from zigzag_imc.onnx_workload.functions import functions_with_products
from zigzag_imc.onnx_workload.graph import Graph
from zigzag_imc.onnx_workload.layer_shapes import advice_on
from zigzag_imc.onnx_workload.left_out import LeftOut, left_out_at, left_out_inside
from zigzag_imc.onnx_workload.nodes import STANDARD_DOMAINS, input_names, qualified_type
from zigzag_imc.onnx_workload.operators import NodeView, UnknownSizeError, Unmapped, builder_of
from zigzag_imc.onnx_workload.propagation import Propagated


@dataclass
class Built:
    """What became of the nodes of a graph.

    Attributes
    ----------
    layers
        Layers per position of their node.
    left_out
        Nodes with multiply-accumulates that became no layer.
    unknown
        The first layer of which a size is not known, if there is one.
    """

    layers: dict[int, tuple[Layer, ...]] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    unknown: UnknownSizeError | None = None


def build_layers(graph: Graph, found: Propagated, given: Bits) -> Built:
    """Build the layers of a graph; bits that are given count before those of the model.

    Raises
    ------
    WorkloadError
        If sizes contradict each other, or a layer waits for the open size of an input.
    """
    built = Built()
    advice = advice_on(graph, found.shapes)
    calls = functions_with_products(graph.model)
    bits = find_bits(graph.model, graph.constant)
    for position, (node, name) in enumerate(zip(graph.nodes, graph.names, strict=True)):
        if position in graph.mapped:
            view = NodeView(
                name,
                node,
                graph.label,
                found.shapes,
                graph.constant,
                advice,
                given,
                bits.held,
                bits.of_output(node.output[0]) if node.output else None,
            )
            try:
                layers = _build(view, trusted=not found.guesses)
            except UnknownSizeError as error:
                if not graph.behind_open_inputs.isdisjoint(input_names(node)):
                    raise
                built.unknown = built.unknown or error
                layers = Unmapped(f"size unknown: {error.reason}")
            if isinstance(layers, Unmapped):
                built.left_out.append(
                    LeftOut(qualified_type(node), layers.reason, name, layers.macs)
                )
            else:
                built.layers[position] = layers
        else:
            built.left_out.extend(left_out_at(node, name, calls))
        built.left_out.extend(left_out_inside(node, name))
    return built


def _build(view: NodeView, trusted: bool) -> tuple[Layer, ...] | Unmapped:
    """Build the layers of a node, or say why it cannot become any.

    Contradictions are a fault of the model, unless shapes are guessed or the operator is not one of
    ONNX, which may mean something else.
    """
    builder = builder_of(view.node.domain, view.node.op_type)
    assert builder is not None, "only nodes with a builder are mapped"
    try:
        built = builder(view)
    except UnknownSizeError:
        raise
    except WorkloadError as error:
        if trusted and view.node.domain in STANDARD_DOMAINS:
            raise
        return Unmapped(str(error).rpartition(f"({view.node.op_type}): ")[2])
    return (built,) if isinstance(built, Layer) else built


def named_apart(
    layers: Mapping[int, tuple[Layer, ...]], names: tuple[str, ...]
) -> Iterator[tuple[int, tuple[Layer, ...]]]:
    """Give layers that share a node names that no other node has."""
    taken = set(names)
    for position, members in layers.items():
        apart = []
        for layer in members:
            name, repeat = layer.name, 1
            while len(members) > 1 and name in taken:
                repeat += 1
                name = f"{layer.name}#{repeat}"
            taken.add(name)
            apart.append(layer if name == layer.name else layer.replace(name=name))
        yield position, tuple(apart)
