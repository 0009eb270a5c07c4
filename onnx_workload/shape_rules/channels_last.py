"""Operators of QONNX, FINN and ONNX Runtime on images with their channels last."""

from __future__ import annotations

from zigzag_imc.onnx_workload.shape_rules.rule_view import (
    RuleView,
    channels_first,
    channels_last,
    shape_of,
)
from zigzag_imc.onnx_workload.shapes import Shape


def pool_windows(view: RuleView) -> tuple[Shape | None, ...]:
    """Pool over windows."""
    attributes = view.attributes("kernel_shape", "strides", "pads", "ceil_mode", "auto_pad")
    return (channels_last(shape_of("MaxPool", (channels_first(view.shape(0)),), **attributes)),)


def pool_all(view: RuleView) -> tuple[Shape | None, ...]:
    """Pool over all positions."""
    return (channels_last(shape_of("GlobalMaxPool", (channels_first(view.shape(0)),))),)


def patches(view: RuleView) -> tuple[Shape | None, ...]:
    """Lay out the window of every output position as a row (the ``Im2Col`` of QONNX)."""
    kernel, strides = view.integers("kernel_size"), view.integers("stride")
    image = channels_first(view.shape(0))
    if image is None or not isinstance(image[1], int) or not kernel:
        return ()
    # Padding is top, left, bottom, right, as ONNX has it; dilations are one number per axis.
    attributes = {
        "kernel_shape": list(kernel),
        "strides": list(strides) or [1] * len(kernel),
        "pads": list(view.integers("pad_amount")) or [0] * 2 * len(kernel),
        "dilations": list(view.integers("dilations")) or [1] * len(kernel),
    }
    pooled = shape_of("MaxPool", (image,), **attributes)
    taps = 1
    for size in kernel:
        taps *= size
    return () if pooled is None else ((pooled[0], *pooled[2:], taps * image[1]),)


def reorder_to_channels_second(view: RuleView) -> tuple[Shape | None, ...]:
    """Undo a blocked layout: ``channels`` are the real ones."""
    shape, channels = view.shape(0), view.integer("channels")
    if shape is None or len(shape) < 3 or not channels:
        return (shape,)
    if view.integer("channels_last"):
        return ((shape[0], *shape[2:], channels),)
    return ((shape[0], channels, *shape[2:]),)


def reorder_to_blocks(view: RuleView) -> tuple[Shape | None, ...]:
    """Put channels in blocks behind each other; sizes stay."""
    if view.integer("channels_last"):
        return (channels_first(view.shape(0)),)
    return (view.shape(0),)


CHANNELS_LAST_RULES = {
    **dict.fromkeys(("NhwcMaxPool", "MaxPoolNHWC", "QuantMaxNHWC"), pool_windows),
    "GlobalAccPool": pool_all,
    "Im2Col": patches,
    "ReorderInput": reorder_to_blocks,
    "ReorderOutput": reorder_to_channels_second,
}
