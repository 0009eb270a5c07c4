"""Shapes where bodies of nodes begin and end, once they are parts of the graph."""

from __future__ import annotations

from zigzag_imc.onnx_workload.shape_rules.rule_view import RuleView
from zigzag_imc.onnx_workload.shapes import Shape

EITHER = "Either"
"""Operator that stands for the end of an ``If``: either of its two inputs."""

NUMBER = "LoopNumber"
"""Operator that stands for the number of a step."""

GOES_ON = "LoopGoesOn"
"""Operator that stands for the condition to go on."""

SCANNED = "Scanned"
"""Operator that stands for the part of a tensor that a step of a ``Scan`` sees."""

CARRIED = "LoopCarried"
"""Operator that stands for a tensor that goes from step to step."""

STACKED = "LoopStacked"
"""Operator that stands for the results of all steps, behind each other on a new axis."""


def either(view: RuleView) -> tuple[Shape | None, ...]:
    """Keep the sizes on which both agree; nothing if their ranks differ."""
    if len(view.inputs) == 1:
        return (view.shape(0),)
    first, second = view.shape(0), view.shape(1)
    if first is None or second is None or len(first) != len(second):
        return ()
    return (tuple(a if a == b else None for a, b in zip(first, second, strict=True)),)


def scalar(view: RuleView) -> tuple[Shape | None, ...]:
    """Yield one number."""
    return ((),)


def carry(view: RuleView) -> tuple[Shape | None, ...]:
    """Keep the shape."""
    return (view.shape(0),)


def part(view: RuleView) -> tuple[Shape | None, ...]:
    """Take away the axis along which a tensor is taken apart."""
    shape, axis = view.shape(0), view.integer("axis")
    if shape is None or not -len(shape) <= axis < len(shape):
        return ()
    at = axis % len(shape)
    return ((*shape[:at], *shape[at + 1 :]),)


def stack(view: RuleView) -> tuple[Shape | None, ...]:
    """Put steps, of which the number is not followed, behind each other."""
    shape, axis = view.shape(0), view.integer("axis")
    if shape is None or not -len(shape) - 1 <= axis <= len(shape):
        return ()
    at = axis % (len(shape) + 1)
    return ((*shape[:at], None, *shape[at:]),)


BRANCH_RULES = {
    EITHER: either,
    NUMBER: scalar,
    GOES_ON: scalar,
    SCANNED: part,
    CARRIED: carry,
    STACKED: stack,
}
