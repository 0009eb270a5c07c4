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
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.models.array.diagonal import ByArrayDim, counted_once
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.homes import Homes
from zigzag_imc.models.mapspace.unrollings import has_use_for, is_smallest
from zigzag_imc.models.movement.spread import timed_unrollings
from zigzag_imc.models.movement.unrolled import averages_of
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
    lanes
        Lanes of all array dimensions together, of a diagonal block once.
    temporal
        ``T[d]`` in every row.
    chosen
        The row.
    """

    dim: str
    factors: Mapping[str, Factors]
    averages: Mapping[str, Column]
    timed: Mapping[str, Column]
    lanes: Factors
    temporal: Factors
    chosen: Selection

    @property
    def most(self) -> int:
        """Iterations that any row makes in space and time together, partly empty ones counted."""
        lanes = np.prod([*self.factors.values(), np.ones_like(self.temporal)], axis=0)
        return int((lanes * self.temporal).max())

    def along_factors(self, array_dim: str) -> Factors:
        """Unrollings along an array dimension; ones where the layer dimension is not there."""
        return self.along(array_dim, self.factors)

    def along(self, array_dim: str, values: Mapping[str, Column]) -> Factors:
        """Values along an array dimension; ones where the layer dimension is not there."""
        return values.get(array_dim, np.ones(len(self.temporal)))


def add_unrollings(
    sheet: Sheet,
    costs: CostModel,
    space: Space = DIVISORS,
    widest: int | None = None,
    only: SpatialMapping | None = None,
) -> dict[str, Unrolling]:
    """Create the unrollings of all layer dimensions in a space.

    ``widest`` leaves so many of the largest along every array dimension, and none at all; ``only``
    leaves those of one spatial mapping.
    """
    layer, accelerator = costs.layer, costs.accelerator
    homes = Homes.of(layer, accelerator, costs.profile, space)
    if not all(room.needed() <= set(homes.allowed[name]) for name, room in homes.rooms().items()):
        sheet.forbid()  # a constraint wants a dimension where it cannot lie
    found = {}
    for dim, size in layer.loop_dims:
        factors = smallest_factors(homes, dim, size)
        if widest is not None:
            factors = _only_widest(factors, widest)
        if only is not None:
            factors = _only_of(only, dim, factors)
        if factors and not len(next(iter(factors.values()))):
            sheet.forbid()
            factors = {}
        found[dim] = _unrolling(sheet, costs, dim, factors)
    return found


def smallest_factors(homes: Homes, dim: str, size: int) -> dict[str, Factors]:
    """Smallest unrollings of a loop over the array dimensions where it may lie, row by row.

    A diagonal block is as far along either line, and counts once.
    """
    bitline, wordline = homes.accelerator.array.bitline, homes.accelerator.array.wordline
    is_block = dim in homes.blocks
    own = [
        (name, room)
        for name, room in homes.rooms().items()
        if dim in homes.allowed[name] and not (is_block and name == bitline)
    ]
    if not own:
        return {}
    domains = [room.factors(size, dim) for _, room in own]
    rows = np.array(list(itertools.product(*domains)), dtype=np.int64).reshape(-1, len(own))
    columns = list(rows.T)
    if len(own) > 1:
        least = [homes.limits.least(name, dim) for name, _ in own]
        kept = is_smallest(size, columns, least)
        if max(least) > 1:  # the smallest ones are used anyway
            kept = kept & has_use_for(size, columns)
        columns = [column[kept] for column in columns]
    factors = dict(zip((name for name, _ in own), columns, strict=True))
    return factors | {bitline: factors[wordline]} if is_block else factors


def _only_widest(factors: Mapping[str, Factors], widest: int) -> dict[str, Factors]:
    """Leave rows whose every factor is one, or of the largest along its array dimension."""
    kept: npt.NDArray[np.bool_] = np.array(True)
    for factor in factors.values():
        kept = kept & ((factor == 1) | np.isin(factor, np.unique(factor)[-widest:]))
    return {array_dim: factor[kept] for array_dim, factor in factors.items()}


def _only_of(
    spatial: SpatialMapping, dim: str, factors: Mapping[str, Factors]
) -> dict[str, Factors]:
    """Leave the row that a spatial mapping is."""
    kept: npt.NDArray[np.bool_] = np.array(True)
    for array_dim, factor in factors.items():
        kept = kept & (factor == spatial.on(array_dim).get(dim, 1))
    return {array_dim: factor[kept] for array_dim, factor in factors.items()}


def _unrolling(sheet: Sheet, costs: CostModel, dim: str, factors: dict[str, Factors]) -> Unrolling:
    """The unrollings of one layer dimension, with what follows from them."""
    size = costs.layer.sizes[dim]
    rows = len(next(iter(factors.values()))) if factors else 1
    once = _once(costs, dim, factors)
    total = np.prod([*once, np.ones(rows, dtype=np.int64)], axis=0).astype(np.int64)
    by_array_dim = {a: {dim: factor.astype(np.float64)} for a, factor in factors.items()}
    averages = averages_of(costs.layer, costs.accelerator.array, by_array_dim)
    timed = timed_unrollings(by_array_dim, averages, costs.profile)
    chosen = sheet.choose(f"unrolling {dim}", {"row": np.arange(rows, dtype=np.float64)})
    return Unrolling(
        dim,
        factors,
        _only(dim, averages),
        _only(dim, timed),
        lanes=total,
        temporal=ceil_div(size, total),
        chosen=chosen,
    )


def _once(costs: CostModel, dim: str, factors: Mapping[str, Factors]) -> list[Factors]:
    """Unrollings of one layer dimension, those of a diagonal block along one line."""
    by_array_dim = {array_dim: {dim: factor} for array_dim, factor in factors.items()}
    once = counted_once(costs.layer, costs.accelerator.array, by_array_dim)
    return [dims[dim] for dims in once.values() if dim in dims]


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
