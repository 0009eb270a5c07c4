"""The layers of a graph, and the nodes that become none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zigzag_imc.core.bits import Bits
from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload.bits.tensor_bits import find_bits
from zigzag_imc.onnx_workload.functions import functions_with_products
from zigzag_imc.onnx_workload.graph import Graph
from zigzag_imc.onnx_workload.layer_shapes import advice_on
from zigzag_imc.onnx_workload.left_out import LeftOut, left_out_at, left_out_inside
from zigzag_imc.onnx_workload.nodes import (
    BODIES,
    STANDARD_DOMAINS,
    input_names,
    qualified_type,
)
from zigzag_imc.onnx_workload.operators import NodeView, UnknownSizeError, Unmapped, builder_of
from zigzag_imc.onnx_workload.outcome import Outcome
from zigzag_imc.onnx_workload.propagation import Propagated
from zigzag_imc.onnx_workload.shape_rules.branches import SCANNED


@dataclass(frozen=True)
class Built:
    """What became of the nodes of a graph.

    Attributes
    ----------
    outcome
        Layers, and nodes with multiply-accumulates that became none.
    unknown
        The first layer of which a size is not known, if there is one.
    """

    outcome: Outcome
    unknown: UnknownSizeError | None = None


def build_layers(graph: Graph, found: Propagated, given: Bits) -> Built:
    """Build the layers of a graph; bits that are given count before those of the model.

    Raises
    ------
    WorkloadError
        If sizes contradict each other, or a layer waits for the open size of an input.
    """
    outcome = Outcome()
    unknown: UnknownSizeError | None = None
    calls = functions_with_products(graph.model)
    for position, view in enumerate(_views(graph, found, given)):
        if not graph.is_computed(position):
            continue
        _ask_for_length(view, graph)
        left_out = list(left_out_inside(view.node, view.name))
        if position not in graph.mapped:
            left_out += left_out_at(view.node, view.name, calls)
        else:
            # A branch that never runs may contradict what it would run on.
            trusted = not found.guesses and not graph.path_of(position)
            try:
                layers = _build(view, trusted)
            except UnknownSizeError as error:
                if not graph.behind_open_inputs.isdisjoint(input_names(view.node)):
                    raise
                unknown = unknown or error
                layers = Unmapped(f"size unknown: {error.reason}")
            if isinstance(layers, Unmapped):
                kind = qualified_type(view.node)
                left_out.append(LeftOut(kind, layers.reason, view.name, layers.macs))
            else:
                outcome.layers[position] = layers
        if left_out:
            outcome.left_out[position] = tuple(left_out)
    return Built(_settled(outcome, graph, found), unknown)


def _ask_for_length(view: NodeView, graph: Graph) -> None:
    """Refuse a ``Scan`` that goes along the open size of an input: its steps are to be given."""
    node = view.node
    if node.domain != BODIES or node.op_type != SCANNED:
        return
    shape, axis = view.shapes.get(node.input[0]), view.integer("axis", 0)
    if shape is None or graph.behind_open_inputs.isdisjoint(node.input):
        return
    if -len(shape) <= axis < len(shape):
        view.size(0, axis)


def _settled(outcome: Outcome, graph: Graph, found: Propagated) -> Outcome:
    """Return what the layers of bodies amount to."""
    if not graph.paths:
        return outcome
    from zigzag_imc.onnx_workload.constant_folding import values_behind
    from zigzag_imc.onnx_workload.control_flow.settling import deciding, settle

    values = values_behind(graph.model, deciding(graph.paths), found.shapes)
    return settle(outcome, graph.paths, found.shapes, values)


def _views(graph: Graph, found: Propagated, given: Bits) -> Iterator[NodeView]:
    """Yield every node with what is known around it."""
    advice = advice_on(graph, found.shapes)
    bits = find_bits(graph.model, graph.constant)
    for node, name in zip(graph.nodes, graph.names, strict=True):
        yield NodeView(
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
            while name in taken and not (len(members) == 1 and name == names[position]):
                repeat += 1
                name = f"{layer.name}#{repeat}"
            taken.add(name)
            apart.append(layer if name == layer.name else layer.replace(name=name))
        yield position, tuple(apart)
