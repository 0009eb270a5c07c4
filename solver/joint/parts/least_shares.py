"""Least shares: what crosses a cut at least, of every unrolling, as even traffic (`even_traffic`).

A product over the dimensions: so the least of a spatial mapping is the product of what the
unrolling of each dimension has at least, whatever its tile is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from zigzag_imc.core.layer import OPERANDS, Window
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.traffic import Access
from zigzag_imc.solver.joint.crossing import Floats
from zigzag_imc.solver.joint.even_traffic import EvenTraffic
from zigzag_imc.solver.joint.parts.side_by_side import Paired
from zigzag_imc.solver.joint.short_crossing import ShortCrossings
from zigzag_imc.solver.joint.tiles import Tiles
from zigzag_imc.solver.joint.unrollings import Factors
from zigzag_imc.solver.scoring.tile_choice import CutPlace

Rows = Mapping[str, Factors]
"""Per dimension, the unrolling of every spatial mapping."""


class LeastShares(ShortCrossings):
    """The least shares at the cuts of one layer."""

    def __init__(self, costs: CostModel) -> None:
        super().__init__(Paired(), costs)

    def of(self, place: CutPlace, tiles: Tiles, rows: Rows) -> Iterator[tuple[Access, Floats]]:
        """Yield the share of every access, of all spatial mappings.

        Elements of all visits together that no idle dimension repeats.
        """
        operand = OPERANDS[place[0]]
        plain = [dim for dim in tiles if dim in self._costs.layer.plain_dims(operand)]
        even = EvenTraffic(self._costs, place, {})
        for access in even.accesses():
            share: Floats = np.ones(1)
            for dim in plain:
                each = even.share(access, self._of_plain(place, tiles[dim]))
                share = share * _by_unrolling(each, tiles, dim, 0)[rows[dim]]
            for window in self._costs.layer.windows_of(operand):
                share = share * self._of_window(even, access, tiles, rows, window)
            yield access, share

    def _of_window(
        self, even: EvenTraffic, access: Access, tiles: Tiles, rows: Rows, window: Window
    ) -> Floats:
        """The least share of both dimensions of a window together."""
        (reach, taps), table = self._table(even.place, tiles, window)
        share = even.share(access, table.columns).reshape(len(reach), len(taps))
        place: list[Factors] = []
        for axis, dim in enumerate((window.output_dim, window.filter_dim)):
            share = _by_unrolling(share, tiles, dim, axis)
            place.append(rows.get(dim, np.zeros(1, dtype=np.int64)))
        found: Floats = share[place[0], place[1]]
        return found


def _by_unrolling(share: Floats, tiles: Tiles, dim: str, axis: int) -> Floats:
    """The least of every unrolling, of a share of every tile; tiles are listed by unrollings."""
    if dim not in tiles:
        return share
    row = tiles[dim].row
    first = np.searchsorted(row, np.arange(int(row[-1]) + 1))
    least: Floats = np.minimum.reduceat(share, first, axis=axis)
    return least
