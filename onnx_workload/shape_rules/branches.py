"""Tensors that come from one of two places."""

from __future__ import annotations

from zigzag_imc.onnx_workload.shape_rules.rule_view import RuleView
from zigzag_imc.onnx_workload.shapes import Shape

EITHER = "Either"
"""Operator that stands for the end of an ``If``: either of its two inputs."""


def either(view: RuleView) -> tuple[Shape | None, ...]:
    """Keep the sizes on which both agree; nothing if their ranks differ."""
    first, second = view.shape(0), view.shape(1)
    if first is None or second is None or len(first) != len(second):
        return ()
    return (tuple(a if a == b else None for a, b in zip(first, second, strict=True)),)


BRANCH_RULES = {EITHER: either}
