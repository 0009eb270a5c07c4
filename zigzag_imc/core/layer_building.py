"""Layers from a handful of sizes: convolutions and matrix products."""

from __future__ import annotations

from collections.abc import Mapping

from zigzag_imc.core.arguments import flag, is_whole, shown, whole
from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.layer import MOST_MACS, Layer, Window
from zigzag_imc.core.precision import DEFAULT, Precision
from zigzag_imc.core.precision_text import precision_of
from zigzag_imc.core.stored_operand import StoredOperand


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
    precision: Precision | str | Mapping[str, int] = DEFAULT,
) -> Layer:
    """Build a convolution.

    A size is one number for both height and width, or a pair of them, (height, width).

    Parameters
    ----------
    name
        Name of the layer.
    operator
        Operator type; layers of different types may have constraints of their own.
    batch
        Batch size.
    groups
        Groups of channels; a depthwise convolution has as many as channels.
    out_channels
        Output channels of each group.
    in_channels
        Input channels of each group.
    output_size
        Size of the output.
    filter_size
        Size of the filter.
    stride
        Step of the filter over the input, in elements of the input.
    dilation
        Step between the taps of the filter, in elements of the input.
    input_size
        Size of the real input, without padding; by default as large as the windows reach.
    precision
        Bits per element, such as ``"W=4"``, ``{"W": 4}`` or ``Precision(W=4)``.

    Raises
    ------
    WorkloadError
        When a size is neither a whole number, at least 1, which stands for both height and width,
        nor a pair of them.
    OptionError
        When the precision cannot be read.
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
        if size > MOST_MACS:
            raise WorkloadError(
                f"layer {shown(name)}: its windows reach over {shown(size)} inputs, expected at "
                f"most {MOST_MACS}"
            )
        windows.append(Window(out_dim, filter_dim, strides[axis], dilations[axis], size))
    return Layer(
        name=name,
        operator=operator,
        loop_dims=(
            ("B", _size(name, "batch", batch)),
            ("G", _size(name, "groups", groups)),
            ("K", _size(name, "out_channels", out_channels)),
            ("C", _size(name, "in_channels", in_channels)),
            ("OY", outputs[0]),
            ("OX", outputs[1]),
            ("FY", filters[0]),
            ("FX", filters[1]),
        ),
        weight_dims=frozenset(("G", "K", "C", "FY", "FX")),
        input_dims=frozenset(("B", "G", "C", "OY", "OX", "FY", "FX")),
        output_dims=frozenset(("B", "G", "K", "OY", "OX")),
        windows=tuple(windows),
        precision=precision_of(precision),
    )


def _pair(layer: object, name: str, value: object) -> tuple[int, int]:
    """Height and width, both the same where one number is given."""
    pair = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(pair) != 2 or not all(is_whole(number) and int(number) >= 1 for number in pair):
        raise WorkloadError(
            f"layer {shown(layer)}: {name}: found {_in_full(value)}, expected a whole number "
            "or (height, width), at least 1"
        )
    height, width = (_size(layer, name, number) for number in pair)
    return height, width


def _in_full(value: object) -> str:
    """Return a pair that is none as it was written, anything else in short."""
    if isinstance(value, tuple | list) and len(repr(value)) <= 60:
        return repr(value)
    return shown(value)


def _size(layer: object, name: str, value: object) -> int:
    return whole(f"layer {shown(layer)}: {name}", value, most=MOST_MACS, error=WorkloadError)


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
    activations: tuple[str, str] | None = None,
    precision: Precision | str | Mapping[str, int] = DEFAULT,
) -> Layer:
    """Build a matrix product ``O[b][h][d][k] += I[b][h][d][c] * W[c][k]``.

    Parameters
    ----------
    name
        Name of the layer.
    operator
        Operator type; layers of different types may have constraints of their own.
    rows
        Rows of the left-hand side, such as tokens: size of ``d``.
    out_channels
        Columns of the right-hand side: size of ``k``.
    in_channels
        Columns of the left-hand side and rows of the right-hand side: size of ``c``.
    batch
        Size of ``b``: there is a product for each batch element and head.
    heads
        Size of ``h``.
    weight_batched
        Whether the right-hand side also differs per batch and head (it was computed, not learned).
    activations
        Names of left- and right-hand side where both were computed: then either may be the one
        that is written into the array, and searches take the better.
    precision
        Bits per element, such as ``"W=4"``, ``{"W": 4}`` or ``Precision(W=4)``.

    Raises
    ------
    WorkloadError
        When a size is no whole number, at least 1.
    OptionError
        When the precision cannot be read.
    """
    batched = frozenset(("B", "H")) if flag("weight_batched", weight_batched) else frozenset()
    return Layer(
        name=name,
        operator=operator,
        loop_dims=(
            ("B", _size(name, "batch", batch)),
            ("H", _size(name, "heads", heads)),
            ("D", _size(name, "rows", rows)),
            ("K", _size(name, "out_channels", out_channels)),
            ("C", _size(name, "in_channels", in_channels)),
        ),
        weight_dims=frozenset(("C", "K")) | batched,
        input_dims=frozenset(("B", "H", "D", "C")),
        output_dims=frozenset(("B", "H", "D", "K")),
        precision=precision_of(precision),
        stored=None if activations is None else _second_of(name, activations),
    )


def _second_of(layer: object, activations: object) -> StoredOperand:
    """Return the second of two activations as the stored one."""
    match activations:
        case (str(first), str(second)):
            return StoredOperand(tensor=second, streamed=first)
    raise WorkloadError(
        f"layer {shown(layer)}: activations: found {_in_full(activations)}, expected the names of "
        "two tensors"
    )
