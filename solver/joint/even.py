"""Even allocation: cuts that constraints want at one place of the loop order.

A cut could as well lie anywhere below its tile where only loops that are idle to its operand lie
between. So two cuts can lie at one place exactly where the larger tile has nothing beyond the
smaller one but loops that are idle to its own operand:

``s[inner,d] = s[outer,d]``     for all ``d`` relevant to the operand of ``outer``
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.constraints.tile_sizes import even_cuts
from zigzag_imc.solver.joint.chain import Nested
from zigzag_imc.solver.joint.selection import Sheet


def add_even(
    sheet: Sheet, costs: CostModel, pairs: Sequence[Nested], constraints: Constraints
) -> None:
    """Let the tiles at cuts that belong together differ in idle loops alone."""
    sets = even_cuts(costs.accelerator, constraints)
    for pair in pairs:
        if any({pair.first.place, pair.second.place} <= together for together in sets):
            _add_even(sheet, costs, pair)


def _add_even(sheet: Sheet, costs: CostModel, pair: Nested) -> None:
    """Let two tiles be equal along all dimensions relevant to the outer one."""
    outer_of_row = (pair.second, pair.first)
    relevant = [costs.layer.relevant(OPERANDS[outer.operand]) for outer in outer_of_row]
    for dim, first in pair.first.tiles.items():
        second = pair.second.tiles[dim]
        same = first.row[:, None] == second.row[None, :]
        equal = same & (first.size[:, None] == second.size[None, :])
        rows = []
        for swapped in range(len(pair.swapped)):
            kept = np.argwhere(equal if dim in relevant[swapped] else same)
            rows.append(np.column_stack([np.full(len(kept), swapped), kept]))
        sheet.allow([pair.swapped, first.chosen, second.chosen], np.concatenate(rows))
