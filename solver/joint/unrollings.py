"""Unrollings: how far every layer dimension is spread over every array dimension.

``u[a,d]`` per array dimension ``a`` and layer dimension ``d``, and ``T[d]``, what is left for time.
The domain of a layer dimension are its smallest unrollings: none of its factors can be lowered
without more iterations in time.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.array.diagonal import ByArrayDim
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.unrollings import is_smallest, smallest_unrollings, unrollable_dims
from zigzag_imc.models.movement.spread import timed_unrollings
from zigzag_imc.models.movement.unrolled import average_unrollings
from zigzag_imc.models.movement.words import ceil_div
from zigzag_imc.solver.joint.selection import Column, Selection, Sheet

Factors = npt.NDArray[Any]
"""A whole number per row."""


@dataclass(frozen=True, eq=False)
class Unrolling:
    """The unrollings of one layer dimension.

    Attributes
    ----------
    dim
        The layer dimension.
    factors
        Per array dimension, ``u[a,d]`` in every row.
    averages, timed
        The same in use on average, and as latency counts them.
    temporal
        ``T[d]`` in every row.
    chosen
        The row.
    """

    dim: str
    factors: Mapping[str, Factors]
    averages: Mapping[str, Column]
    timed: Mapping[str, Column]
    temporal: Factors
    chosen: Selection

    @property
    def most(self) -> int:
        """Iterations that any row makes in space and time together, partly empty ones counted."""
        lanes = np.prod([*self.factors.values(), np.ones_like(self.temporal)], axis=0)
        return int((lanes * self.temporal).max())

    def along(self, array_dim: str, values: Mapping[str, Column]) -> Factors:
        """Values along an array dimension; ones where the layer dimension is not there."""
        return values.get(array_dim, np.ones(len(self.temporal)))


def add_unrollings(
    sheet: Sheet, costs: CostModel, widest: int | None = None
) -> dict[str, Unrolling]:
    """Create the unrollings of all layer dimensions.

    ``widest`` leaves so many of the largest along every array dimension, and none at all.
    """
    homes = unrollable_dims(costs.layer, costs.accelerator, costs.profile)
    sizes = dict(costs.accelerator.array.dimensions)
    found = {}
    for dim, size in costs.layer.loop_dims:
        own = {a: sizes[a] for a, dims in homes.items() if dim in dims}
        factors = _smallest(size, own)
        if widest is not None:
            factors = _only_widest(factors, widest)
        found[dim] = _unrolling(sheet, costs, dim, factors)
    return found


def _smallest(size: int, homes: Mapping[str, int]) -> dict[str, Factors]:
    """Smallest unrollings of a loop over the array dimensions where it may lie."""
    if not homes:
        return {}
    domains = [
        smallest_unrollings(size, most) if len(homes) == 1 else range(1, min(size, most) + 1)
        for most in homes.values()
    ]
    rows = np.array(list(itertools.product(*domains)), dtype=np.int64).reshape(-1, len(homes))
    columns = list(rows.T)
    if len(columns) > 1:
        kept = is_smallest(size, columns)
        columns = [column[kept] for column in columns]
    return dict(zip(homes, columns, strict=True))


def _only_widest(factors: Mapping[str, Factors], widest: int) -> dict[str, Factors]:
    """Leave rows whose every factor is one, or of the largest along its array dimension."""
    kept: npt.NDArray[np.bool_] = np.array(True)
    for factor in factors.values():
        kept = kept & ((factor == 1) | np.isin(factor, np.unique(factor)[-widest:]))
    return {array_dim: factor[kept] for array_dim, factor in factors.items()}


def _unrolling(sheet: Sheet, costs: CostModel, dim: str, factors: dict[str, Factors]) -> Unrolling:
    """The unrollings of one layer dimension, with what follows from them."""
    size = costs.layer.sizes[dim]
    rows = len(next(iter(factors.values()))) if factors else 1
    total = np.prod([*factors.values(), np.ones(rows, dtype=np.int64)], axis=0).astype(np.int64)
    by_array_dim = {a: {dim: factor.astype(np.float64)} for a, factor in factors.items()}
    averages = average_unrollings(costs.layer, by_array_dim)
    timed = timed_unrollings(by_array_dim, averages, costs.profile)
    chosen = sheet.choose(f"unrolling {dim}", {"row": np.arange(rows, dtype=np.float64)})
    return Unrolling(
        dim, factors, _only(dim, averages), _only(dim, timed), ceil_div(size, total), chosen
    )


def _only(dim: str, values: ByArrayDim) -> dict[str, Column]:
    """Values of one layer dimension along every array dimension."""
    return {array_dim: dims[dim] for array_dim, dims in values.items()}


def spatial_at(unrollings: Mapping[str, Unrolling], rows: Mapping[str, int]) -> SpatialMapping:
    """Return the spatial mapping that some rows are."""
    by_array_dim: dict[str, dict[str, int]] = {}
    for dim, unrolling in unrollings.items():
        for array_dim, factors in unrolling.factors.items():
            factor = int(factors[rows[dim]])
            if factor > 1:
                by_array_dim.setdefault(array_dim, {})[dim] = factor
    return SpatialMapping.of(by_array_dim)
