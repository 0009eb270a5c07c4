"""Many spatial mappings at once: their unrollings as arrays, and what follows elementwise.

The formulas are those of `models`, which take numbers and arrays alike.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from zigzag_imc.core.mapping import temporal_sizes
from zigzag_imc.models.array.diagonal import ByArrayDim
from zigzag_imc.models.array.use import full_use, whole_use
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.movement.spread import timed_unrollings
from zigzag_imc.models.movement.unrolled import OperandUnrollings, averages_of
from zigzag_imc.solver.tables.lattice import Array


class SpatialArrays:
    """Unrollings of many spatial mappings as arrays, with one entry per spatial mapping.

    Attributes
    ----------
    model, layer, accelerator
        The cost model, and what it maps onto what.
    count
        How many spatial mappings there are.
    unrolled, average, timed
        Unrollings per array and layer dimension: as they are, on average, and as latency counts
        them. Only those that are above one anywhere.
    temporal
        ``T_d`` per layer dimension.
    steps
        Activations of the array in time.
    """

    def __init__(self, model: CostModel, spatials: SpatialSpace) -> None:
        self.model = model
        self.layer, self.accelerator = model.layer, model.accelerator
        self.count = len(spatials)
        self.unrolled = _unrolled(model, spatials)
        self.average = averages_of(self.layer, self.accelerator.array, self.unrolled)
        self.timed = timed_unrollings(self.unrolled, self.average, model.profile)
        self._factors = {dim: self._factor(dim) for dim in self.layer.sizes}
        self.temporal: dict[str, Array] = temporal_sizes(self.layer.loop_dims, self._factors)
        self.steps: Array = np.prod(list(self.temporal.values()), axis=0)

    @cached_property
    def zeros(self) -> Array:
        """Zero for every spatial mapping."""
        return np.zeros(self.count)

    @cached_property
    def ones(self) -> Array:
        """One for every spatial mapping."""
        return np.ones(self.count)

    def average_of(self, operand: str) -> OperandUnrollings:
        """Average unrollings, as an operand sees them."""
        return OperandUnrollings.of(self.layer, self.accelerator, operand, self.average)

    def timed_of(self, operand: str) -> OperandUnrollings:
        """Unrollings as latency counts them, as an operand sees them."""
        return OperandUnrollings.of(self.layer, self.accelerator, operand, self.timed)

    def whole_of(self, operand: str) -> OperandUnrollings:
        """Whole unrollings, as an operand sees them."""
        return OperandUnrollings.of(self.layer, self.accelerator, operand, self.unrolled)

    def divides(self, dims: frozenset[str]) -> Array:
        """Whether the unrollings of all ``dims`` divide their loops."""
        whole = [self.temporal[dim] * self._factors[dim] == self.layer.sizes[dim] for dim in dims]
        return np.logical_and.reduce(whole) if whole else np.ones(self.count, dtype=bool)

    def iterations(self, dims: frozenset[str]) -> Array:
        """Product of ``T_d`` over ``dims``."""
        steps = [size for dim, size in self.temporal.items() if dim in dims]
        return math.prod(steps, start=self.ones)

    def _factor(self, dim: str) -> Array:
        """Product of the unrollings of one dimension."""
        columns = [dims[dim] for dims in self.unrolled.values() if dim in dims]
        return math.prod(columns, start=self.ones)


def _unrolled(model: CostModel, spatials: SpatialSpace) -> ByArrayDim:
    """Unrollings that are above one anywhere; layer dimensions in the order of the layer."""
    factors = np.ascontiguousarray(spatials.factors.T, dtype=np.float64)
    columns = dict(zip(spatials.columns, factors, strict=True))
    return {
        array_dim: {
            dim: columns[array_dim, dim]
            for dim in model.layer.sizes
            if np.any(columns.get((array_dim, dim), 1) > 1)
        }
        for array_dim, _ in model.accelerator.array.dimensions
    }


def array_energy_pj(arrays: SpatialArrays) -> Array:
    """Energy of the array under every spatial mapping, without local precharge."""
    model, array = arrays.model, arrays.accelerator.array
    if model.profile.whole_activations:
        use = whole_use(arrays.layer, array, arrays.average, arrays.steps)
    else:
        use = full_use(arrays.layer, array, arrays.unrolled)
    lines = [amount * arrays.ones for amount in (use.rows, use.columns, use.taps)]
    distinct, which = np.unique(np.stack(lines, axis=1), axis=0, return_inverse=True)
    unit_pj = [sum(model.macro.activation_energy_pj(*used).values()) for used in distinct.tolist()]
    total: Array = np.array(unit_pj)[which.reshape(-1)] * use.activations
    return total
