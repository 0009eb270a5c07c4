"""Written out: no idle loop lies directly above a cut whose tile must not stay for longer.

Idle loops directly above a cut count below it: the data just stays. Tiles that are not written out
cost no less than those that are, so the model may have them; but where a constraint says for how
long a tile may stay, they would pass for shorter than they are. At such a cut something relevant
has to lie above the tile, or nothing at all, and also between it and every tile around it:

``steps above, relevant > 1   or   steps above, idle = 1``
``s[c,d] < s[c',d] for a relevant d   or   s[c,d] = s[c',d] for all idle d``      if ``c`` is inside
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from ortools.sat.python.cp_model_helper import Literal

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.chain import Nested
from zigzag_imc.solver.joint.crossing import Cut
from zigzag_imc.solver.joint.selection import Sheet
from zigzag_imc.solver.joint.tiles import Tile


def add_written_out(
    sheet: Sheet, costs: CostModel, stays: Sequence[Cut], pairs: Sequence[Nested]
) -> None:
    """Write out the tiles at some cuts."""
    for cut in stays:
        moves = sheet.any_of(cut.relevant, cut.relevant.column("steps") > 1)
        ends = sheet.any_of(cut.idle, cut.idle.column("steps") == 1)
        sheet.model.add_bool_or([moves, ends])
        for pair in pairs:
            if cut is pair.first or cut is pair.second:
                _add_between(sheet, costs, cut, pair)


def _add_between(sheet: Sheet, costs: CostModel, cut: Cut, pair: Nested) -> None:
    """Let something relevant lie between a tile and one around it, or nothing at all."""
    other, row = (pair.second, 0) if cut is pair.first else (pair.first, 1)
    if row >= len(pair.swapped):
        return  # the other one is never around it
    is_around = pair.swapped.literals[row]
    equal = {dim: _equal(sheet, tile, other.tiles[dim]) for dim, tile in cut.tiles.items()}
    relevant = costs.layer.relevant(OPERANDS[cut.operand])
    moves = [~same for dim, same in equal.items() if dim in relevant]
    for dim, same in equal.items():
        if dim not in relevant:
            sheet.model.add_bool_or([~is_around, *moves, same])


def _equal(sheet: Sheet, first: Tile, second: Tile) -> Literal:
    """Literal: whether two tiles of a dimension are equal."""
    same = first.row[:, None] == second.row[None, :]
    places = np.argwhere(same)
    is_equal = (first.size[:, None] == second.size[None, :])[same]
    chosen = sheet.choose("equal", {"equal": np.arange(2.0)})
    sheet.allow([first.chosen, second.chosen, chosen], np.column_stack([places, is_equal]))
    return chosen.literals[1]
