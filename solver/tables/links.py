"""How the onloading over each boundary combines with the rest."""

from __future__ import annotations

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel


def link_kinds(model: CostModel) -> dict[tuple[int, int], str]:
    """How the onloading over each input boundary combines with the rest.

    ``shared``: both its ports load both inputs. ``private``: it overlaps with the other input.
    ``hidden``: one end is shared, and an outer such link of the same input counts instead.
    """
    kinds: dict[tuple[int, int], str] = {}
    for index, operand in enumerate(OPERANDS[:2]):
        outermost_half: tuple[int, int] | None = None
        for boundary in model.boundaries[operand][1:]:
            ends = [
                {"W", "I"} <= {op for op, _ in access.port.allocation} for access in boundary.down
            ]
            place = (index, boundary.index)
            kinds[place] = "shared" if all(ends) else "private"
            if any(ends) and not all(ends):
                if outermost_half is not None:
                    kinds[outermost_half] = "hidden"
                outermost_half = place
    return kinds
