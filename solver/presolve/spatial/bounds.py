"""Bounds of energy and latency of every spatial mapping."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np

from zigzag_imc.core.constraints import Constraints
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.energy import energy_bound_pj
from zigzag_imc.solver.presolve.spatial.finishing import Finishing
from zigzag_imc.solver.presolve.spatial.latency import latency_bound
from zigzag_imc.solver.tables.lattice import Array

BLOCK = 1 << 14
"""Spatial mappings bounded together."""


@dataclass(frozen=True)
class SpatialBounds:
    """Lower bounds of energy (pJ) and latency (cycles) of spatial mappings.

    All, or the first so many.

    Attributes
    ----------
    energy_pj
        Per spatial mapping, in pJ.
    latency
        Per spatial mapping, in clock cycles.
    """

    energy_pj: Array
    latency: Array


def bounded_in_time(model: CostModel, spatials: SpatialSpace, energy_pj: Array) -> SpatialBounds:
    """Add bounds of the latency to known ones of the energy of every spatial mapping."""
    starts = range(0, len(spatials), BLOCK)
    blocks = (SpatialArrays(model, spatials[start : start + BLOCK]) for start in starts)
    return SpatialBounds(energy_pj, np.concatenate([np.empty(0), *map(latency_bound, blocks)]))


def spatial_bounds(
    model: CostModel,
    spatials: SpatialSpace,
    with_latency: bool,
    should_stop: Callable[[], bool] | None = None,
    constraints: Constraints = (),
) -> SpatialBounds:
    """Bound every spatial mapping quickly, or as many as come before ``should_stop`` says so.

    Of constraints, those count that keep outputs in a memory until they are finished.
    """
    finishing = Finishing.of(model, constraints)
    energy_pj, bounded = np.empty(len(spatials)), 0
    latency = np.empty(len(spatials)) if with_latency else np.broadcast_to(0.0, len(spatials))
    for start in range(0, len(spatials), BLOCK):
        if start and should_stop is not None and should_stop():
            break
        arrays = SpatialArrays(model, spatials[start : start + BLOCK])
        own = slice(start, start + arrays.count)
        energy_pj[own] = reduce(np.minimum, energy_bound_pj(arrays).values())
        if with_latency:
            latency[own] = latency_bound(arrays)
        if finishing is not None:
            least_pj, least_cycles = finishing.bounds(arrays)
            energy_pj[own] = np.maximum(energy_pj[own], least_pj)
            if with_latency:
                latency[own] = np.maximum(latency[own], least_cycles)
        bounded = own.stop
    return SpatialBounds(energy_pj[:bounded], latency[:bounded])
