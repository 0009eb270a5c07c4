"""A layer: one tensor contraction, its loops, and which loop indexes which operand."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from zigzag_imc.core.arguments import instance, instances, shown, text, whole
from zigzag_imc.core.bits import NOTHING_SAID, Bits
from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.precision import DEFAULT, Precision
from zigzag_imc.core.stored_operand import StoredOperand, Storing

__all__ = [
    "INPUTS",
    "LAYER_DIMS",
    "OPERANDS",
    "OUTPUTS",
    "WEIGHTS",
    "Layer",
    "Precision",
    "Window",
]

LAYER_DIMS: tuple[str, ...] = (
    *("B", "G", "H", "D", "K", "C"),
    *("OZ", "OY", "OX"),
    *("FZ", "FY", "FX"),
)
"""Loop dimensions of the field: batch, groups, heads, rows, output and input channels, output and
filter sizes."""

MOST_MACS = 2**53
"""Multiply-accumulates of a layer at most, and sizes, strides and dilations: up to here all counts
of elements, transfers and activations are whole numbers that floating point has exactly."""

_DIM = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")

OPERANDS: tuple[str, str, str] = ("W", "I", "O")
"""Weights, input activations, outputs."""

WEIGHTS, INPUTS, OUTPUTS = range(3)
"""Places of the operands in `OPERANDS`, and in every tuple that has one entry per operand."""


@dataclass(frozen=True, slots=True)
class Window:
    """A sliding window ``i = stride * out + dilation * filt`` over one axis of the input.

    Attributes
    ----------
    output_dim, filter_dim
        The two loop dimensions that together index the axis, e.g. ``OX`` and ``FX``.
    stride, dilation
        In input elements.
    size
        Real width of the input along the axis, without padding; a tile never holds more than this.
    """

    output_dim: str
    filter_dim: str
    stride: int
    dilation: int
    size: int

    _output_step: int = field(init=False, repr=False, compare=False)
    _filter_step: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("stride", "dilation", "size"):
            found = getattr(self, name)
            number = whole(f"window: {name}", found, most=MOST_MACS, error=WorkloadError)
            object.__setattr__(self, name, number)
        common = math.gcd(self.stride, self.dilation)
        object.__setattr__(self, "_output_step", self.stride // common)
        object.__setattr__(self, "_filter_step", self.dilation // common)

    def extent(self, outputs: Any, filters: Any, phantom: bool = False) -> Any:
        """Count the distinct input positions that consecutive steps touch.

        ``outputs`` x ``filters`` steps; numbers, or arrays elementwise. `positions`, clipped to
        ``size``.
        """
        positions = self.positions(outputs, filters, phantom)
        size = self.size
        return positions * (positions <= size) + size * (positions > size)

    def positions(self, outputs: Any, filters: Any, phantom: bool = False) -> Any:
        """Count the distinct positions of consecutive steps, on an input without end.

        ``a*b - max(0, b - s/g) * max(0, a - d/g)`` with ``g = gcd(stride, dilation)``: positions
        repeat where a filter step lands on an output step of the past, which
        needs at least ``d/g`` outputs. ``phantom`` leaves out the second ``max``, as the reference
        tool does: fewer than ``d/g`` outputs then count positions between the taps of a dilated
        filter that nothing reads.
        """
        # Products with comparisons stand for the maxima and the clip: arrays know no branches.
        overlap = filters - self._output_step
        again = outputs - self._filter_step
        repeated = overlap * (overlap > 0) * (again if phantom else again * (again > 0))
        return outputs * filters - repeated


@dataclass(frozen=True)
class Layer:
    """One tensor contraction of a network.

    Attributes
    ----------
    name
        Node name in the graph.
    operator
        Operator type in the graph, e.g. ``Conv``.
    loop_dims
        ``(dimension, size)`` pairs in the field's order; dimensions of size one may be left out. A
        dimension may have a name of its own, such as ``D0``.
    weight_dims, input_dims, output_dims
        Dimensions that index each operand. The dimensions of a window count for the input.
    windows
        Sliding windows of a convolution; empty for a matrix product.
    precision
        Bits per element.
    given_bits
        What of the precision a user, a model or a workload file said; the rest is a default.
    stored
        Of a product of two activations, which of them are the weights here; ``None`` where weights
        are constants or nothing is known about them.
    """

    name: str
    operator: str
    loop_dims: tuple[tuple[str, int], ...]
    weight_dims: frozenset[str]
    input_dims: frozenset[str]
    output_dims: frozenset[str]
    windows: tuple[Window, ...] = ()
    precision: Precision = DEFAULT
    given_bits: Bits = field(default=NOTHING_SAID, compare=False)
    stored: StoredOperand | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        where = f"layer {shown(self.name)}"
        text("layer: name", self.name, "a text", WorkloadError)
        text(f"{where}: operator", self.operator, "a text", WorkloadError)
        object.__setattr__(self, "loop_dims", _loops(where, self.loop_dims))
        for name in ("weight_dims", "input_dims", "output_dims"):
            object.__setattr__(self, name, _dims(f"{where}: {name}", getattr(self, name)))
        instances(f"{where}: windows", self.windows, Window, WorkloadError)
        object.__setattr__(self, "windows", tuple(self.windows))
        precision = "a Precision, such as Precision(W=4)"
        instance(f"{where}: precision", self.precision, Precision, precision, WorkloadError)
        instance(f"{where}: given_bits", self.given_bits, Bits, "Bits", WorkloadError)
        self._check_stored(where)
        indexing = self.weight_dims | self.input_dims | self.output_dims
        for dim, _ in self.loop_dims:
            if dim not in indexing:
                raise WorkloadError(f"{where}: loop dimension {dim!r} indexes nothing")
        if self.macs > MOST_MACS:
            raise WorkloadError(
                f"{where}: found at least 2^{self.macs.bit_length() - 1} multiply-accumulates, the "
                f"product of its loop sizes, expected at most {MOST_MACS} (2^53)"
            )

    def _check_stored(self, where: str) -> None:
        """Refuse what cannot be exchanged with the weights."""
        if self.stored is None:
            return
        instance(f"{where}: stored", self.stored, StoredOperand, "a StoredOperand", WorkloadError)
        if self.windows:
            raise WorkloadError(f"{where}: stored: found windows, expected a product of matrices")

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Loop size per dimension; only dimensions the layer has."""
        return dict(self.loop_dims)

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulate operations of the whole layer."""
        return math.prod(size for _, size in self.loop_dims)

    @property
    def is_matrix_product(self) -> bool:
        """Whether the layer is a matrix product (has no windows)."""
        return not self.windows

    @property
    def ordered_dims(self) -> tuple[str, ...]:
        """All dimensions of the operands in the field's order, names of their own last."""
        named = self.weight_dims | self.input_dims | self.output_dims
        own = (dim for dim in self.sizes if dim not in LAYER_DIMS)
        return (*(dim for dim in LAYER_DIMS if dim in named), *own)

    def relevant(self, operand: str) -> frozenset[str]:
        """Dimensions that index ``operand``, wholly or together with another one."""
        return {"W": self.weight_dims, "I": self.input_dims, "O": self.output_dims}[operand]

    def windows_of(self, operand: str) -> tuple[Window, ...]:
        """Sliding windows that index ``operand``: those of the input."""
        return self.windows if operand == "I" else ()

    def window_dims(self, operand: str) -> frozenset[str]:
        """Dimensions that index ``operand`` together with another one, through a window."""
        windows = self.windows_of(operand)
        return frozenset(dim for w in windows for dim in (w.output_dim, w.filter_dim))

    def plain_dims(self, operand: str) -> frozenset[str]:
        """Dimensions of the layer that index ``operand`` alone, outside its windows."""
        return (self.relevant(operand) & frozenset(self.sizes)) - self.window_dims(operand)

    def idle_dims(self, operand: str) -> frozenset[str]:
        """Dimensions of the layer that are irrelevant to ``operand``."""
        return frozenset(self.sizes) - self.relevant(operand)

    def shape_key(self) -> tuple[object, ...]:
        """All that decides cost: two layers with equal keys have the same optimal mappings."""
        loops = tuple((dim, size) for dim, size in self.loop_dims if size > 1)
        return (
            loops,
            self.weight_dims,
            self.input_dims,
            self.output_dims,
            self.windows,
            self.precision,
            None if self.stored is None else (self.stored.position, self.stored.free),
        )

    @property
    def alternatives(self) -> tuple[Layer, ...]:
        """The layer itself; and where that is free to choose, with its other operand stored."""
        is_free = self.stored is not None and self.stored.free
        return (self, self.swapped()) if is_free else (self,)

    def swapped(self) -> Layer:
        """Return the same product with the other activation in the array.

        ``O = A B`` is ``O^T = B^T A^T``: weights and inputs change places with all that indexes
        them and with their bits. Loop dimensions keep their names and meaning in the graph.

        Raises
        ------
        WorkloadError
            When the layer is no product of two activations.
        """
        if self.stored is None:
            raise WorkloadError(
                f"layer {shown(self.name)}: its weights are no activation, only these can change "
                "places with inputs"
            )
        bits = self.precision
        return self.replace(
            weight_dims=self.input_dims,
            input_dims=self.weight_dims,
            precision=replace(bits, W=bits.I, I=bits.W),
            given_bits=self.given_bits.swapped(),
            stored=self.stored.other(),
        )

    def storing(self, wish: Storing) -> Layer:
        """Return the layer with a fixed operand stored, where it is a product of activations."""
        if self.stored is None or wish == "best":
            return self
        turned = self if self.stored.position == wish else self.swapped()
        assert turned.stored is not None, "either operand of a product may be stored"
        return turned.replace(stored=turned.stored.fixed())

    def with_bits(self, bits: Bits, default: Precision = DEFAULT) -> Layer:
        """Return the layer with bits that somebody said; the others are the default."""
        return self.replace(precision=bits.filled(default), given_bits=bits)

    def replace(self, **changes: object) -> Layer:
        """Return a copy with some attributes changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


def _loops(where: str, found: object) -> tuple[tuple[str, int], ...]:
    """Return the loops of a layer, checked."""
    pairs = list(found.items()) if isinstance(found, Mapping) else found
    if not isinstance(pairs, Sequence) or not all(_is_pair(pair) for pair in pairs):
        raise WorkloadError(
            f"{where}: loop_dims: found {shown(found)}, expected (dimension, size) pairs"
        )
    loops: dict[str, int] = {}
    for dim, size in pairs:
        if not _is_dim(dim):
            raise WorkloadError(
                f"{where}: found loop dimension {shown(dim)}, expected a word such as K or D0"
            )
        if dim in loops:
            raise WorkloadError(f"{where}: loop dimension {dim!r} is there twice")
        loops[dim] = whole(f"{where}: loop {dim}: size", size, most=MOST_MACS, error=WorkloadError)
    return tuple(loops.items())


def _is_dim(found: object) -> bool:
    return isinstance(found, str) and _is_word(found)


@lru_cache(maxsize=1024)
def _is_word(found: str) -> bool:
    """Whether a text can name a loop dimension; layers have the same few again and again."""
    return _DIM.fullmatch(found) is not None


def _is_pair(found: object) -> bool:
    return isinstance(found, tuple | list) and len(found) == 2


def _dims(where: str, found: object) -> frozenset[str]:
    """Return loop dimensions, checked."""
    if isinstance(found, frozenset | set | tuple | list) and all(map(_is_dim, found)):
        return frozenset(found)
    raise WorkloadError(
        f"{where}: found {shown(found)}, expected a set of loop dimensions such as K or D0"
    )
