"""``ConvTranspose``: every input is multiplied with a whole filter, and the results overlap."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zigzag_imc.core.layer import Layer, Window
from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.onnx_workload.operators.convolution import per_axis, with_depth
from zigzag_imc.onnx_workload.operators.node_view import NodeView, Unmapped


@dataclass(frozen=True, slots=True)
class Axis:
    """One spatial axis as the convolution that it is.

    Attributes
    ----------
    input, output
        Positions of the input, and places of the filter.
    taps, dilation
        Taps of the filter that meet at one output, and how far apart.
    phases
        Outputs per place of the filter; each has taps of its own, as an output channel has.
    """

    input: int
    output: int
    taps: int
    dilation: int
    phases: int


def build_transposed_convolution(view: NodeView) -> Layer | Unmapped:
    """Turn a transposed convolution into the convolution that does its multiply-accumulates.

    Notes
    -----
    With stride 1 it is a convolution with the filter turned around. With a stride that divides the
    filter, every ``stride``-th output uses the same ``filter / stride`` taps: a convolution of
    stride 1 over the input, with ``stride`` times the output channels. Else all taps of the filter
    are output channels of a pointwise convolution, whose results are added where they overlap. No
    zero between inputs is ever multiplied.

    Raises
    ------
    WorkloadError
        If a size is unknown, or sizes contradict each other.
    """
    image, filters = view.sizes(0), view.sizes(1)
    if len(image) < 3:
        return Unmapped("convolution without a spatial axis")
    groups = view.integer("group", 1)
    if len(filters) != len(image) or filters[0] != image[1] or groups < 1 or image[1] % groups:
        raise view.error(
            f"weights {list(filters)} in {groups} groups do not fit an input {list(image)}"
        )
    axes = [_axis(view, place, image, filters) for place in range(len(image) - 2)]
    phases = math.prod(axis.phases for axis in axes)
    places = image[0] * math.prod(axis.output * axis.taps for axis in axes)
    macs = places * phases * filters[0] * filters[1]
    batch = image[0]
    while len(axes) > 2 and axes[0].taps == 1:
        batch *= axes.pop(0).output
    if len(axes) > 3:
        return Unmapped(f"transposed convolution over {len(axes)} axes", macs)
    if len(axes) == 1:
        axes.insert(0, Axis(1, 1, 1, 1, 1))
    *depth, height, width = axes
    layer = conv_layer(
        view.name,
        operator=view.node.op_type,
        batch=batch,
        groups=groups,
        out_channels=filters[1] * phases,
        in_channels=image[1] // groups,
        output_size=(height.output, width.output),
        filter_size=(height.taps, width.taps),
        dilation=(height.dilation, width.dilation),
        input_size=(height.input, width.input),
    )
    for axis in depth:
        window = Window("OZ", "FZ", 1, axis.dilation, axis.input)
        layer = with_depth(layer, axis.output, axis.taps, window)
    return view.with_bits(layer, view.bits(1), view.bits(0))


def _axis(view: NodeView, place: int, image: tuple[int, ...], filters: tuple[int, ...]) -> Axis:
    count = len(image) - 2
    strides = per_axis(view, "strides", count) or (1,) * count
    dilations = per_axis(view, "dilations", count) or (1,) * count
    size, kernel = image[place + 2], filters[place + 2]
    stride, dilation = strides[place], dilations[place]
    if stride < 1 or dilation < 1:
        raise view.error(f"stride {stride} and dilation {dilation}, expected at least 1")
    if kernel % stride or (dilation > 1 and stride > 1):
        return Axis(size, size, 1, 1, kernel)
    output = _output(view, place, size, (kernel - 1) * dilation + 1)
    return Axis(size, -(-output // stride), kernel // stride, dilation, stride)


def _output(view: NodeView, place: int, size: int, reach: int) -> int:
    """Work out the size of the output on one axis."""
    count = len(view.shape(0)) - 2
    given = per_axis(view, "output_shape", count)
    if given:
        return max(1, given[place])
    stride = (per_axis(view, "strides", count) or (1,) * count)[place]
    if view.text("auto_pad", "NOTSET").startswith("SAME"):
        return size * stride
    extra = (per_axis(view, "output_padding", count) or (0,) * count)[place]
    pads = per_axis(view, "pads", 2 * count) or (0,) * 2 * count
    padding = pads[place] + pads[place + count] if _pads_given(view) else 0
    output = (size - 1) * stride + extra + reach - padding
    if output < 1:
        raise view.error(f"padding {padding} leaves no output on axis {place}")
    return output


def _pads_given(view: NodeView) -> bool:
    return view.text("auto_pad", "NOTSET") == "NOTSET"
