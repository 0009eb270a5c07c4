"""Bounds of energy and latency of every spatial mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np

from zigzag_imc.core.constraints import Constraints
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.presolve.floor import floor_of
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.energies import (
    NEVER,
    EnergiesOfAll,
    Known,
    Later,
    ShouldStop,
    Stops,
)
from zigzag_imc.solver.presolve.spatial.energy import traffic_of
from zigzag_imc.solver.presolve.spatial.finishing import Finishing
from zigzag_imc.solver.presolve.spatial.latency import latency_bound
from zigzag_imc.solver.presolve.spatial.rounding import number_for, rounded_down
from zigzag_imc.solver.presolve.spatial.traffic import Traffic
from zigzag_imc.solver.tables.lattice import Array

BLOCK = 1 << 14
"""Spatial mappings bounded together."""


@dataclass(frozen=True, slots=True)
class SpatialBounds:
    """Lower bounds of energy (pJ) and latency (cycles) of spatial mappings.

    All, or the first so many.

    Attributes
    ----------
    energies
        Of the energy.
    latency
        Per spatial mapping, in clock cycles.
    """

    energies: EnergiesOfAll
    latency: Array

    @classmethod
    def of(cls, energy_pj: Array, latency: Array) -> SpatialBounds:
        """Keep bounds that are worked out: of energy, in pJ, and of latency, in clock cycles."""
        return cls(Known(energy_pj), latency)

    @property
    def energy_pj(self) -> Array:
        """Per spatial mapping, in pJ."""
        return self.energies.of_all()

    def __len__(self) -> int:
        return len(self.latency)


def bounded_in_time(model: CostModel, spatials: SpatialSpace, energy_pj: Array) -> SpatialBounds:
    """Add bounds of the latency to known ones of the energy of every spatial mapping."""
    blocks = map(latency_bound, arrays_of(model, spatials))
    return SpatialBounds.of(energy_pj, np.concatenate([np.empty(0), *blocks]))


@dataclass(frozen=True)
class Block:
    """Spatial mappings bounded together, before what anything costs is known.

    Attributes
    ----------
    traffic
        What they move.
    latency
        Lower bounds of their latency, in clock cycles; ``None`` where it takes no part.
    """

    traffic: Traffic
    latency: Array | None

    @classmethod
    def of(cls, arrays: SpatialArrays, with_latency: bool) -> Block:
        """Work it out for some spatial mappings."""
        return cls(traffic_of(arrays), latency_bound(arrays) if with_latency else None)

    def bounds(self, model: CostModel) -> SpatialBounds:
        """Return the bounds on an accelerator, or on one alike (`sharing`)."""
        energy_pj = reduce(np.minimum, self.traffic.energy_bounds_pj(model).values())
        latency = self.latency
        if latency is None:
            latency = np.broadcast_to(0.0, len(energy_pj))
        return SpatialBounds.of(energy_pj, latency)


def arrays_of(
    model: CostModel, spatials: SpatialSpace, should_stop: Callable[[], bool] | None = None
) -> Iterator[SpatialArrays]:
    """Yield spatial mappings block by block; after the first, until ``should_stop`` says so."""
    for start in range(0, len(spatials), BLOCK):
        if start and should_stop is not None and should_stop():
            return
        yield SpatialArrays(model, spatials[start : start + BLOCK])


def spatial_bounds(
    model: CostModel,
    spatials: SpatialSpace,
    with_latency: bool,
    stops: Stops = NEVER,
    constraints: Constraints = (),
) -> SpatialBounds:
    """Bound every spatial mapping quickly, or as many as there is time for.

    Beside the latency, energies only when they are asked for (`energies`). Of constraints, those
    count that keep outputs in a memory until they are finished.
    """
    finishing = Finishing.of(model, constraints)
    bounded = _energies_pj if not with_latency else _latencies
    found = _in_one(bounded(model, finishing, spatials, stops.bounding), len(spatials))
    if not with_latency:
        return SpatialBounds.of(found, np.broadcast_to(0.0, len(found)))
    in_blocks = partial(_energies_pj, model, finishing)
    least_pj = floor_of(model).energy_pj
    return SpatialBounds(Later(spatials[: len(found)], in_blocks, least_pj, stops), found)


def _energies_pj(
    model: CostModel, finishing: Finishing | None, spatials: SpatialSpace, should_stop: ShouldStop
) -> Iterator[Array]:
    """Yield bounds of the energy of spatial mappings block by block, in pJ."""
    for arrays in arrays_of(model, spatials, should_stop):
        energy_pj = Block.of(arrays, with_latency=False).bounds(model).energy_pj
        yield energy_pj if finishing is None else np.maximum(energy_pj, finishing.energy_pj(arrays))


def _latencies(
    model: CostModel, finishing: Finishing | None, spatials: SpatialSpace, should_stop: ShouldStop
) -> Iterator[Array]:
    """Yield bounds of the latency of spatial mappings block by block, in clock cycles."""
    for arrays in arrays_of(model, spatials, should_stop):
        latency = latency_bound(arrays)
        yield latency if finishing is None else np.maximum(latency, finishing.latency(arrays))


def _in_one(blocks: Iterator[Array], most: int) -> Array:
    """Put bounds of blocks together, of so many spatial mappings at most."""
    number = number_for(most)
    found, bounded = np.empty(most, dtype=number), 0
    for block in blocks:
        found[bounded : bounded + len(block)] = rounded_down(block, number)
        bounded += len(block)
    return found[:bounded]
