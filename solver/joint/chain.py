"""Chain: of the tiles at any two cuts, one divides the other in every dimension.

Or the other one is all of the dimension, which is always the last link: where tiles need not divide
it, the outermost loop ends with a shorter step. Cuts of one operand are in order. For those of two
operands a Boolean says which is the inner one.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zigzag_imc.solver.joint.crossing import Cut
from zigzag_imc.solver.joint.selection import Selection, Sheet
from zigzag_imc.solver.joint.tiles import Tile, Tiles


@dataclass(frozen=True, eq=False)
class Nested:
    """Two cuts, one inside the other.

    Attributes
    ----------
    first, second
        The cuts.
    swapped
        Row 0: the first is the inner one; row 1: the second is.
    """

    first: Cut
    second: Cut
    swapped: Selection


def add_chain(sheet: Sheet, cuts: Sequence[Cut]) -> list[Nested]:
    """Order the cuts by divisibility of their tiles; return the pairs with tiles of their own."""
    pairs = []
    for first, second in itertools.combinations(cuts, 2):
        if first.tiles is second.tiles:
            continue
        always = first.operand == second.operand  # the lower boundary is inside
        name = f"swapped {first.place}{second.place}"
        swapped = add_order(sheet, name, first.tiles, second.tiles, always=always)
        pairs.append(Nested(first, second, swapped))
    return pairs


def add_order(
    sheet: Sheet, name: str, first: Tiles, second: Tiles, *, always: bool = False
) -> Selection:
    """Let one of two tiles be inside the other; return which is, the first in row 0.

    ``always``: the first.
    """
    swapped = sheet.choose(name, {"swapped": np.arange(1.0 if always else 2.0)})
    for dim in first:
        _add_divides(sheet, swapped, first[dim], second[dim])
    return swapped


def _add_divides(sheet: Sheet, swapped: Selection, first: Tile, second: Tile) -> None:
    """Require one of two tiles of a dimension to divide the other; both of one unrolling."""
    same = first.row[:, None] == second.row[None, :]
    inside = same & is_inside(first, second)
    outside = same & is_inside(second, first).T
    rows = [np.column_stack([np.zeros(inside.sum(), dtype=np.int64), *np.nonzero(inside)])]
    if len(swapped) > 1:
        rows.append(np.column_stack([np.ones(outside.sum(), dtype=np.int64), *np.nonzero(outside)]))
    sheet.allow([swapped, first.chosen, second.chosen], np.concatenate(rows))


def is_inside(inner: Tile, outer: Tile) -> npt.NDArray[np.bool_]:
    """Whether a tile divides an outer one, or that is all there is; rows of the inner one first."""
    is_all = outer.steps == 1
    inside: npt.NDArray[np.bool_] = (outer.size[None, :] % inner.size[:, None] == 0) | is_all
    return inside
