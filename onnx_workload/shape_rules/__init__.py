"""Shapes behind operators that ONNX does not define: a small rule per family of operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from zigzag_imc.onnx_workload.shape_rules.attention import ATTENTION_RULES
from zigzag_imc.onnx_workload.shape_rules.branches import BRANCH_RULES
from zigzag_imc.onnx_workload.shape_rules.channels_last import CHANNELS_LAST_RULES
from zigzag_imc.onnx_workload.shape_rules.elementwise import ELEMENTWISE_RULES
from zigzag_imc.onnx_workload.shape_rules.products import PRODUCT_RULES
from zigzag_imc.onnx_workload.shape_rules.quantized import QUANTIZED_RULES
from zigzag_imc.onnx_workload.shape_rules.rule_view import RuleView
from zigzag_imc.onnx_workload.shapes import Shape

__all__ = ["RULES", "Rule", "RuleView"]

Rule = Callable[[RuleView], Sequence[Shape | None]]
"""Returns the shapes of the outputs in their order; ``None`` or nothing where it cannot tell."""

RULES: Mapping[str, Rule] = {
    **ELEMENTWISE_RULES,
    **QUANTIZED_RULES,
    **CHANNELS_LAST_RULES,
    **PRODUCT_RULES,
    **ATTENTION_RULES,
    **BRANCH_RULES,
}
"""Rules by operator type; the domains of vendors do not share names for different things."""
