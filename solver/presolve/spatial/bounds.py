"""Bounds of energy and latency of every spatial mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.constraints import Constraints
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.presolve.spatial.energy import traffic_of
from zigzag_imc.solver.presolve.spatial.finishing import Finishing
from zigzag_imc.solver.presolve.spatial.latency import latency_bound
from zigzag_imc.solver.presolve.spatial.traffic import Traffic
from zigzag_imc.solver.tables.lattice import Array

BLOCK = 1 << 14
"""Spatial mappings bounded together."""

MOST_EXACT = 1 << 20
"""Spatial mappings whose bounds are kept as exact as they were worked out."""


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

    def at_least(self, energy_pj: Array, latency: Array) -> SpatialBounds:
        """Return the larger of these and others."""
        return SpatialBounds(
            np.maximum(self.energy_pj, energy_pj), np.maximum(self.latency, latency)
        )


def number_for(count: int) -> type[np.floating[Any]]:
    """Type of the bounds of so many spatial mappings: half as long a number will do for millions.

    They take the most room there; a bound a ten-millionth lower is a bound, too.
    """
    return np.float64 if count <= MOST_EXACT else np.float32


def rounded_down(values: Array, number: type[np.floating[Any]]) -> npt.NDArray[Any]:
    """Return numbers of a type that are no larger than some values."""
    if number is np.float64:
        return values
    found = values.astype(number)
    return np.where(found > values, np.nextafter(found, number(-np.inf)), found)


def bounded_in_time(model: CostModel, spatials: SpatialSpace, energy_pj: Array) -> SpatialBounds:
    """Add bounds of the latency to known ones of the energy of every spatial mapping."""
    blocks = map(latency_bound, arrays_of(model, spatials))
    return SpatialBounds(energy_pj, np.concatenate([np.empty(0), *blocks]))


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
        return SpatialBounds(energy_pj, latency)


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
    should_stop: Callable[[], bool] | None = None,
    constraints: Constraints = (),
) -> SpatialBounds:
    """Bound every spatial mapping quickly, or as many as come before ``should_stop`` says so.

    Of constraints, those count that keep outputs in a memory until they are finished.
    """
    finishing = Finishing.of(model, constraints)
    number = number_for(len(spatials))
    energy_pj, bounded = np.empty(len(spatials), dtype=number), 0
    nothing = np.broadcast_to(0.0, len(spatials))
    latency = np.empty(len(spatials), dtype=number) if with_latency else nothing
    for arrays in arrays_of(model, spatials, should_stop):
        own = slice(bounded, bounded + arrays.count)
        found = Block.of(arrays, with_latency).bounds(model)
        if finishing is not None:
            found = found.at_least(*finishing.bounds(arrays))
        energy_pj[own] = rounded_down(found.energy_pj, number)
        if with_latency:
            latency[own] = rounded_down(found.latency, number)
        bounded = own.stop
    return SpatialBounds(energy_pj[:bounded], latency[:bounded])
