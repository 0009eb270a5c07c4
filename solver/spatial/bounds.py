"""Bounds of energy and latency of every spatial mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.lattice import Array
from zigzag_imc.solver.spatial.batch import SpatialBatch
from zigzag_imc.solver.spatial.energy import energy_bound_pj
from zigzag_imc.solver.spatial.latency import latency_bound


@dataclass(frozen=True)
class SpatialBounds:
    """Lower bounds of energy (pJ) and latency (cycles) of every spatial mapping."""

    energy_pj: Array
    latency: Array


def spatial_bounds(model: CostModel, spatials: Sequence[SpatialMapping], with_latency: bool) -> SpatialBounds:
    """Bound every spatial mapping quickly."""
    batch = SpatialBatch(model, spatials)
    energy = np.min(list(energy_bound_pj(batch).values()), axis=0)
    return SpatialBounds(energy, latency_bound(batch) if with_latency else np.zeros(batch.count))
