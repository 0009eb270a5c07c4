"""Spatial mappings that take equally long, whatever the tiles.

Two of them may unroll a dimension over different sides of the array: energies differ, while all
memories that both sides share see the same. What latency and room follow from is the number of
steps along every dimension, how many elements each memory holds and exchanges, and the rows that
are written; where these are equal, a bound of the latency of one is a bound of the other.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache, partial

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.room import tile_rooms


def timing_of(costs: CostModel, spatial: SpatialMapping) -> Hashable:
    """Return all that latency and room follow from; equal for spatial mappings that are alike."""
    laid = costs.spread(spatial)
    rooms = (tile_rooms(costs.layer, costs.accelerator, own, spatial) for own in OPERANDS)
    return tuple(laid.temporal.items()), laid.operands, laid.mapped_rows, tuple(rooms)


class KnownLatencies:
    """Bounds of the latency that hold for all spatial mappings alike.

    Parameters
    ----------
    costs
        Exact cost model of the layer.
    """

    def __init__(self, costs: CostModel) -> None:
        # One spatial mapping is asked about, looked at, and told of.
        self._timing_of = lru_cache(maxsize=1)(partial(timing_of, costs))
        self._known: dict[Hashable, float] = {}

    def least(self, spatial: SpatialMapping) -> float:
        """Cycles that a spatial mapping takes at least, as far as those alike tell."""
        return self._known.get(self._timing_of(spatial), 0.0)

    def tell(self, spatial: SpatialMapping, cycles: float) -> None:
        """Remember that a spatial mapping takes so many cycles at least."""
        timing = self._timing_of(spatial)
        self._known[timing] = max(cycles, self._known.get(timing, 0.0))
