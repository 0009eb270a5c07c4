"""Tile sizes: what constraints ask of the tile of one operand in one memory.

``tile``: ``min(N[d], s[c,d] * product over a of u[a,d])`` keeps the relation asked for.
``stationary``: ``s[c,d] = T[d]`` for all ``d`` that are idle to the operand.
An operand's top memory has no cut: it holds the whole layer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from zigzag_imc.core.constraints import Constraints, Stationary, TileSize
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.constraints.tile_sizes import has_size, level_of
from zigzag_imc.solver.joint.crossing import Cut
from zigzag_imc.solver.joint.selection import Sheet


def add_tile_sizes(
    sheet: Sheet, costs: CostModel, cuts: Sequence[Cut], constraints: Constraints
) -> None:
    """Keep the tiles that constraints allow."""
    for one in constraints:
        if isinstance(one, TileSize | Stationary):
            _add(sheet, costs, meant_by(one, costs, cuts), one)


def meant_by(one: TileSize | Stationary, costs: CostModel, cuts: Sequence[Cut]) -> Cut | None:
    """Return the cut below which the tile lies; none where the memory has no cut of it."""
    level = level_of(costs.accelerator, one.operand, one.memory)
    if level is None:
        return None
    place = (OPERANDS.index(one.operand), level + 1)
    return next((cut for cut in cuts if cut.place == place), None)


def _add(sheet: Sheet, costs: CostModel, cut: Cut | None, one: TileSize | Stationary) -> None:
    """Add one constraint."""
    if level_of(costs.accelerator, one.operand, one.memory) is None:
        sheet.forbid()  # a memory that does not hold the operand has no tile
    elif isinstance(one, Stationary):
        if cut is not None:
            for dim in costs.layer.idle_dims(one.operand) & cut.tiles.keys():
                tile = cut.tiles[dim]
                sheet.keep(tile.chosen, tile.steps == 1)
    else:
        _add_size(sheet, costs, cut, one)


def _add_size(sheet: Sheet, costs: CostModel, cut: Cut | None, one: TileSize) -> None:
    """Let a tile span as much of a dimension as is asked for."""
    whole = costs.layer.sizes.get(one.dim, 1)
    if cut is not None and one.dim in cut.tiles:
        tile = cut.tiles[one.dim]
        positions = tile.size * tile.of_unrolling(tile.unrolling.lanes)
        sheet.keep(tile.chosen, np.asarray(has_size(one, whole, positions)))
    elif not has_size(one, whole, whole):
        sheet.forbid()


def limited_stays(costs: CostModel, cuts: Sequence[Cut], constraints: Constraints) -> list[Cut]:
    """Cuts whose tile must not stay for longer than a constraint says.

    Along a dimension that is idle to the operand.
    """
    found: Mapping[int, Cut] = {
        id(cut): cut
        for one in constraints
        if isinstance(one, TileSize) and one.relation != ">="
        if one.dim in costs.layer.idle_dims(one.operand)
        if (cut := meant_by(one, costs, cuts)) is not None
    }
    return list(found.values())
