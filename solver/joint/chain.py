"""Chain: of the tiles at any two cuts, one divides the other in every dimension.

Cuts of one operand are in order. For those of two operands a Boolean says which is the inner one.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from zigzag_imc.solver.joint.crossing import Cut
from zigzag_imc.solver.joint.selection import Selection, Sheet
from zigzag_imc.solver.joint.tiles import Tile


def add_chain(sheet: Sheet, cuts: Sequence[Cut]) -> None:
    """Order the cuts by divisibility of their tiles."""
    for first, second in itertools.combinations(cuts, 2):
        if first.tiles is second.tiles:
            continue
        always = first.operand == second.operand  # the lower boundary is inside
        swapped = sheet.choose(
            f"swapped {first.place}{second.place}", {"swapped": np.arange(1.0 if always else 2.0)}
        )
        for dim in first.tiles:
            _add_divides(sheet, swapped, first.tiles[dim], second.tiles[dim])


def _add_divides(sheet: Sheet, swapped: Selection, first: Tile, second: Tile) -> None:
    """Require one of two tiles of a dimension to divide the other; both of one unrolling."""
    same = first.row[:, None] == second.row[None, :]
    inside = same & (second.size[None, :] % first.size[:, None] == 0)
    outside = same & (first.size[:, None] % second.size[None, :] == 0)
    rows = [np.column_stack([np.zeros(inside.sum(), dtype=np.int64), *np.nonzero(inside)])]
    if len(swapped) > 1:
        rows.append(np.column_stack([np.ones(outside.sum(), dtype=np.int64), *np.nonzero(outside)]))
    sheet.allow([swapped, first.chosen, second.chosen], np.concatenate(rows))
