"""What the operator files may ask about a node: its attributes and the sizes of its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import onnx

from zigzag_imc.core.bits import Bits
from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload.nodes import find_attribute
from zigzag_imc.onnx_workload.shapes import Dim, Shape


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A node that multiplies and accumulates but cannot become a layer.

    Attributes
    ----------
    reason
        Why not, a phrase for a person.
    macs
        Its multiply-accumulates, ``None`` where they cannot be told.
    """

    reason: str
    macs: int | None = None


class UnknownSizeError(WorkloadError):
    """A size of a node that is not known.

    Attributes
    ----------
    node_name
        Unique name of the node.
    reason
        Which size, a phrase for a person.
    """

    def __init__(self, view: NodeView, reason: str) -> None:
        advice = f"; {view.advice}" if view.advice else ""
        super().__init__(str(view.error(f"{reason}, expected fixed sizes{advice}")))
        self.node_name = view.name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node with the shapes around it.

    Attributes
    ----------
    name
        Unique name of the node.
    node
        The node itself.
    label
        How messages name the model.
    shapes
        Shape of every tensor whose rank is known.
    constant
        Names of the tensors known before any input arrives.
    advice
        How a person can make unknown sizes known; ends the messages about them.
    given_bits
        Bits that count whatever the model says.
    tensor_bits
        Bits per element of tensors, as far as the model quantizes them.
    output_bits
        Bits to which the output is quantized, if it is.
    """

    name: str
    node: onnx.NodeProto
    label: str
    shapes: Mapping[str, Shape]
    constant: frozenset[str]
    advice: str = ""
    given_bits: Bits = Bits()  # noqa: RUF009  (frozen)
    tensor_bits: Mapping[str, int] = field(default_factory=dict)
    output_bits: int | None = None

    def error(self, text: str) -> WorkloadError:
        """Return an error that names the model and the node."""
        return WorkloadError(f"{self.label}: node {self.name!r} ({self.node.op_type}): {text}")

    def part(self, name: str, *, last: bool = False) -> NodeView:
        """Return the same node with the name of one of the layers it becomes.

        Only the last one makes the output of the node.
        """
        bits = self.output_bits if last else None
        return replace(self, name=f"{self.name}.{name}", output_bits=bits)

    def tensor(self, position: int) -> str:
        """Return the name of an input that the operator requires."""
        name = self.node.input[position] if position < len(self.node.input) else ""
        if not name:
            raise self.error(f"input {position} is missing, expected a tensor")
        return name

    def shape(self, position: int) -> Shape:
        """Return the shape of an input; its sizes may still be unknown."""
        name = self.tensor(position)
        if name not in self.shapes:
            raise UnknownSizeError(self, f"the shape of its input {name!r} is unknown")
        return self.shapes[name]

    def sizes(self, position: int) -> tuple[int, ...]:
        """Return the shape of an input, all of it known."""
        return tuple(self.size(position, axis) for axis in range(len(self.shape(position))))

    def size(self, position: int, axis: int) -> int:
        """Return one size of an input, known and at least 1."""
        name, dim = self.tensor(position), self.shape(position)[axis]
        if isinstance(dim, int) and dim >= 1:
            return dim
        raise UnknownSizeError(self, f"dimension {axis} of its input {name!r} is {_wording(dim)}")

    def has(self, position: int) -> bool:
        """Whether an input that may be left out is there."""
        return position < len(self.node.input) and bool(self.node.input[position])

    def is_constant(self, position: int) -> bool:
        """Whether an input is known before any input of the network arrives."""
        return self.tensor(position) in self.constant

    def bits(self, position: int) -> int | None:
        """Return the bits per element of an input, if the model quantizes it."""
        return self.tensor_bits.get(self.tensor(position))

    def with_bits(self, layer: Layer, weights: int | None, inputs: int | None) -> Layer:
        """Return a layer of the node with the bits of its operands, where they are known."""
        model = Bits(W=weights, I=inputs, O_final=self.output_bits)
        return layer.with_bits(self.given_bits.or_else(model))

    def integer(self, name: str, default: int) -> int:
        """Return an integer attribute."""
        found = find_attribute(self.node, name)
        return default if found is None else int(found.i)

    def integers(self, name: str) -> tuple[int, ...]:
        """Return an attribute that is a list of integers; empty if it is absent."""
        found = find_attribute(self.node, name)
        return () if found is None else tuple(map(int, found.ints))

    def text(self, name: str, default: str) -> str:
        """Return a string attribute."""
        found = find_attribute(self.node, name)
        return default if found is None else found.s.decode(errors="replace")


def _wording(dim: Dim) -> str:
    if dim is None:
        return "unknown"
    return f"the symbol {dim!r}" if isinstance(dim, str) else str(dim)
