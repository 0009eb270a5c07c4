"""Convolutions.

``Conv`` and its quantized forms, grouped, depthwise, strided, dilated, of one to three axes.
"""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.layer import Layer, Precision, conv_layer
from zigzag_imc.onnx_workload.operators.node_view import NodeView, Unmapped


@dataclass(frozen=True, slots=True)
class Axis:
    """One spatial axis of a convolution.

    Attributes
    ----------
    input
        Positions of the input, without padding.
    kernel
        Taps of the filter.
    stride, dilation
        Input positions from one place of the filter to the next, and from one tap to the next.
    padded
        Whether the input is padded on this axis.
    output
        Places of the filter.
    """

    input: int
    kernel: int
    stride: int
    dilation: int
    padded: bool
    output: int


def build_convolution(view: NodeView, precision: Precision) -> Layer | Unmapped:
    """Turn a convolution into a layer; ONNX orders all spatial attributes height first.

    Filters of one axis become the bottom row of a two-axis convolution (``OY = FY = 1``). A third
    axis must fold away: with a kernel of one it only repeats the work, as a batch does; where the
    unpadded filter fits in one place only, its taps are summed like channels.

    Raises
    ------
    WorkloadError
        If a size is unknown, or sizes contradict each other.
    """
    weight_at = 3 if view.node.op_type == "QLinearConv" else 1
    if len(view.shape(0)) < 3:
        return Unmapped("convolution without a spatial axis")
    filters = view.sizes(weight_at)
    groups = view.integer("group", 1)
    _check_channels(view, filters, groups)
    axes = _axes(view, filters[2:])
    batch, in_channels = view.size(0, 0), filters[1]
    while len(axes) > 2:
        folded = next(filter(_folds_away, axes), None)
        if folded is None:
            return Unmapped(f"convolution over {len(axes)} axes")
        axes.remove(folded)
        batch, in_channels = batch * folded.output, in_channels * folded.kernel
    if len(axes) == 1:
        axes.insert(0, Axis(1, 1, 1, 1, padded=False, output=1))
    height, width = axes
    return conv_layer(
        view.name,
        operator=view.node.op_type,
        batch=batch,
        groups=groups,
        out_channels=filters[0] // groups,
        in_channels=in_channels,
        output_size=(height.output, width.output),
        filter_size=(height.kernel, width.kernel),
        stride=(height.stride, width.stride),
        dilation=(height.dilation, width.dilation),
        input_size=(height.input, width.input),
        precision=precision,
    )


def _folds_away(axis: Axis) -> bool:
    """Whether an axis only repeats the work, or sums like channels."""
    fits_once = axis.output == 1 and not axis.padded
    return axis.kernel == 1 or fits_once


def _check_channels(view: NodeView, filters: tuple[int, ...], groups: int) -> None:
    """Refuse weights that contradict the input or the groups."""
    rank = len(view.shape(0))
    if len(filters) != rank:
        raise view.error(
            f"weights have {len(filters)} dimensions, expected {rank} as its input has"
        )
    if groups < 1 or filters[0] % groups:
        raise view.error(
            f"{filters[0]} output channels in {groups} groups, expected a multiple of the groups"
        )
    channels = view.shape(0)[1]
    if isinstance(channels, int) and channels != filters[1] * groups:
        raise view.error(
            f"input has {channels} channels, expected {filters[1] * groups} as its weights say"
        )


def _axes(view: NodeView, kernel: tuple[int, ...]) -> list[Axis]:
    """Read the attributes of every spatial axis and work out how often the filter fits."""
    count = len(kernel)
    strides = _per_axis(view, "strides", count) or (1,) * count
    dilations = _per_axis(view, "dilations", count) or (1,) * count
    pads = _per_axis(view, "pads", 2 * count) or (0,) * 2 * count
    mode = view.text("auto_pad", "NOTSET")
    if mode not in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"):
        raise view.error(f"auto_pad is {mode!r}, expected NOTSET, VALID, SAME_UPPER or SAME_LOWER")
    axes = []
    for axis in range(count):
        size, stride, dilation = view.size(0, axis + 2), strides[axis], dilations[axis]
        if stride < 1 or dilation < 1:
            raise view.error(
                f"stride {stride} and dilation {dilation} on axis {axis}, expected at least 1"
            )
        reach = (kernel[axis] - 1) * dilation + 1
        padding = {"NOTSET": pads[axis] + pads[axis + count], "VALID": 0}.get(mode)
        if padding is None:  # as much as lets the filter stand at every stride
            padding = max(0, (-(-size // stride) - 1) * stride + reach - size)
        output = (size + padding - reach) // stride + 1
        if output < 1:
            raise view.error(
                f"a filter reaching over {reach} does not fit in {size + padding} inputs on "
                f"axis {axis}"
            )
        axes.append(Axis(size, kernel[axis], stride, dilation, padding > 0, output))
    return axes


def _per_axis(view: NodeView, name: str, count: int) -> tuple[int, ...]:
    values = view.integers(name)
    if values and len(values) != count:
        raise view.error(f"{name} has {len(values)} numbers, expected {count}")
    return values
