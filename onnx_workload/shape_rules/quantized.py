"""Operators on quantized tensors, whose scales and zero points lie between the operands."""

from __future__ import annotations

from zigzag_imc.onnx_workload.shape_rules.rule_view import (
    RuleView,
    channels_first,
    channels_last,
    shape_of,
)
from zigzag_imc.onnx_workload.shapes import Shape


def broadcast_two(view: RuleView) -> tuple[Shape | None, ...]:
    """Spread inputs 0 and 3 over each other, behind each its scale and zero point."""
    return (shape_of("Add", (view.shape(0), view.shape(3))),)


def concatenate(view: RuleView) -> tuple[Shape | None, ...]:
    """Join inputs 2, 5, …: the scale and zero point of the output come first."""
    return (shape_of("Concat", view.inputs[2::3], axis=view.integer("axis")),)


def pool_globally(view: RuleView) -> tuple[Shape | None, ...]:
    """Average over all spatial axes, channels second or last."""
    if view.integer("channels_last"):
        pooled = shape_of("GlobalAveragePool", (channels_first(view.shape(0)),))
        return (channels_last(pooled),)
    return (shape_of("GlobalAveragePool", (view.shape(0),)),)


def pool(view: RuleView) -> tuple[Shape | None, ...]:
    """Average over windows, channels second or last."""
    attributes = view.attributes("kernel_shape", "strides", "pads", "ceil_mode", "auto_pad")
    if view.integer("channels_last"):
        pooled = shape_of("AveragePool", (channels_first(view.shape(0)),), **attributes)
        return (channels_last(pooled),)
    return (shape_of("AveragePool", (view.shape(0),), **attributes),)


def choose(view: RuleView) -> tuple[Shape | None, ...]:
    """Spread the condition and both choices, inputs 0, 1 and 4, over each other."""
    return (shape_of("Sum", (view.shape(0), view.shape(1), view.shape(4))),)


def reduce(view: RuleView) -> tuple[Shape | None, ...]:
    """Average over the axes of an attribute."""
    shape, kept = view.shape(0), view.integer("keepdims", 1)
    if shape is None:
        return ()
    axes = {axis % max(1, len(shape)) for axis in view.integers("axes") or range(len(shape))}
    sizes = [1 if place in axes else size for place, size in enumerate(shape)]
    return (tuple(s for place, s in enumerate(sizes) if kept or place not in axes),)


QUANTIZED_RULES = {
    **dict.fromkeys(("QLinearAdd", "QLinearMul", "QLinearSub", "QLinearDiv"), broadcast_two),
    "QLinearConcat": concatenate,
    "QLinearGlobalAveragePool": pool_globally,
    "QLinearAveragePool": pool,
    "QuantAvgPool2d": pool,
    "QLinearWhere": choose,
    "QLinearReduceMean": reduce,
}
