"""A spatial mapping laid out: how it spreads a layer, and the lattice of tiles that it leaves."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.spread import Spread
from zigzag_imc.solver.tables.lattice import TileLattice


@dataclass(frozen=True, slots=True)
class Layout:
    """What all cost tables of one spatial mapping are worked out from.

    Attributes
    ----------
    spatial, laid
        The spatial mapping, and how it spreads the layer.
    lattice
        All tiles that it leaves for time.
    """

    spatial: SpatialMapping
    laid: Spread
    lattice: TileLattice

    @classmethod
    def of(cls, model: CostModel, spatial: SpatialMapping) -> Layout:
        """Lay out a spatial mapping of the layer of a cost model."""
        laid = model.spread(spatial)
        return cls(spatial, laid, TileLattice.of(laid.temporal))
