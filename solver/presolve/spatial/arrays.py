"""Many spatial mappings at once: their unrollings as arrays, and what follows elementwise.

The formulas are those of `models`, which take numbers and arrays alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.mapping import temporal_sizes
from zigzag_imc.models.array.diagonal import ByArrayDim, counted_once
from zigzag_imc.models.array.use import ArrayUse, Rows, full_use, whole_use
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.movement.spread import timed_unrollings
from zigzag_imc.models.movement.unrolled import (
    OperandUnrollings,
    averages_of,
)
from zigzag_imc.solver.presolve.spatial.traffic import array_pj_of
from zigzag_imc.solver.tables.lattice import Array


class SpatialArrays:
    """Unrollings of many spatial mappings as arrays, with one entry per spatial mapping.

    Attributes
    ----------
    model, layer, accelerator
        The cost model, and what it maps onto what.
    count
        How many spatial mappings there are.
    unrolled
        Unrollings per array and layer dimension. Only those that are above one anywhere.
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
        # Every cut and bound asks for the same few again; diagonals take long to be seen.
        self._seen: dict[tuple[str, str], OperandUnrollings] = {}
        everything = self.whole_of("O")
        self._factors = everything.inside(everything.outermost)
        left = temporal_sizes(self.layer.loop_dims, self._factors)
        self.temporal: dict[str, Array] = {dim: size * self.ones for dim, size in left.items()}
        self.steps: Array = np.prod(list(self.temporal.values()), axis=0)

    @cached_property
    def average(self) -> ByArrayDim:
        """`unrolled` on average; the latency asks for it under some profiles alone."""
        return averages_of(self.layer, self.accelerator.array, self.unrolled)

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
        return self._once("average", operand, lambda: self._average_on(self.accelerator, operand))

    def average_apart_of(self, operand: str) -> OperandUnrollings:
        """Average unrollings, as an operand sees them where every distinct input has a row."""

        def seen() -> OperandUnrollings:
            array = replace(self.accelerator.array, unit_diagonals=False)
            return self._average_on(self.accelerator.replace(array=array), operand)

        return self._once("apart", operand, seen)

    def _average_on(self, accelerator: Accelerator, operand: str) -> OperandUnrollings:
        whole, average = self.unrolled, self.average
        return OperandUnrollings.of(self.layer, accelerator, operand, average, whole)

    def timed_of(self, operand: str) -> OperandUnrollings:
        """Unrollings as latency counts them, as an operand sees them."""
        seen = partial(OperandUnrollings.of, self.layer, self.accelerator, operand)
        return self._once("timed", operand, lambda: seen(self._timed))

    def whole_of(self, operand: str) -> OperandUnrollings:
        """Whole unrollings, as an operand sees them."""
        seen = partial(OperandUnrollings.of, self.layer, self.accelerator, operand)
        return self._once("whole", operand, lambda: seen(self.unrolled))

    def _once(
        self, kind: str, operand: str, seen: Callable[[], OperandUnrollings]
    ) -> OperandUnrollings:
        """Return what an operand sees, worked out when it is first asked for."""
        if (kind, operand) not in self._seen:
            self._seen[kind, operand] = seen()
        return self._seen[kind, operand]

    def factor(self, dim: str) -> Array:
        """Unrolling of a layer dimension over all of the array."""
        factor: Array = self._factors.get(dim, 1) * self.ones
        return factor

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
        if not self.model.profile.floor_unrolling:
            return self.unrolled  # averages take long
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


def array_use(arrays: SpatialArrays) -> ArrayUse:
    """How much of the array is at work under every spatial mapping, and how often."""
    model, layer, array = arrays.model, arrays.layer, arrays.accelerator.array
    if model.profile.whole_activations:
        rows = Rows.on_average(layer, array, arrays.unrolled, arrays.average)
        use = whole_use(array, arrays.average, rows, arrays.steps)
    else:
        rows = Rows.of(layer, array, arrays.unrolled)
        use = full_use(array, counted_once(layer, array, arrays.unrolled), rows, layer.macs)
    ones = arrays.ones
    rows = replace(use.rows, mapped=use.rows.mapped * ones, taps=use.rows.taps * ones)
    return ArrayUse(rows, use.columns * ones, use.activations * ones)


def array_energy_pj(arrays: SpatialArrays) -> Array:
    """Energy of the array under every spatial mapping, without local precharge."""
    return array_pj_of(arrays.model, array_use(arrays))


def loading_pj(arrays: SpatialArrays) -> Array | float:
    """Energy of loading weights that stay, an inference, in pJ; zero where they come and go."""
    loading = arrays.model.loading
    if loading is None:
        return 0.0
    unrolled = loading.unrollings(arrays.average, arrays.unrolled)
    found: Array | float = loading.energy_pj(unrolled, arrays.temporal)
    return found


def fixed_energy_pj(arrays: SpatialArrays) -> Array:
    """Energy that no tile changes: of the array, and a share of loading weights that stay."""
    total: Array = array_energy_pj(arrays) + loading_pj(arrays)
    return total
