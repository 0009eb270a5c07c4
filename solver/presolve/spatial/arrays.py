"""Many spatial mappings at once: their unrollings as arrays, and what follows elementwise.

The formulas are those of `models`, which take numbers and arrays alike.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.mapping import temporal_sizes
from zigzag_imc.models.array.diagonal import ByArrayDim, counted_once
from zigzag_imc.models.array.use import Rows, full_use, whole_use
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
        return self._average_on(self.accelerator, operand)

    def average_apart_of(self, operand: str) -> OperandUnrollings:
        """Average unrollings, as an operand sees them where every distinct input has a row."""
        array = self.accelerator.array
        apart = self.accelerator.replace(array=replace(array, unit_diagonals=False))
        return self._average_on(apart, operand)

    def _average_on(self, accelerator: Accelerator, operand: str) -> OperandUnrollings:
        whole, average = self.unrolled, self.average
        return OperandUnrollings.of(self.layer, accelerator, operand, average, whole)

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


UnitEnergies = dict[tuple[float, ...], float]
"""Energy of one activation (pJ) by rows, columns and taps of a column in use."""


def array_energy_pj(arrays: SpatialArrays, known_pj: UnitEnergies | None = None) -> Array:
    """Energy of the array under every spatial mapping, without local precharge.

    Energies of single activations that are not ``known_pj`` are added to it.
    """
    known_pj = {} if known_pj is None else known_pj
    model, layer, array = arrays.model, arrays.layer, arrays.accelerator.array
    if model.profile.whole_activations:
        rows = Rows.on_average(layer, array, arrays.unrolled, arrays.average)
        use = whole_use(array, arrays.average, rows, arrays.steps)
    else:
        rows = Rows.of(layer, array, arrays.unrolled)
        use = full_use(array, counted_once(layer, array, arrays.unrolled), rows, layer.macs)
    mapped, columns, taps, which = _distinct(
        *(amount * arrays.ones for amount in (use.rows.mapped, use.columns, use.rows.taps))
    )
    distinct = list(zip(mapped, columns, taps, strict=True))
    for in_use in distinct:
        if in_use not in known_pj:
            known_pj[in_use] = sum(model.macro.activation_energy_pj(*in_use).values())
    total: Array = np.array([known_pj[in_use] for in_use in distinct])[which] * use.activations
    return total


def _distinct(
    mapped: Array, columns: Array, taps: Array
) -> tuple[list[float], list[float], list[float], npt.NDArray[np.intp]]:
    """Distinct triples, and which of them stands at every place.

    Sums of odd multiples stand for the triples: single numbers are sorted far faster than rows of
    an array. Where two triples happen to have one sum, places among the distinct values do.
    """
    sums = sum(factor * each for factor, each in zip(_ODD, (mapped, columns, taps), strict=True))
    _, first, which = np.unique(sums, return_index=True, return_inverse=True)
    found = [each[first] for each in (mapped, columns, taps)]
    told = zip(found, (mapped, columns, taps), strict=True)
    if not all(np.array_equal(distinct[which], each) for distinct, each in told):
        return _by_places(mapped, columns, taps)
    one, other, third = (each.tolist() for each in found)
    return one, other, third, which


_ODD = (1.0, 0.8191725133961645, 0.6710436067037893)
"""Multiples by which triples are told apart."""


def _by_places(
    mapped: Array, columns: Array, taps: Array
) -> tuple[list[float], list[float], list[float], npt.NDArray[np.intp]]:
    """Distinct triples told by places among the distinct values of each."""
    of_mapped, place_mapped = np.unique(mapped, return_inverse=True)
    of_columns, place_columns = np.unique(columns, return_inverse=True)
    of_taps, place_taps = np.unique(taps, return_inverse=True)
    shape = len(of_mapped), len(of_columns), len(of_taps)
    places = np.ravel_multi_index((place_mapped, place_columns, place_taps), shape)
    distinct, which = np.unique(places, return_inverse=True)
    one, other, third = np.unravel_index(distinct, shape)
    return of_mapped[one].tolist(), of_columns[other].tolist(), of_taps[third].tolist(), which
