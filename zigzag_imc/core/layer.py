"""A layer: one tensor contraction, its loops, and which loop indexes which operand."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from zigzag_imc.core.bits import Bits
from zigzag_imc.core.errors import WorkloadError

LAYER_DIMS: tuple[str, ...] = (
    *("B", "G", "H", "D", "K", "C"),
    *("OZ", "OY", "OX"),
    *("FZ", "FY", "FX"),
)
"""Loop dimensions of the field: batch, groups, heads, rows, output and input channels, output and
filter sizes."""

_DIM = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")

OPERANDS: tuple[str, str, str] = ("W", "I", "O")
"""Weights, input activations, outputs."""

WEIGHTS, INPUTS, OUTPUTS = range(3)
"""Places of the operands in `OPERANDS`, and in every tuple that has one entry per operand."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Bits per element of each operand; ``O`` is a partial sum, ``O_final`` a finished output.

    Attributes
    ----------
    W, I, O, O_final
        Bits of a weight, an input, a partial sum and a finished output.
    """

    W: int = 8
    I: int = 8  # noqa: E741  (the field's name for input activations)
    O: int = 16  # noqa: E741  (the field's name for outputs)
    O_final: int = 8

    def __post_init__(self) -> None:
        for name in ("W", "I", "O", "O_final"):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 1:
                raise WorkloadError(
                    f"precision of {name}: found {value!r}, "
                    "expected a whole number of bits, at least 1"
                )

    @property
    def least_output(self) -> int:
        """Bits of an output on its way at least: of a partial sum or of a finished one."""
        return min(self.O, self.O_final)

    def least_bits(self, operand: str) -> int:
        """Bits of one element of ``operand`` on its way at least."""
        return self.least_output if operand == "O" else self.bits(operand)

    def bits(self, operand: str) -> int:
        """Bits of one element of ``operand`` ('W', 'I' or 'O')."""
        return int(getattr(self, operand))


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
    """

    name: str
    operator: str
    loop_dims: tuple[tuple[str, int], ...]
    weight_dims: frozenset[str]
    input_dims: frozenset[str]
    output_dims: frozenset[str]
    windows: tuple[Window, ...] = ()
    precision: Precision = Precision()
    given_bits: Bits = field(default=Bits(), compare=False)

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for dim, size in self.loop_dims:
            if dim in seen:
                raise WorkloadError(f"layer {self.name!r}: loop dimension {dim!r} is there twice")
            if not _DIM.fullmatch(dim):
                raise WorkloadError(
                    f"layer {self.name!r}: found loop dimension {dim!r}, expected a word such as "
                    "K or D0"
                )
            if not any(dim in self.relevant(operand) for operand in OPERANDS):
                raise WorkloadError(f"layer {self.name!r}: loop dimension {dim!r} indexes nothing")
            if size < 1:
                raise WorkloadError(
                    f"layer {self.name!r}: loop {dim} has size {size}, expected at least 1"
                )
            seen.add(dim)

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
        )

    def with_bits(self, bits: Bits, default: Precision = Precision()) -> Layer:
        """Return the layer with bits that somebody said; the others are the default."""
        return self.replace(precision=bits.filled(default), given_bits=bits)

    def replace(self, **changes: object) -> Layer:
        """Return a copy with some attributes changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


def conv_layer(  # noqa: PLR0913  (users name each of their choices)
    name: str,
    *,
    operator: str = "Conv",
    batch: int = 1,
    groups: int = 1,
    out_channels: int,
    in_channels: int,
    output_size: int | tuple[int, int],
    filter_size: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    dilation: int | tuple[int, int] = 1,
    input_size: int | tuple[int, int] | None = None,
    precision: Precision = Precision(),
) -> Layer:
    """Build a convolution; every pair is (height, width), channels count per group.

    ``input_size`` is the real input without padding; left out, the input is as large as the windows
    reach.

    Raises
    ------
    WorkloadError
        When a size is neither a whole number, which stands for both height and width, nor a pair of
        them.
    """
    outputs, filters = (
        _pair(name, "output_size", output_size),
        _pair(name, "filter_size", filter_size),
    )
    strides, dilations = _pair(name, "stride", stride), _pair(name, "dilation", dilation)
    inputs = None if input_size is None else _pair(name, "input_size", input_size)
    windows = []
    for axis, (out_dim, filter_dim) in enumerate((("OY", "FY"), ("OX", "FX"))):
        reach = (outputs[axis] - 1) * strides[axis] + (filters[axis] - 1) * dilations[axis] + 1
        size = reach if inputs is None else inputs[axis]
        windows.append(Window(out_dim, filter_dim, strides[axis], dilations[axis], size))
    return Layer(
        name=name,
        operator=operator,
        loop_dims=(
            ("B", batch),
            ("G", groups),
            ("K", out_channels),
            ("C", in_channels),
            ("OY", outputs[0]),
            ("OX", outputs[1]),
            ("FY", filters[0]),
            ("FX", filters[1]),
        ),
        weight_dims=frozenset(("G", "K", "C", "FY", "FX")),
        input_dims=frozenset(("B", "G", "C", "OY", "OX", "FY", "FX")),
        output_dims=frozenset(("B", "G", "K", "OY", "OX")),
        windows=tuple(windows),
        precision=precision,
    )


def _pair(layer: str, name: str, value: object) -> tuple[int, int]:
    """Height and width, both the same where one number is given."""
    pair = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(pair) != 2 or not all(
        isinstance(number, int) and not isinstance(number, bool) for number in pair
    ):
        raise WorkloadError(
            f"layer {layer!r}: {name}: found {value!r}, expected a whole number or (height, width)"
        )
    return pair


def matmul_layer(  # noqa: PLR0913  (users name each of their choices)
    name: str,
    *,
    operator: str = "MatMul",
    rows: int,
    out_channels: int,
    in_channels: int,
    batch: int = 1,
    heads: int = 1,
    weight_batched: bool = False,
    precision: Precision = Precision(),
) -> Layer:
    """Build a matrix product ``O[b][h][d][k] += I[b][h][d][c] * W[c][k]``.

    ``weight_batched`` says that the right-hand side also differs per batch and head (it was
    computed, not learned).
    """
    batched = frozenset(("B", "H")) if weight_batched else frozenset()
    return Layer(
        name=name,
        operator=operator,
        loop_dims=(
            ("B", batch),
            ("H", heads),
            ("D", rows),
            ("K", out_channels),
            ("C", in_channels),
        ),
        weight_dims=frozenset(("C", "K")) | batched,
        input_dims=frozenset(("B", "H", "D", "C")),
        output_dims=frozenset(("B", "H", "D", "K")),
        precision=precision,
    )
