"""Which body a node of the flat graph comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zigzag_imc.onnx_workload.node_inference import Values
from zigzag_imc.onnx_workload.shapes import Shape


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the two branches of an ``If``.

    Attributes
    ----------
    name
        Name of the node.
    is_then
        Whether it is the branch for a condition that holds.
    condition
        Tensor of the condition.
    """

    name: str
    is_then: bool
    condition: str

    def is_taken(self, values: Values) -> bool | None:
        """Whether it is the branch that runs; ``None`` where that depends on the data."""
        holds = _number(values, self.condition)
        return None if holds is None else bool(holds) == self.is_then


@dataclass(frozen=True, slots=True)
class Trips:
    """What says how often a body runs.

    Attributes
    ----------
    count
        Tensor of the number of steps; empty where there is none.
    start
        Tensor of the condition to begin with; empty where it holds.
    goes_on
        Whether that condition stays as it is.
    scanned, axis
        Tensor that is gone through along an axis, a step each; of a ``Scan``.
    """

    count: str = ""
    start: str = ""
    goes_on: bool = True
    scanned: str = ""
    axis: int = 0

    @property
    def told_by(self) -> tuple[str, ...]:
        """Tensors of which the value matters."""
        return tuple(name for name in (self.count, self.start) if name)

    def steps(self, shapes: Mapping[str, Shape], values: Values) -> int | None:
        """Return how often the body runs; ``None`` where that depends on the data."""
        if self.scanned:
            return _size(shapes.get(self.scanned), self.axis)
        count = _number(values, self.count)
        begins = _number(values, self.start) if self.start else 1
        if count is None or begins is None or not self.goes_on:
            return None
        return max(0, count) if begins else 0


@dataclass(frozen=True, slots=True)
class Repeat:
    """The body of a ``Loop`` or a ``Scan``.

    Attributes
    ----------
    name, operator
        Name and operator type of the node.
    trips
        What says how often it runs.
    carried
        Tensors that go from step to step: at the start and at the end of one.
    """

    name: str
    operator: str
    trips: Trips
    carried: tuple[tuple[str, str], ...]


Region = Branch | Repeat

Path = tuple[Region, ...]
"""Bodies around a node, outermost first."""


def _size(shape: Shape | None, axis: int) -> int | None:
    """Return a size that is known; a negative axis counts from the last one."""
    if shape is None or not -len(shape) <= axis < len(shape):
        return None
    size = shape[axis]
    return size if isinstance(size, int) else None


def _number(values: Values, name: str) -> int | None:
    """Return the value of a tensor of one element."""
    value = values.get(name)
    if value is None or value.size != 1 or value.dtype.kind not in "biu":
        return None
    return int(value.item())
