"""Bits per element of the tensors of a graph, as far as the model quantizes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import onnx

from zigzag_imc.onnx_workload.bits.data_types import BITS_OF_TYPE, bits_of_text
from zigzag_imc.onnx_workload.bits.quantizers import Quantizer, merely_quantizes, quantized_bits
from zigzag_imc.onnx_workload.constant_folding import stored_values
from zigzag_imc.onnx_workload.node_inference import Values
from zigzag_imc.onnx_workload.nodes import find_attribute, output_names
from zigzag_imc.onnx_workload.tensor_values import values_of

# What comes out is what went in, moved or left out, or zero.
_MOVING = frozenset(
    (
        "DequantizeLinear",
        "Cast",
        "Identity",
        "Dropout",
        "Reshape",
        "Flatten",
        "Squeeze",
        "Unsqueeze",
        "Transpose",
        "Slice",
        "Split",
        "Gather",
        "Expand",
        "Tile",
        "Pad",
        "DepthToSpace",
        "SpaceToDepth",
        "MaxPool",
        "GlobalMaxPool",
        "NhwcMaxPool",
        "MaxPoolNHWC",
        "Relu",
        "Im2Col",
        "Copy",
    )
)
# What a finished output may pass before it is quantized: numbers of its own are added or multiplied
# only where they are constants.
_FINISHING = _MOVING | {
    "BatchNormalization",
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Clip",
    "LeakyRelu",
    "PRelu",
    "Elu",
    "Selu",
    "Sigmoid",
    "Tanh",
    "HardSigmoid",
    "HardSwish",
    "Gelu",
    "Mish",
    "Softplus",
}


@dataclass(frozen=True)
class TensorBits:
    """What quantization gives tensors.

    Attributes
    ----------
    held
        Bits per element of the tensors that are quantized.
    finished
        Bits to which a tensor is quantized wherever it goes.
    """

    held: Mapping[str, int] = field(default_factory=dict)
    finished: Mapping[str, int] = field(default_factory=dict)

    def of_output(self, tensor: str) -> int | None:
        """Return the bits of a finished output."""
        return self.held.get(tensor, self.finished.get(tensor))


def find_bits(model: onnx.ModelProto, constant: frozenset[str]) -> TensorBits:
    """Follow quantization through a graph.

    Parameters
    ----------
    model
        Model without weights, its nodes in topological order.
    constant
        Tensors known before any input arrives.
    """
    nodes = model.graph.node
    types, values = _types(model), _values(model)
    quantizing: dict[int, int] = {}
    held = {name: BITS_OF_TYPE[kind] for name, kind in types.items() if kind in BITS_OF_TYPE}
    held.update(_annotated(model.graph))
    for position, node in enumerate(nodes):
        held.update(_declared_by(node))
        own = quantized_bits(Quantizer(node, types, values))
        if own is not None and merely_quantizes(node):
            quantizing[position] = own
        bits = own if own is not None else _moved(node, held)
        if bits is not None:
            held.update(dict.fromkeys(output_names(node), bits))
    outputs = [value.name for value in model.graph.output]
    finished = _finished(nodes, quantizing, constant, outputs)
    return TensorBits(held, {name: bits for name, bits in finished.items() if bits is not None})


def _annotated(graph: onnx.GraphProto) -> Iterator[tuple[str, int]]:
    """Yield the tensors that QONNX annotates with a type."""
    for annotation in graph.quantization_annotation:
        for entry in annotation.quant_parameter_tensor_names:
            bits = bits_of_text(entry.value) if entry.key == "finn_datatype" else None
            if bits is not None:
                yield annotation.tensor_name, bits


def _declared_by(node: onnx.NodeProto) -> Iterator[tuple[str, int]]:
    """Yield the inputs of an operator of FINN that it has the types of."""
    for position, name in enumerate(("inputDataType", "weightDataType")):
        attribute = find_attribute(node, name)
        if attribute is None:
            continue
        bits = bits_of_text(attribute.s.decode(errors="replace"))
        if bits is not None and position < len(node.input):
            yield node.input[position], bits


def _moved(node: onnx.NodeProto, held: Mapping[str, int]) -> int | None:
    """Return the bits of what a node merely moves."""
    if node.op_type == "Concat":
        found = [held.get(name) for name in node.input]
        known = [bits for bits in found if bits is not None]
        return max(known) if known and len(known) == len(found) else None
    return held.get(node.input[0]) if node.op_type in _MOVING and node.input else None


def _finished(
    nodes: Sequence[onnx.NodeProto],
    quantizing: Mapping[int, int],
    constant: frozenset[str],
    outputs: Iterable[str],
) -> dict[str, int | None]:
    """Return what every consumer of a tensor quantizes it to at most, ``None`` if one does not.

    What leaves the graph as it is, is not quantized.
    """
    found: dict[str, int | None] = dict.fromkeys(outputs)
    for position in reversed(range(len(nodes))):
        node = nodes[position]
        after = quantizing.get(position)
        data = [name for name in node.input if name and name not in constant]
        if after is None and len(data) == 1 and node.op_type in _FINISHING and node.output:
            after = found.get(node.output[0])
        for name in data:
            known = found.get(name, 0)
            found[name] = None if after is None or known is None else max(known, after)
    return found


def _types(model: onnx.ModelProto) -> dict[str, int]:
    graph = model.graph
    types = {value.name: value.type.tensor_type.elem_type for value in graph.input}
    types.update((tensor.name, tensor.data_type) for tensor in graph.initializer)
    for name, tensor in _constants(graph.node):
        types[name] = tensor.data_type
    return types


def _values(model: onnx.ModelProto) -> Values:
    values = stored_values(model)
    for name, tensor in _constants(model.graph.node):
        known = values_of(tensor)
        if known is not None:
            values[name] = known
    return values


def _constants(nodes: Iterable[onnx.NodeProto]) -> Iterator[tuple[str, onnx.TensorProto]]:
    for node in nodes:
        value = find_attribute(node, "value") if node.op_type == "Constant" else None
        if value is not None and value.HasField("t") and node.output:
            yield node.output[0], value.t
