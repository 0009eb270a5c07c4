"""Paired cuts: what passes every cut at least, of all spatial mappings side by side.

With a lowest tile *around* the others (`around`), the idle loops below the other lowest tiles are
known, but for as many steps as it holds; its own, and those below all cuts further up, are all of
their dimensions, so that a tile comes once. Of what a cut transfers, one step along every relevant
dimension is known where the memory below holds no more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.layer import OPERANDS, OUTPUTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.crossing import Crossings, Cut
from zigzag_imc.solver.joint.cuts import EVERY_ACTIVATION
from zigzag_imc.solver.joint.parts.around import LOWEST, Around
from zigzag_imc.solver.joint.parts.side_by_side import Paired, whole_or_one
from zigzag_imc.solver.joint.selection import Column, Selection
from zigzag_imc.solver.joint.tiles import Tiles
from zigzag_imc.solver.joint.unrollings import Unrolling
from zigzag_imc.solver.scoring.tile_choice import CutPlace

Mask = npt.NDArray[np.bool_]
"""Whether something holds, of every spatial mapping."""


@dataclass(frozen=True, eq=False)
class PairedCut:
    """A cut of all spatial mappings.

    Attributes
    ----------
    cut
        What passes it, with a row per spatial mapping; one step along every relevant dimension.
    is_one
        Whether tiles are one step indeed: all that passes is at least what is said.
    """

    cut: Cut
    is_one: Mask


class PairedCuts:
    """Builds the cuts of all spatial mappings.

    Parameters
    ----------
    costs
        Cost model of the layer.
    unrollings
        The unrollings of all spatial mappings.
    tiles
        The tiles at every cut, whatever the spatial mapping is.
    """

    def __init__(
        self,
        costs: CostModel,
        unrollings: Mapping[str, Unrolling],
        tiles: Mapping[CutPlace, Tiles],
    ) -> None:
        self._costs, self._unrollings, self._tiles = costs, unrollings, tiles
        self._crossings = Crossings(Paired(), costs, has_energy=True, has_latency=True)

    def cut(self, place: CutPlace, around: Around) -> PairedCut:
        """Build a cut, with a lowest tile around the others."""
        relevant = self._costs.layer.relevant(OPERANDS[place[0]])
        inside = self._held_inside(place, around)
        tiles = {
            dim: whole_or_one(each, is_whole=dim not in relevant and dim not in inside)
            for dim, each in self._unrollings.items()
        }
        crossing = self._crossings.cut(place, tiles, math.inf)
        idle = dict(crossing.idle.columns)
        if inside and around.most > 1 and place != EVERY_ACTIVATION:
            idle["steps"] = np.maximum(1.0, idle["steps"] / around.most)
            idle |= {name: idle[name] * around.most for name in ("below",) if name in idle}
        cut = Cut(
            place, tiles, self._all(crossing.relevant.columns), self._all(idle), is_paired=True
        )
        return PairedCut(cut, self._is_one(cut, inside))

    def _held_inside(self, place: CutPlace, around: Around) -> frozenset[str]:
        """Dimensions along which a tile has no more steps than are held around it."""
        operand, boundary = place
        if place == EVERY_ACTIVATION:
            return frozenset(self._unrollings)
        is_lowest = boundary == LOWEST or self._tiles[place] is self._tiles.get((operand, LOWEST))
        if not is_lowest or operand == around.operand:
            return frozenset()
        # How many visits there are decides what kind of outputs pass: it has to be known exactly.
        return frozenset() if operand == OUTPUTS and around.most > 1 else around.held

    def _is_one(self, cut: Cut, inside: frozenset[str]) -> Mask:
        """Of which spatial mappings the tile of a cut is one step along every relevant dimension.

        Of outputs, only where it is known whether they are partial sums.
        """
        layer, (operand, boundary), name = self._costs.layer, cut.place, OPERANDS[cut.operand]
        own = self._tiles[cut.place]
        is_one = all(own[dim].is_one for dim in layer.relevant(name) if dim in own)
        if operand != OUTPUTS or cut.place == EVERY_ACTIVATION:
            return np.full(len(cut.idle), is_one)
        if not layer.idle_dims(name) & own.keys() <= inside or boundary != LOWEST:
            return np.zeros(len(cut.idle), dtype=bool)
        room = self._costs.accelerator.memory(name, 0).size_bits / layer.precision.O
        is_partial: Mask = cut.idle.column("held finished") == 0
        return is_partial & (is_one or room < 2)

    def _all(self, columns: Mapping[str, Column]) -> Selection:
        """Spread what is alike over all spatial mappings."""
        count = len(next(iter(self._unrollings.values())).temporal)
        return Selection((), {name: np.broadcast_to(each, count) for name, each in columns.items()})
