"""How the onloading over each boundary combines with the rest."""

from __future__ import annotations

from zigzag_imc.core.layer import INPUTS, OPERANDS, WEIGHTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.timing import ports
from zigzag_imc.models.timing.ports import LinkKind


def link_kinds(model: CostModel) -> dict[tuple[int, int], LinkKind]:
    """How the onloading over each boundary combines with the rest, by (operand, boundary)."""
    return {
        (operand, boundary): kind
        for operand in (WEIGHTS, INPUTS)
        for boundary, kind in ports.link_kinds(model.boundaries[OPERANDS[operand]]).items()
    }
