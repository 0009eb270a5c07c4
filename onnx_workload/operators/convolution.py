"""Convolutions.

``Conv`` and its quantized forms, grouped, depthwise, strided, dilated, of one to three axes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from zigzag_imc.core.layer import LAYER_DIMS, Layer, Window
from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.onnx_workload.operators.node_view import NodeView, Unmapped

_WEIGHT_AT = {"QLinearConv": 3}


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


def build_convolution(view: NodeView) -> Layer | Unmapped:
    """Turn a convolution into a layer; ONNX orders all spatial attributes height first.

    Filters of one axis become the bottom row of a two-axis convolution (``OY = FY = 1``). Of more
    than two axes, one folds away if it can: with a kernel of one it only repeats the work, as a
    batch does; where the places of the unpadded filter share no input, its taps are summed like
    channels. A third axis that is left is ``OZ`` and ``FZ``.

    Raises
    ------
    WorkloadError
        If a size is unknown, or sizes contradict each other.
    """
    if len(view.shape(0)) < 3:
        return Unmapped("convolution without a spatial axis")
    image, filters = _operands(view)
    groups = view.integer("group", 1)
    _check_channels(view, image, filters, groups)
    axes = _axes(view, image[2:], filters[2:])
    macs = math.prod(axis.output for axis in axes) * math.prod(filters) * image[0]
    batch, in_channels = image[0], filters[1]
    while len(axes) > 2:
        flat = next(filter(_folds, axes), None)
        if flat is None:
            break
        axes.remove(flat)
        batch, in_channels = batch * flat.output, in_channels * flat.kernel
    if len(axes) > 3:
        return Unmapped(f"convolution over {len(axes)} axes", macs)
    if len(axes) == 1:
        axes.insert(0, Axis(1, 1, 1, 1, padded=False, output=1))
    *depth, height, width = axes
    layer = conv_layer(
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
    )
    for axis in depth:
        window = Window("OZ", "FZ", axis.stride, axis.dilation, axis.input)
        layer = with_depth(layer, axis.output, axis.kernel, window)
    return view.with_bits(layer, view.bits(weights_at(view)), view.bits(0))


def with_depth(layer: Layer, outputs: int, taps: int, window: Window) -> Layer:
    """Return a convolution of two axes with a third one before them."""
    output_dim, filter_dim = window.output_dim, window.filter_dim
    sizes = {**layer.sizes, output_dim: outputs, filter_dim: taps}
    return layer.replace(
        loop_dims=tuple((dim, sizes[dim]) for dim in LAYER_DIMS if dim in sizes),
        weight_dims=layer.weight_dims | {filter_dim},
        input_dims=layer.input_dims | {output_dim, filter_dim},
        output_dims=layer.output_dims | {output_dim},
        windows=(window, *layer.windows),
    )


def _folds(axis: Axis) -> bool:
    """Whether an axis is none: its taps count as channels, its places as a batch.

    That takes windows that share no input, and no padding among the inputs.
    """
    reach = (axis.kernel - 1) * axis.dilation + 1
    apart = axis.output == 1 or axis.stride >= reach
    return axis.kernel == 1 or (apart and not axis.padded)


def weights_at(view: NodeView) -> int:
    """Return the position of the weights: behind scale and zero point where those come first."""
    return _WEIGHT_AT.get(view.node.op_type, 1)


def _operands(view: NodeView) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the sizes of image and filters, both with their channels second."""
    filters = view.sizes(weights_at(view))
    rank = len(view.shape(0))
    if len(filters) != rank:
        raise view.error(
            f"weights have {len(filters)} dimensions, expected {rank} as its input has"
        )
    if not has_channels_last(view):
        rest = tuple(view.size(0, axis) for axis in range(2, rank))
        return (view.size(0, 0), _channels(view, 1), *rest), filters
    rest = tuple(view.size(0, axis) for axis in range(1, rank - 1))
    image = (view.size(0, 0), _channels(view, rank - 1), *rest)
    channels_second = filters[1] * view.integer("group", 1) == image[1]
    return image, filters if channels_second else (filters[0], filters[-1], *filters[1:-1])


def has_channels_last(view: NodeView) -> bool:
    """Whether the image of a convolution has its channels last."""
    node = view.node
    named = node.op_type.startswith("Nhwc") or "nhwc" in node.domain
    return bool(named or "channels_last" in node.domain or view.integer("channels_last", 0))


def _channels(view: NodeView, axis: int) -> int:
    """Return the channels of the image, 0 where only the weights tell."""
    channels = view.shape(0)[axis]
    return channels if isinstance(channels, int) else 0


def _check_channels(
    view: NodeView, image: tuple[int, ...], filters: tuple[int, ...], groups: int
) -> None:
    if groups < 1 or filters[0] % groups:
        raise view.error(
            f"{filters[0]} output channels in {groups} groups, expected a multiple of the groups"
        )
    if image[1] not in (0, filters[1] * groups):
        raise view.error(
            f"input has {image[1]} channels, expected {filters[1] * groups} as its weights say"
        )


def _axes(view: NodeView, image: tuple[int, ...], kernel: tuple[int, ...]) -> list[Axis]:
    """Read the attributes of every spatial axis and work out how often the filter fits."""
    count = len(kernel)
    strides = per_axis(view, "strides", count) or (1,) * count
    dilations = per_axis(view, "dilations", count) or (1,) * count
    pads = per_axis(view, "pads", 2 * count) or (0,) * 2 * count
    mode = view.text("auto_pad", "NOTSET")
    if mode not in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"):
        raise view.error(f"auto_pad is {mode!r}, expected NOTSET, VALID, SAME_UPPER or SAME_LOWER")
    axes = []
    for axis in range(count):
        size, stride, dilation = image[axis], strides[axis], dilations[axis]
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


def per_axis(view: NodeView, name: str, count: int) -> tuple[int, ...]:
    """Return an attribute with a number for every axis; empty if it is absent."""
    values = view.integers(name)
    if values and len(values) != count:
        raise view.error(f"{name} has {len(values)} numbers, expected {count}")
    return values
