"""All spatial mappings of a mapspace as arrays.

With several macros there are millions, too many to build singly.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import overload

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.mapspace.factors import loop_orders, prime_factors
from zigzag_imc.models.mapspace.feeding import can_feed, wide_operands
from zigzag_imc.models.mapspace.unrollings import combinations_on, unrollable_dims
from zigzag_imc.models.profile import CostProfile

BLOCK = 1 << 17
"""Combinations looked at together."""

Column = tuple[str, str]
"""Array dimension and layer dimension."""

Factors = npt.NDArray[np.int32]


class SpatialSpace(Sequence[SpatialMapping]):
    """Every spatial mapping of a layer on an accelerator, as arrays.

    In the order of `unrollings.spatial_mappings`.

    Attributes
    ----------
    columns
        Array and layer dimension of every column of `factors`.
    complete
        Whether all of them are here; not when the search was stopped before.
    looked_at
        Combinations of unrollings looked at; where it was stopped, those that follow begin here.
    """

    def __init__(
        self,
        columns: tuple[Column, ...],
        tables: Sequence[Factors],
        picked: npt.NDArray[np.int64],
        complete: bool,
        looked_at: int = 0,
    ) -> None:
        self.columns, self.complete, self.looked_at = columns, complete, looked_at
        self._tables, self._picked = tables, picked

    @classmethod
    def of(
        cls,
        layer: Layer,
        accelerator: Accelerator,
        profile: CostProfile,
        should_stop: Callable[[], bool] | None = None,
        first: int = 0,
    ) -> SpatialSpace:
        """List them all, or as many as come before ``should_stop`` says so.

        ``first`` combinations are left out.
        """
        accelerator = seen_by(accelerator, layer.precision, profile)
        allowed = unrollable_dims(layer, accelerator, profile)
        names: list[str] = [dim for dims in allowed.values() for dim in dims]
        homes = {dim: names.count(dim) for dim in names}
        tables, columns = [], list[Column]()
        for (array_dim, size), dims in zip(
            accelerator.array.dimensions, allowed.values(), strict=True
        ):
            ordered = sorted(dims)
            rows = [dict(combination) for combination in combinations_on(layer, dims, size, homes)]
            table = np.array([[row.get(dim, 1) for dim in ordered] for row in rows], dtype=np.int32)
            tables.append(table.reshape(len(rows), len(ordered)))
            columns.extend((array_dim, dim) for dim in ordered)
        everything = math.prod(len(table) for table in tables)
        wide = wide_operands(layer, accelerator)
        found, looked_at = [np.empty(0, dtype=np.int64)], everything
        for start in range(first, everything, BLOCK):
            if start > first and should_stop is not None and should_stop():
                looked_at = start
                break
            block = cls(
                tuple(columns), tables, np.arange(start, min(start + BLOCK, everything)), True
            )
            for dim, count in homes.items():
                if count > 1:
                    block = block.where(_smallest(layer.sizes[dim], block.factors_of(dim)))
            if wide:
                fed = [
                    all(can_feed(layer, accelerator, operand, spatial) for operand in wide)
                    for spatial in block
                ]
                block = block.where(np.array(fed, dtype=np.bool_))
            found.append(block._picked)
        complete = looked_at == everything
        return cls(tuple(columns), tables, np.concatenate(found), complete, looked_at)

    def place(self, index: int) -> int:
        """Place of a spatial mapping among all combinations of unrollings."""
        return int(self._picked[index])

    @property
    def factors(self) -> Factors:
        """Unrollings, of shape (mappings, columns)."""
        rows = np.unravel_index(self._picked, tuple(len(table) for table in self._tables))
        return np.concatenate(
            [table[row] for table, row in zip(self._tables, rows, strict=True)], axis=1
        )

    def factors_of(self, dim: str) -> npt.NDArray[np.int64]:
        """Unrollings of one layer dimension, of shape (mappings, array dimensions that have it)."""
        at = [place for place, (_, unrolled) in enumerate(self.columns) if unrolled == dim]
        return self.factors[:, at].astype(np.int64)

    def where(self, kept: npt.NDArray[np.bool_]) -> SpatialSpace:
        """Those for which ``kept`` holds."""
        return SpatialSpace(self.columns, self._tables, self._picked[kept], self.complete)

    def __len__(self) -> int:
        return len(self._picked)

    def __contains__(self, mapping: object) -> bool:
        """Whether a spatial mapping is one of them, told from its place alone."""
        if not isinstance(mapping, SpatialMapping) or mapping != SpatialMapping.of(
            mapping.by_array_dim
        ):
            return False
        wanted = {
            (array_dim, dim): factor
            for array_dim, dims in mapping.unrollings
            for dim, factor in dims
        }
        if not wanted.keys() <= set(self.columns):
            return False
        factors = [wanted.get(column, 1) for column in self.columns]
        place = 0
        for table in self._tables:
            here, factors = factors[: table.shape[1]], factors[table.shape[1] :]
            rows = np.flatnonzero((table == here).all(axis=1))
            if not len(rows):
                return False
            place = place * len(table) + int(rows[0])
        at = int(np.searchsorted(self._picked, place))  # places are in ascending order
        return at < len(self._picked) and int(self._picked[at]) == place

    @overload
    def __getitem__(self, index: int) -> SpatialMapping: ...
    @overload
    def __getitem__(self, index: slice) -> SpatialSpace: ...
    def __getitem__(self, index: int | slice) -> SpatialMapping | SpatialSpace:
        if isinstance(index, slice):
            return SpatialSpace(self.columns, self._tables, self._picked[index], self.complete)
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        (factors,) = SpatialSpace(
            self.columns, self._tables, self._picked[[index]], True
        ).factors.tolist()
        unrollings: dict[str, list[tuple[str, int]]] = {}
        for (array_dim, dim), factor in zip(self.columns, factors, strict=True):
            if factor > 1:
                unrollings.setdefault(array_dim, []).append((dim, factor))
        return SpatialMapping(
            tuple((name, tuple(dims)) for name, dims in sorted(unrollings.items()))
        )

    def temporal_shapes(self, layer: Layer) -> Counter[tuple[int, ...]]:
        """How many spatial mappings leave which ``T_d``, per layer dimension."""
        counts: Counter[int] = Counter()
        radix = tuple(
            size + 1 for _, size in layer.loop_dims
        )  # one number per shape: far faster to count than rows
        weights = [math.prod(radix[place + 1 :]) for place in range(len(radix))]
        wide = math.prod(radix) > np.iinfo(np.int64).max
        for start in range(0, len(self), BLOCK):
            part = self[start : start + BLOCK]
            codes = np.zeros(len(part), dtype=object if wide else np.int64)
            for (dim, size), weight in zip(layer.loop_dims, weights, strict=True):
                codes += -(-size // part.factors_of(dim).prod(axis=1)).astype(codes.dtype) * weight
            found, times = np.unique(codes, return_counts=True)
            counts.update(dict(zip(found.tolist(), times.tolist(), strict=True)))
        return Counter(
            {
                tuple(
                    code // weight % base for weight, base in zip(weights, radix, strict=True)
                ): count
                for code, count in counts.items()
            }
        )


def mapspace_size(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    space: SpatialSpace | None = None,
) -> int:
    """Count the mappings.

    Spatial unrollings x orders of prime factors x memory cuts (whether or not they fit).
    """
    spatials = space if space is not None else SpatialSpace.of(layer, accelerator, profile)
    cuts = [len(accelerator.levels[operand]) - 1 for operand in OPERANDS]
    total = 0
    for sizes, count in spatials.temporal_shapes(layer).items():
        loops = sum(exponent for size in sizes for _, exponent in prime_factors(size))
        orders = loop_orders({str(place): size for place, size in enumerate(sizes)})
        total += count * orders * math.prod(math.comb(loops + cut, cut) for cut in cuts)
    return total


def _smallest(size: int, factors: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether none of one loop's unrollings can be lowered by one for free.

    `mapspace.is_smallest`, elementwise.
    """
    total = factors.prod(axis=1, keepdims=True)
    lowered = np.maximum(1, total // factors * (factors - 1))
    kept: npt.NDArray[np.bool_] = ((factors == 1) | (-(-size // lowered) > -(-size // total))).all(
        axis=1
    )
    return kept
