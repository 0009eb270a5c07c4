"""Around: of the lowest tiles of all operands, one is around the others.

The lowest memories hold next to nothing: a weight a cell, an input, a partial sum. Of any two tiles
one is inside the other (`chain`), along no dimension longer; so one of the lowest is around all
others. Along the dimensions that its operand depends on, it has no more steps than its memory has
room for, and neither has what is inside it. So the others come again and again:

``visits[o] >= product over the idle d of o that are held of T[d] / most``

``held`` are the dimensions along which the tile around takes room, ``most`` are the elements that
its memory holds. A window's steps may touch fewer elements than they are; they count where they are
one alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.crossing import least_bits
from zigzag_imc.solver.joint.tiles import Tiles
from zigzag_imc.solver.scoring.tile_choice import CutPlace

LOWEST = 1
"""The boundary above the lowest memories."""


@dataclass(frozen=True, slots=True)
class Around:
    """The lowest tile that is around the others.

    Attributes
    ----------
    operand
        Of which operand.
    held
        Dimensions along which all of the lowest tiles together have at most so many steps.
    most
        So many.
    """

    operand: int
    held: frozenset[str]
    most: float


def each_around(costs: CostModel, tiles: Mapping[CutPlace, Tiles]) -> Iterator[Around]:
    """Yield every tile that may be around the others; ``tiles`` are those at every cut."""
    for operand, name in enumerate(OPERANDS):
        if (operand, LOWEST) not in tiles:
            continue
        own, layer = tiles[operand, LOWEST], costs.layer
        one = {dim for dim in layer.relevant(name) if dim in own and own[dim].is_one}
        held = one | {dim for dim in layer.plain_dims(name) if dim in own}
        room = costs.accelerator.memory(name, 0).size_bits // least_bits(layer, operand)
        yield Around(operand, frozenset(held), 1.0 if held == one else max(1.0, float(room)))
