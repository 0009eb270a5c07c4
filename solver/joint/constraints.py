"""Constraints of the user: what they ask beside the domains of the unrollings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zigzag_imc.core.constraints import Constraints
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.chain import Nested
from zigzag_imc.solver.joint.crossing import Cut
from zigzag_imc.solver.joint.even import add_even
from zigzag_imc.solver.joint.loop_order import add_loop_order
from zigzag_imc.solver.joint.selection import Sheet
from zigzag_imc.solver.joint.tile_sizes import add_tile_sizes, limited_stays
from zigzag_imc.solver.joint.unrollings import Unrolling
from zigzag_imc.solver.joint.utilization import add_utilization
from zigzag_imc.solver.joint.written_out import add_written_out


def add_constraints(
    sheet: Sheet,
    costs: CostModel,
    unrollings: Mapping[str, Unrolling],
    cuts: Sequence[Cut],
    pairs: Sequence[Nested],
    constraints: Constraints,
) -> None:
    """Keep what constraints ask of tiles, orders and utilization.

    What they ask of unrollings is in the domains of these. What depends on the loops between two
    tiles alone is left to the exact scores, which are of allowed orders only.
    """
    if not constraints:
        return
    add_utilization(sheet, costs, unrollings, constraints)
    add_tile_sizes(sheet, costs, cuts, constraints)
    tiles, ends_short = [cut.tiles for cut in cuts], any(cut.ends_short for cut in cuts)
    add_loop_order(sheet, unrollings, tiles, constraints, ends_short=ends_short)
    add_even(sheet, costs, pairs, constraints)
    add_written_out(sheet, costs, limited_stays(costs, cuts, constraints), pairs)
