"""Many spatial mappings at once.

Their unrollings as arrays, and what follows from them elementwise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.tables.lattice import Array


class SpatialBatch:
    """Unrollings of many spatial mappings as arrays, and what follows from them elementwise."""

    def __init__(self, model: CostModel, spatials: SpatialSpace) -> None:
        self.model = model
        self.layer, self.accelerator = model.layer, model.accelerator
        self.count = len(spatials)
        array_dims = [name for name, _ in self.accelerator.array.dimensions]
        self.unrolled: dict[str, dict[str, Array]] = {name: {} for name in array_dims}
        for (array_dim, dim), column in zip(spatials.columns, spatials.factors.T, strict=True):
            if np.any(column > 1):
                self.unrolled[array_dim][dim] = column.astype(np.float64)
        self.temporal: dict[str, Array] = {}
        self.divides: dict[str, Array] = {}
        self.average: dict[str, dict[str, Array]] = {name: {} for name in array_dims}
        for dim, size in self.layer.loop_dims:
            homes = [name for name in array_dims if dim in self.unrolled[name]]
            total = np.ones(self.count)
            for name in homes:
                total = total * self.unrolled[name][dim]
            steps = np.ceil(size / total)
            self.temporal[dim] = steps
            self.divides[dim] = steps * total == size
            widest = np.max([self.unrolled[name][dim] for name in homes], axis=0) if homes else None
            taken = np.zeros(self.count, dtype=bool)
            for name in homes:
                column = self.unrolled[name][dim]
                here = (column == widest) & ~taken
                taken |= here
                self.average[name][dim] = np.where(here, size / steps / (total / column), column)
        self.steps: Array = np.prod(list(self.temporal.values()), axis=0)

    def product(self, dims: frozenset[str], array_dims: Sequence[str]) -> Array:
        """Average unrollings of ``dims`` on ``array_dims``, multiplied."""
        total = np.ones(self.count)
        for name in array_dims:
            for dim, column in self.average[name].items():
                if dim in dims:
                    total = total * column
        return total

    def timed(self, array_dim: str, dim: str) -> Array:
        """Unrolling of one dimension on one array dimension, as latency counts it."""
        if self.model.profile.floor_unrolling:
            return self.average[array_dim][dim] // 1
        return self.unrolled[array_dim][dim]

    def unrolled_on(self, dim: str, array_dims: Sequence[str]) -> Array:
        """Whole unrollings of one dimension on some array dimensions, multiplied."""
        total = np.ones(self.count)
        for name in array_dims:
            total = total * self.unrolled[name].get(dim, 1.0)
        return total

    def all_divide(self, dims: frozenset[str]) -> Array:
        """Whether the unrollings of all ``dims`` divide their loops."""
        every: Array = np.ones(self.count, dtype=bool)
        for dim in dims:
            every = every & self.divides[dim]
        return every

    def iterations(self, dims: frozenset[str]) -> Array:
        """Product of ``T_d`` over ``dims``."""
        total = np.ones(self.count)
        for dim, steps in self.temporal.items():
            if dim in dims:
                total = total * steps
        return total


def array_energy_pj(batch: SpatialBatch) -> Array:
    """Energy of the array under every spatial mapping.

    The same formula as in `models.movement.spread`.
    """
    model, array = batch.model, batch.accelerator.array
    everything = frozenset(batch.layer.sizes)
    if model.profile.whole_activations:
        rows = batch.product(everything, [array.bitline])
        columns = batch.product(everything, [array.wordline])
        activations = batch.steps * batch.product(
            everything, [name for name, _ in array.dimensions[2:]]
        )
    else:
        rows = np.prod([np.ones(batch.count), *batch.unrolled[array.bitline].values()], axis=0)
        columns = np.prod([np.ones(batch.count), *batch.unrolled[array.wordline].values()], axis=0)
        activations = batch.layer.macs / (rows * columns)
    pairs, which = np.unique(np.stack([rows, columns], axis=1), axis=0, return_inverse=True)
    unit_pj = np.array(
        [sum(model.macro.activation_energy_pj(*pair).values()) for pair in pairs.tolist()]
    )
    total: Array = unit_pj[which.reshape(-1)] * activations
    return total
