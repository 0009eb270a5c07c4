"""Many spatial mappings at once: their unrollings as arrays, and what follows elementwise.

The formulas are those of `models`, which take numbers and arrays alike.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.core.mapping import temporal_sizes
from zigzag_imc.models.array.diagonal import ByArrayDim
from zigzag_imc.models.array.use import Rows, full_use, lanes, whole_use
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.movement.spread import timed_unrollings
from zigzag_imc.models.movement.unrolled import (
    OperandUnrollings,
    averages_of,
)
from zigzag_imc.solver.tables.lattice import Array


class SpatialArrays:
    """Unrollings of many spatial mappings as arrays, with one entry per spatial mapping.

    Attributes
    ----------
    model, layer, accelerator
        The cost model, and what it maps onto what.
    count
        How many spatial mappings there are.
    unrolled, average
        Unrollings per array and layer dimension, as they are and on average. Only those that are
        above one anywhere.
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
        everything = self.whole_of("O")
        self._factors = everything.inside(everything.outermost)
        left = temporal_sizes(self.layer.loop_dims, self._factors)
        self.temporal: dict[str, Array] = {dim: size * self.ones for dim, size in left.items()}
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
        return OperandUnrollings.of(self.layer, self.accelerator, operand, self._timed)

    def whole_of(self, operand: str) -> OperandUnrollings:
        """Whole unrollings, as an operand sees them."""
        return OperandUnrollings.of(self.layer, self.accelerator, operand, self.unrolled)

    def divides(self, dims: frozenset[str]) -> Array:
        """Whether the unrollings of all ``dims`` divide their loops."""
        sizes, factors = self.layer.sizes, self._factors
        divide = [self.temporal[dim] * factors.get(dim, 1) == sizes[dim] for dim in dims]
        every: Array = np.logical_and.reduce([np.ones(self.count, dtype=bool), *divide])
        return every

    def iterations(self, dims: frozenset[str]) -> Array:
        """Product of ``T_d`` over ``dims``."""
        left = [size for dim, size in self.temporal.items() if dim in dims]
        return math.prod(left, start=self.ones)

    @cached_property
    def _timed(self) -> ByArrayDim:
        return timed_unrollings(self.unrolled, self.average, self.model.profile)


def _unrolled(model: CostModel, spatials: SpatialSpace) -> ByArrayDim:
    """Unrollings that are above one anywhere; layer dimensions in the order of the layer."""
    unrolled = spatials.unrolled()
    return {
        array_dim: {
            dim: unrolled[array_dim][dim]
            for dim in model.layer.sizes
            if np.any(unrolled[array_dim].get(dim, 1) > 1)
        }
        for array_dim, _ in model.accelerator.array.dimensions
    }


UnitEnergies = dict[tuple[float, float], float]
"""Energy of one activation (pJ) by rows and columns in use."""


def array_energy_pj(arrays: SpatialArrays, known_pj: UnitEnergies | None = None) -> Array:
    """Energy of the array under every spatial mapping, without local precharge.

    At least: the band of rows that a diagonal mapping takes counts as its taps. Energies of single
    activations that are not ``known_pj`` are added to it.
    """
    known_pj = {} if known_pj is None else known_pj
    model, array = arrays.model, arrays.accelerator.array
    if model.profile.whole_activations:
        rows = _rows_without_bands(arrays.average, array)
        use = whole_use(array, arrays.average, rows, arrays.steps)
    else:
        rows = _rows_without_bands(arrays.unrolled, array)
        use = full_use(array, arrays.unrolled, rows, arrays.layer.macs)
    # Complex numbers stand for pairs: they are sorted far faster than rows of an array.
    pairs, which = np.unique(use.rows.mapped * arrays.ones + 1j * use.columns, return_inverse=True)
    distinct = list(zip(pairs.real.tolist(), pairs.imag.tolist(), strict=True))
    for pair in distinct:
        if pair not in known_pj:
            known_pj[pair] = sum(model.macro.activation_energy_pj(*pair).values())
    total: Array = np.array([known_pj[pair] for pair in distinct])[which] * use.activations
    return total


def _rows_without_bands(unrollings: ByArrayDim, array: ImcArray) -> Rows:
    """Rows in use, where no diagonal takes more than its taps."""
    taps = lanes(unrollings, array.bitline)
    return Rows(taps, taps)
