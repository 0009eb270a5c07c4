"""What reading a network yields: its layers, how they connect, and what could not be mapped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.coverage import Coverage
from zigzag_imc.core.dataflow import Dataflow, Step, StepKind
from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.precision_rules import PrecisionRules


@dataclass(frozen=True, slots=True)
class UnsupportedOperator:
    """Nodes that multiply and accumulate but are left out of the layers.

    Attributes
    ----------
    op_type
        Operator type, e.g. ``ConvTranspose``; ``domain::type`` outside the standard operators.
    count
        How many nodes.
    node_names
        Their names in graph order; a node inside a body is named ``outer/inner``.
    reason
        Why the nodes are left out, a phrase for a person.
    macs
        Multiply-accumulates of all of them, ``None`` where they cannot be told.
    """

    op_type: str
    count: int
    node_names: tuple[str, ...]
    reason: str = ""
    macs: int | None = None


@dataclass(frozen=True, slots=True)
class LayerGroup:
    """Layers of equal shape, which therefore share their optimal mappings.

    Attributes
    ----------
    layer
        The first of them in graph order.
    names
        Names of all of them in graph order.
    count
        How many there are.
    constraints
        What their mapping has to keep beside the limits of the hardware.
    """

    layer: Layer
    names: tuple[str, ...]
    count: int
    constraints: Constraints = ()


@dataclass(frozen=True)
class Network:
    """The layers of a neural network in graph order.

    Attributes
    ----------
    name
        File name without its suffix, or the name of the graph.
    layers
        Every layer, repeats included; names are unique.
    unsupported
        Operators with multiply-accumulates that are not among the layers.
    edges
        ``(producer, consumer)`` pairs of layer names: the producer's output reaches the consumer
        through nothing but operators that are not layers.
    notices
        What a person should know about how the model was read, such as which open size was taken
        for the batch; a sentence each.
    dataflow
        Every step of the graph and the tensors between them; ``None`` where only the edges are
        known.
    """

    name: str
    layers: tuple[Layer, ...]
    unsupported: tuple[UnsupportedOperator, ...] = ()
    edges: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    dataflow: Dataflow | None = None

    @cached_property
    def steps_and_tensors(self) -> Dataflow:
        """Every step and the tensors between them; of the layers alone where no more is known."""
        return _flow_along(self.layers, self.edges) if self.dataflow is None else self.dataflow

    @cached_property
    def total_macs(self) -> int:
        """Multiply-accumulate operations of all layers."""
        return sum(layer.macs for layer in self.layers)

    @cached_property
    def coverage(self) -> Coverage:
        """Which share of the multiply-accumulates the layers hold."""
        return Coverage.of(self.total_macs, [operator.macs for operator in self.unsupported])

    def require_layers(self) -> None:
        """Refuse a network of whose operators with multiply-accumulates none is a layer.

        Raises
        ------
        WorkloadError
            In one line: the first of them, and why it is none.
        """
        if self.layers or not self.unsupported:
            return
        first = self.unsupported[0]
        more = sum(operator.count for operator in self.unsupported) - 1
        raise WorkloadError(
            f"{self.name}: no operator can be mapped: {first.node_names[0]!r} "
            f"({first.op_type}: {first.reason}){f' and {more} more' if more else ''}"
        )

    def with_precision(self, rules: PrecisionRules) -> Network:
        """Return the network, its layers with what the rules say of them by name or pattern.

        Raises
        ------
        OptionError
            When a rule speaks of no layer.
        """
        if not rules.named:
            return self
        rules.check(self.name, [layer.name for layer in self.layers])
        layers = (
            layer.with_bits(rules.of(layer.name).or_else(layer.given_bits), layer.precision)
            for layer in self.layers
        )
        return replace(self, layers=tuple(layers))

    def groups(self) -> tuple[LayerGroup, ...]:
        """Gather layers of equal ``shape_key``, in the order in which each shape first occurs."""
        members: dict[tuple[object, ...], list[Layer]] = {}
        for layer in self.layers:
            members.setdefault(layer.shape_key(), []).append(layer)
        return tuple(
            LayerGroup(layers[0], tuple(layer.name for layer in layers), len(layers))
            for layers in members.values()
        )


def _flow_along(layers: Sequence[Layer], edges: Sequence[tuple[str, str]]) -> Dataflow:
    """Return the dataflow of layers that hand each other their whole outputs.

    Where several layers reach an operand, nobody knows what is between: such a layer keeps nothing.
    """
    steps = []
    for layer in layers:
        reads = tuple(producer for producer, consumer in edges if consumer == layer.name)
        is_sure = len(reads) <= 1 and layer.stored is None
        kind: StepKind = "layer" if is_sure else "opaque"
        streamed = reads[0] if is_sure and reads else None
        steps.append(Step(layer.name, kind, reads, (layer.name,), streamed))
    producers = {producer for producer, _ in edges}
    return Dataflow(
        tuple(steps),
        {layer.name: _outputs_of(layer) for layer in layers},
        tuple(layer.name for layer in layers if layer.name not in producers),
    )


def _outputs_of(layer: Layer) -> int:
    """Elements of a layer's output."""
    return math.prod(layer.sizes[dim] for dim in layer.plain_dims("O"))
