"""The tensors between the operators of a graph, and the steps that read and write them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence

import onnx

from zigzag_imc.core.dataflow import Dataflow, Step, StepKind
from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload.constants import SHAPE_ONLY, read_tensors
from zigzag_imc.onnx_workload.graph import Graph
from zigzag_imc.onnx_workload.nodes import output_names
from zigzag_imc.onnx_workload.shapes import Shape, is_known


def dataflow_of(
    graph: Graph,
    layers: Mapping[int, Sequence[Layer]],
    left_out: Collection[int],
    shapes: Mapping[str, Shape],
) -> Dataflow:
    """Return the steps of a graph.

    Parameters
    ----------
    graph
        The graph.
    layers
        Layers by position of their node.
    left_out
        Positions of the nodes that multiply and accumulate but became no layers.
    shapes
        Shapes of all tensors.
    """
    steps = tuple(
        step
        for position, node in enumerate(graph.nodes)
        if graph.is_computed(position) and node.op_type not in SHAPE_ONLY
        for step in _steps_at(graph, position, layers.get(position, ()), position in left_out)
    )
    named = dict.fromkeys(name for step in steps for name in (*step.reads, *step.writes))
    return Dataflow(
        steps,
        {name: size for name in named if (size := _elements(shapes.get(name))) is not None},
        tuple(value.name for value in graph.model.graph.output),
    )


def _steps_at(
    graph: Graph, position: int, layers: Sequence[Layer], is_left_out: bool
) -> Iterator[Step]:
    """Yield the steps of one node: its layers, or itself where it has none."""
    node, name = graph.nodes[position], graph.names[position]
    reads, writes = _data_read(graph, node), tuple(output_names(node))
    is_sure = not graph.path_of(position) and not is_left_out
    if not layers:
        kind: StepKind = "operator" if is_sure else "opaque"
        yield Step(name, kind, reads, writes)
    elif len(layers) == 1 and is_sure:
        yield _layer_step(layers[0], reads, writes)
    else:  # tensors between layers of one node have no names
        for layer in layers:
            yield Step(layer.name, "opaque", reads, writes)


def _data_read(graph: Graph, node: onnx.NodeProto) -> tuple[str, ...]:
    """Names of the tensors that a node reads and that are computed, each once."""
    names = dict.fromkeys(read_tensors(node))
    return tuple(name for name in names if name not in graph.constant)


def _layer_step(layer: Layer, reads: tuple[str, ...], writes: tuple[str, ...]) -> Step:
    """Return the step of a layer; opaque where it is not clear which tensor is which operand."""
    if layer.stored is not None and set(reads) == {layer.stored.tensor, layer.stored.streamed}:
        stored, streamed = layer.stored.tensor, layer.stored.streamed
        return Step(layer.name, "layer", reads, writes, streamed=streamed, stored=stored)
    if layer.stored is None and len(reads) == 1 and len(writes) == 1:
        return Step(layer.name, "layer", reads, writes, streamed=reads[0])
    return Step(layer.name, "opaque", reads, writes)


def _elements(shape: Shape | None) -> int | None:
    """Elements of a tensor; ``None`` where a size is not known."""
    if shape is None or not is_known(shape):
        return None
    return math.prod(dim for dim in shape if isinstance(dim, int))
