"""Milestones where the last tile along a dimension may be shorter.

Loops that are fixed at the outer end may leave one of many lengths: four steps leave any length of
which ``T[d]`` takes four. So what is chosen per dimension are the lengths after all loops of a
constraint together; its milestones read them off one selection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from zigzag_imc.core.constraints import InnerLoops, OuterLoops
from zigzag_imc.models.mapspace.constraints.short_ends import ShortRules
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.joint.selection import Sheet
from zigzag_imc.solver.joint.tiles import Tile, Tiles
from zigzag_imc.solver.joint.unrollings import Unrolling

Ends = InnerLoops | OuterLoops
"""Loops fixed at one end of the order."""


def short_milestones(
    sheet: Sheet, unrollings: Mapping[str, Unrolling], one: Ends, name: str
) -> Iterator[Tiles]:
    """Create the tiles that every order passes because of one constraint, in order."""
    missing = {dim for dim, _ in one.loops} - unrollings.keys()
    if not all(_choices(one, dim, 1) for dim in missing):
        sheet.forbid()  # a dimension that the layer does not have has one iteration
    of_dims = {dim: _lengths(sheet, each, one, f"{name} {dim}") for dim, each in unrollings.items()}
    for place in range(len(one.loops)):
        yield {dim: tiles[place] for dim, tiles in of_dims.items()}


def _choices(one: Ends, dim: str, temporal: int) -> tuple[tuple[int, ...], ...]:
    """Lengths of a dimension after each of the loops, in all ways that there are."""
    (fixed,) = ShortRules.of((one,), {dim: temporal}).ends
    return next(ends.choices for ends in fixed if ends.dim == dim)


def _lengths(sheet: Sheet, unrolling: Unrolling, one: Ends, name: str) -> list[Tile]:
    """Choose the lengths of a dimension after each of the loops of a constraint."""
    listed = [
        (row, *lengths)
        for row, temporal in enumerate(unrolling.temporal.tolist())
        for lengths in _choices(one, unrolling.dim, temporal)
    ]
    if not listed:  # no unrolling leaves the loops that are asked for
        sheet.forbid()
        listed = [(0, *[1] * len(one.loops))]
    row, *lengths = np.array(listed, dtype=np.int64).T
    chosen = sheet.choose(name, {"choice": np.arange(len(row), dtype=np.float64)})
    sheet.allow([unrolling.chosen, chosen], np.column_stack([row, np.arange(len(row))]))
    temporal = unrolling.temporal[row]
    return [Tile(unrolling, row, size, ceil_div(temporal, size), chosen) for size in lengths]
