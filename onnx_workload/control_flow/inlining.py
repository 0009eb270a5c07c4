"""Bodies of ``If``, ``Loop`` and ``Scan`` put in the place of their nodes.

Only where there are products inside. Both branches of an ``If`` become parts of the graph, whose
results meet in nodes that stand for either of two tensors; the body of a ``Loop`` or a ``Scan``
stands once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import onnx
from onnx import helper

from zigzag_imc.onnx_workload.control_flow.flat import Flat
from zigzag_imc.onnx_workload.control_flow.regions import Branch, Path, Repeat, Trips
from zigzag_imc.onnx_workload.control_flow.renaming import local_names, renamed
from zigzag_imc.onnx_workload.control_flow.scan import ScanAxes, is_whole_scan
from zigzag_imc.onnx_workload.naming import name_nodes
from zigzag_imc.onnx_workload.nodes import BODIES, bodies, find_attribute, nodes_within
from zigzag_imc.onnx_workload.operators import builder_of, reason_unmapped
from zigzag_imc.onnx_workload.shape_rules.branches import (
    CARRIED,
    EITHER,
    GOES_ON,
    NUMBER,
    SCANNED,
    STACKED,
)
from zigzag_imc.onnx_workload.slimming import hold_weights, stored_in
from zigzag_imc.onnx_workload.tensor_values import values_of


def inline_bodies(model: onnx.ModelProto) -> Flat:
    """Put bodies with products in place of their nodes, in the model itself."""
    if not any(map(_is_followed, model.graph.node)):
        return Flat()
    flattening = _Flattening(model.graph)
    nodes = list(model.graph.node)
    flattening.add(nodes, name_nodes(nodes), {}, ())
    del model.graph.node[:]
    model.graph.node.extend(flattening.nodes)
    if all(entry.domain != BODIES for entry in model.opset_import):
        model.opset_import.append(helper.make_opsetid(BODIES, 1))
    return Flat(tuple(flattening.paths), frozenset(flattening.stored))


def _is_followed(node: onnx.NodeProto) -> bool:
    """Whether a node is an ``If``, a ``Loop`` or a ``Scan`` of ONNX with products in its bodies."""
    if node.domain or not _is_whole(node):
        return False
    inside = (inner for body in bodies(node) for inner in nodes_within(body.node))
    return any(
        builder_of(inner.domain, inner.op_type) or reason_unmapped(inner) for inner in inside
    )


def _is_whole(node: onnx.NodeProto) -> bool:
    """Whether a node is an ``If``, a ``Loop`` or a ``Scan`` with all that these must have."""
    inside = bodies(node)
    if node.op_type == "If":
        return bool(node.input) and len(inside) == 2
    if node.op_type == "Loop":
        return len(inside) == 1 and len(inside[0].input) > 1 and bool(inside[0].output)
    return node.op_type == "Scan" and len(inside) == 1 and is_whole_scan(node, inside[0])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mark of the flat graph stands.

    Attributes
    ----------
    name, operator
        Name and operator type of the node whose body begins or ends there.
    path
        Bodies around the mark.
    axis
        Axis along which a ``Scan`` takes a tensor apart, or puts one together.
    """

    name: str
    operator: str
    path: Path
    axis: int | None = None


class _Flattening:
    """The nodes of the flat graph so far."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.graph = graph
        self.nodes: list[onnx.NodeProto] = []
        self.paths: list[Path] = []
        self.stored: set[str] = set()
        self.known = dict(_scalars(graph.initializer))

    def add(
        self,
        nodes: Sequence[onnx.NodeProto],
        node_names: Sequence[str],
        tensors: Mapping[str, str],
        path: Path,
    ) -> None:
        """Add nodes under their names, and with other names for some of their tensors."""
        for node, name in zip(nodes, node_names, strict=True):
            copy = renamed(node, tensors)
            copy.name = name
            if not _is_followed(copy):
                self._append(copy, path)
            elif copy.op_type == "If":
                self._add_branches(copy, path)
            elif copy.op_type == "Loop":
                self._add_loop(copy, path)
            else:
                self._add_scan(copy, path)

    def _append(self, node: onnx.NodeProto, path: Path) -> None:
        self.nodes.append(node)
        self.paths.append(path)
        value = find_attribute(node, "value") if node.op_type == "Constant" else None
        if value is not None and value.HasField("t") and node.output:
            value.t.name = node.output[0]
            self.known.update(_scalars([value.t]))

    def _mark(self, op_type: str, inputs: Sequence[str], output: str, place: Place) -> None:
        """Add a node that stands for the way of a tensor into a body or out of it."""
        if output:
            node = helper.make_node(op_type, list(inputs), [output], name=place.name, domain=BODIES)
            node.doc_string = place.operator
            if place.axis is not None:
                node.attribute.append(helper.make_attribute("axis", place.axis))
            self._append(node, place.path)

    def _add_body(
        self, body: onnx.GraphProto, tensors: Mapping[str, str], prefix: str, path: Path
    ) -> list[str]:
        """Add the nodes and weights of a body; return the tensors that it yields."""
        for tensor in body.initializer:
            tensor.name = tensors.get(tensor.name, tensor.name)
        for sparse in body.sparse_initializer:
            name = sparse.values.name
            sparse.values.name = tensors.get(name, name)
        self.known.update(_scalars(body.initializer))
        self.stored.update(stored_in(body))
        hold_weights(self.graph, body)
        names = [f"{prefix}/{name}" for name in name_nodes(list(body.node))]
        self.add(body.node, names, tensors, path)
        return [tensors.get(value.name, value.name) for value in body.output]

    def _add_branches(self, node: onnx.NodeProto, path: Path) -> None:
        condition = self.known.get(node.input[0])
        yields: dict[bool, list[str]] = {}
        for is_then, attribute in ((True, "then_branch"), (False, "else_branch")):
            found = find_attribute(node, attribute)
            if found is None:
                continue
            prefix = node.name if is_then else f"{node.name}/else"
            inside = (*path, Branch(node.name, is_then, node.input[0]))
            tensors = local_names(found.g, f"{node.name}/{'then' if is_then else 'else'}")
            yields[is_then] = self._add_body(found.g, tensors, prefix, inside)
        for place, output in enumerate(node.output):
            chosen = [made[place] for made in yields.values() if place < len(made)]
            if condition is not None and bool(condition) in yields:
                chosen = yields[bool(condition)][place : place + 1]
            self._mark(EITHER, chosen, output, Place(node.name, node.op_type, path))

    def _add_loop(self, node: onnx.NodeProto, path: Path) -> None:
        body = next(iter(bodies(node)))
        given = [*node.input, "", ""]
        tensors = local_names(body, f"{node.name}/body")
        starts = [tensors.get(value.name, value.name) for value in body.input]
        ends = [tensors.get(value.name, value.name) for value in body.output]
        carried = tuple(zip(starts[2:], ends[1:], strict=False))
        trips = Trips(given[0], given[1], self._goes_on(body))
        inside = (*path, Repeat(node.name, node.op_type, trips, carried))
        within, behind = (
            Place(node.name, node.op_type, inside),
            Place(node.name, node.op_type, path),
        )
        self._mark(NUMBER, [name for name in given[:1] if name], starts[0], within)
        self._mark(GOES_ON, [name for name in given[1:2] if name], starts[1], within)
        for start, first in zip(starts[2:], node.input[2:], strict=False):
            self._mark(CARRIED, [first], start, within)
        self._add_body(body, tensors, node.name, inside)
        for place, output in enumerate(node.output):
            is_carried = place < len(carried)
            last = ends[1 + place : 2 + place]
            self._mark(CARRIED if is_carried else STACKED, last, output, behind)

    def _add_scan(self, node: onnx.NodeProto, path: Path) -> None:
        """Add the body of a ``Scan``: tensors that it carries, and those that it goes through."""
        body = next(iter(bodies(node)))
        tensors = local_names(body, f"{node.name}/body")
        starts = [tensors.get(value.name, value.name) for value in body.input]
        ends = [tensors.get(value.name, value.name) for value in body.output]
        scan = ScanAxes.of(node)
        states = len(starts) - len(scan.inputs)
        carried = tuple(zip(starts[:states], ends[:states], strict=True))
        scanned = node.input[states:]
        trips = Trips(scanned=scanned[0], axis=scan.inputs[0])
        inside = (*path, Repeat(node.name, node.op_type, trips, carried))
        within = Place(node.name, node.op_type, inside)
        for start, first in zip(starts[:states], node.input[:states], strict=True):
            self._mark(CARRIED, [first], start, within)
        for start, whole, axis in zip(starts[states:], scanned, scan.inputs, strict=True):
            self._mark(SCANNED, [whole], start, Place(node.name, node.op_type, inside, axis))
        self._add_body(body, tensors, node.name, inside)
        for number, (last, output) in enumerate(zip(ends, node.output, strict=False)):
            if number < states:
                self._mark(CARRIED, [last], output, Place(node.name, node.op_type, path))
            else:
                axis = scan.of_output(number - states)
                self._mark(STACKED, [last], output, Place(node.name, node.op_type, path, axis))

    def _goes_on(self, body: onnx.GraphProto) -> bool:
        """Whether the condition that a body yields is the one it was given, or is always true."""
        makers = {name: node for node in body.node for name in node.output}
        tensor = body.output[0].name
        for _ in body.node:  # as far as a chain can be
            maker = makers.get(tensor)
            if maker is None or maker.op_type not in ("Identity", "Cast") or not maker.input:
                break
            tensor = maker.input[0]
        if tensor == body.input[1].name:
            return True
        known = self.known | dict(_scalars(body.initializer))
        if tensor in makers and makers[tensor].op_type == "Constant":
            value = find_attribute(makers[tensor], "value")
            return value is not None and any(bool(v) for _, v in _scalars([value.t]))
        return bool(known.get(tensor)) and tensor not in makers


def _scalars(tensors: Iterable[onnx.TensorProto]) -> Iterable[tuple[str, float]]:
    """Yield names and values of single numbers and conditions that are stored."""
    for tensor in tensors:
        if all(size == 1 for size in tensor.dims) and tensor.data_type in _COUNTING:
            known = values_of(tensor)
            if known is not None and known.size == 1:
                yield tensor.name, known.item()


_COUNTING = (onnx.TensorProto.BOOL, onnx.TensorProto.INT32, onnx.TensorProto.INT64)
