"""The graph of a model, made ready for telling its layers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import onnx

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.onnx_workload.constants import constant_tensors, read_tensors
from zigzag_imc.onnx_workload.control_flow.flat import Flat
from zigzag_imc.onnx_workload.functions import inline_functions
from zigzag_imc.onnx_workload.naming import name_nodes
from zigzag_imc.onnx_workload.nodes import bodies, input_names, output_names
from zigzag_imc.onnx_workload.operators import builder_of
from zigzag_imc.onnx_workload.sizes.advice import Advice, advice_on_inputs, open_inputs
from zigzag_imc.onnx_workload.sizes.filling import fill_sizes
from zigzag_imc.onnx_workload.sizes.given import GivenSizes
from zigzag_imc.onnx_workload.sizes.inputs import ModelInputs
from zigzag_imc.onnx_workload.slimming import slim_model, stored_names

if TYPE_CHECKING:
    from zigzag_imc.onnx_workload.control_flow.regions import Path


@dataclass(frozen=True)
class Graph:
    """A model without its weights, its open sizes filled in.

    Attributes
    ----------
    label
        How messages name the model.
    model
        The model, its functions in place of their calls.
    names
        A unique name per node, in graph order.
    data_inputs
        Inputs that carry no stored weights.
    constant
        Tensors known before any input arrives.
    open_inputs
        Inputs of which a size is still open.
    advice
        How to give these sizes.
    notices
        What a person should know about the sizes that were filled in.
    missing_files
        Files that should hold small values and are not there.
    paths
        For every node the bodies that it comes from; empty where no body was put in place.
    """

    label: str
    model: onnx.ModelProto
    names: tuple[str, ...]
    data_inputs: tuple[str, ...]
    constant: frozenset[str]
    open_inputs: tuple[str, ...] = ()
    advice: Advice = field(default_factory=Advice)
    notices: tuple[str, ...] = ()
    missing_files: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()

    @cached_property
    def nodes(self) -> tuple[onnx.NodeProto, ...]:
        """All nodes in graph order."""
        return tuple(self.model.graph.node)

    def path_of(self, position: int) -> Path:
        """Return the bodies that a node comes from, outermost first."""
        return self.paths[position] if self.paths else ()

    def is_computed(self, position: int) -> bool:
        """Whether a node works on what an input decides: what is constant is not computed again."""
        return not self.constant.issuperset(output_names(self.nodes[position]))

    @cached_property
    def mapped(self) -> frozenset[int]:
        """Positions of the nodes that become layers."""
        functions = {(function.domain, function.name) for function in self.model.functions}
        return frozenset(
            position
            for position, node in enumerate(self.nodes)
            if builder_of(node.domain, node.op_type)
            and (node.domain, node.op_type) not in functions
            and self.is_computed(position)
        )

    @cached_property
    def behind_open_inputs(self) -> frozenset[str]:
        """Tensors that inputs with open sizes reach."""
        reached = set(self.open_inputs)
        for node in self.nodes:
            if not reached.isdisjoint(read_tensors(node)):
                reached.update(output_names(node))
        return frozenset(reached)


def prepare_graph(model: onnx.ModelProto, label: str, given: GivenSizes) -> Graph:
    """Take out the weights, put in sizes and the bodies of functions, and name every node.

    Raises
    ------
    WorkloadError
        If the model has no operator set, other sizes, or nodes out of order.
    """
    if model.ir_version >= 3 and not model.opset_import:
        raise WorkloadError(
            f"{label}: declares no operator set, expected one; the file may be truncated"
        )
    stored = stored_names(model)
    data_inputs = tuple(value.name for value in model.graph.input if value.name not in stored)
    slim = inline_functions(slim_model(model), label)
    flat = _without_bodies(slim)
    inputs = ModelInputs(slim, data_inputs, label)
    notices = fill_sizes(inputs, given)
    nodes = list(slim.graph.node)
    names = tuple(name_nodes(nodes))
    _check_order(nodes, names, label)
    # A model without inputs computes all it computes when it runs.
    constant = constant_tensors(nodes, stored | flat.stored) if data_inputs else frozenset[str]()
    return Graph(
        label,
        slim,
        names,
        data_inputs,
        constant,
        open_inputs=tuple(value.name for value in open_inputs(inputs)),
        advice=advice_on_inputs(inputs),
        notices=tuple(notices),
        paths=flat.paths,
    )


def _without_bodies(model: onnx.ModelProto) -> Flat:
    """Put bodies with products in place of their nodes; most models have none at all."""
    if not any(map(bodies, model.graph.node)):
        return Flat()
    from zigzag_imc.onnx_workload.control_flow.inlining import inline_bodies

    return inline_bodies(model)


def _check_order(nodes: list[onnx.NodeProto], names: tuple[str, ...], label: str) -> None:
    """Refuse a graph in which a node comes before one that it depends on.

    Everything here walks in graph order.
    """
    maker = {
        tensor: position for position, node in enumerate(nodes) for tensor in output_names(node)
    }
    for position, node in enumerate(nodes):
        for tensor in input_names(node):
            if maker.get(tensor, -1) >= position:
                raise WorkloadError(
                    f"{label}: node {names[position]!r} reads {tensor!r}, which node "
                    f"{names[maker[tensor]]!r} makes later; expected the nodes in topological order"
                )
