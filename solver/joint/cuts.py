"""Cuts: the tiles at every boundary between two memories, and at the array."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from zigzag_imc.core.layer import INPUTS, OPERANDS, OUTPUTS, WEIGHTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.crossing import Crossings, Cut, Interest, least_bits
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.free_room import free_elements
from zigzag_imc.solver.joint.selection import Sheet
from zigzag_imc.solver.joint.short_crossing import ShortCrossings
from zigzag_imc.solver.joint.tiles import Sizes, Tiles, add_tile, nothing
from zigzag_imc.solver.joint.unrollings import Unrolling
from zigzag_imc.solver.scoring.tile_choice import CutPlace

EVERY_ACTIVATION = (OUTPUTS, 0)
"""Outputs leave the array at every activation: nothing lies below this cut."""


_BUILT = (WEIGHTS, OUTPUTS, INPUTS)
"""Order in which operands are cut: the one with windows, and so with most rows, comes last."""


def add_cuts(
    sheet: Sheet,
    costs: CostModel,
    unrollings: Mapping[str, Unrolling],
    domain: Domain,
    is_of_interest: Interest | None = None,
) -> list[Cut]:
    """Create the cuts of all operands, the lowest of each first.

    What is of no interest is no row of them.
    """
    cuts = _Cuts(sheet, costs, unrollings, domain, is_of_interest)
    found = [cut for operand in _BUILT for cut in cuts.of(operand)]
    return sorted(found, key=lambda cut: cut.place)


def least_even_pj(
    sheet: Sheet, costs: CostModel, unrollings: Mapping[str, Unrolling], domain: Domain
) -> dict[CutPlace, float]:
    """Energy that crosses every cut at least, of tiles that need not divide: without products."""
    crossings = ShortCrossings(sheet, costs)
    every = tiles_at(sheet, costs, unrollings, domain)
    return {place: crossings.even_pj(place, tiles) for place, tiles in every.items()}


def tiles_at(
    sheet: Sheet, costs: CostModel, unrollings: Mapping[str, Unrolling], domain: Domain
) -> dict[CutPlace, Tiles]:
    """Create the tiles at every cut, without what crosses them."""
    cuts = _Cuts(sheet, costs, unrollings, domain, None)
    return {place: tiles for operand in _BUILT for place, tiles in cuts.tiles_of(operand)}


class _Cuts:
    """Creates the cuts of one layer."""

    def __init__(
        self,
        sheet: Sheet,
        costs: CostModel,
        unrollings: Mapping[str, Unrolling],
        domain: Domain,
        is_of_interest: Interest | None,
    ) -> None:
        self._sheet, self._costs, self._unrollings = sheet, costs, unrollings
        of_tiles = ShortCrossings if domain.ends_short else Crossings
        self._crossings = of_tiles(sheet, costs, domain.has_energy, domain.has_latency)
        self._any = domain.sizes
        self._is_of_interest = is_of_interest

    def of(self, operand: int) -> Iterator[Cut]:
        """Create the cuts of one operand."""
        for place, tiles in self.tiles_of(operand):
            yield self._cut(place, tiles)

    def tiles_of(self, operand: int) -> Iterator[tuple[CutPlace, Tiles]]:
        """Create the tiles at the cuts of one operand."""
        boundaries = range(len(self._costs.accelerator.levels[OPERANDS[operand]]))
        tiles = {a: self._tiles(operand, a) for a in boundaries}
        if operand != OUTPUTS and 1 in tiles and self._holds_one(operand, tiles[1]):
            # The lowest memory holds one element, which rests at the array for as long.
            tiles[0] = tiles[1]
        for a in boundaries:
            yield (operand, a), tiles[a]

    def _cut(self, place: CutPlace, tiles: Tiles) -> Cut:
        """Create a cut of what is of interest."""
        free = free_elements(self._costs, self._unrollings, place)
        size_bits = self._size_bits(*place)
        return self._crossings.cut(place, tiles, size_bits, self._is_of_interest, free)

    def _tiles(self, operand: int, a: int) -> Tiles:
        """Create the tiles of all dimensions at one cut."""
        return {
            dim: add_tile(self._sheet, each, f"{operand}.{a} {dim}", self._sizes(operand, a, dim))
            for dim, each in self._unrollings.items()
        }

    def _sizes(self, operand: int, a: int, dim: str) -> Sizes:
        """Sizes of a dimension's tile at one cut.

        What rests at the array is one element, and so is what a memory holds that two overflow.
        """
        if (operand, a) == EVERY_ACTIVATION:
            return nothing
        if dim not in self._costs.layer.relevant(OPERANDS[operand]):
            return self._any
        room = self._size_bits(operand, a) / least_bits(self._costs.layer, operand)
        holds_one = room < 2 and dim in self._costs.layer.plain_dims(OPERANDS[operand])
        return nothing if a == 0 or holds_one or self._clips(dim, room) else self._any

    def _clips(self, dim: str, room: float) -> bool:
        """Whether a memory is too small for two steps along a window.

        They touch two inputs, unless the input has one along it.
        """
        own = [w for w in self._costs.layer.windows if dim in (w.output_dim, w.filter_dim)]
        return room < 2 and bool(own) and all(window.size > 1 for window in own)

    def _holds_one(self, operand: int, tiles: Tiles) -> bool:
        """Whether a tile is one element in every row."""
        relevant = self._costs.layer.relevant(OPERANDS[operand])
        return all(tile.is_one for dim, tile in tiles.items() if dim in relevant)

    def _size_bits(self, operand: int, a: int) -> float:
        """Capacity of the memory below a cut; infinite at the array, where there is none."""
        if a == 0:
            return math.inf
        return self._costs.accelerator.memory(OPERANDS[operand], a - 1).size_bits
