"""All spatial mappings of a mapspace as arrays.

With several macros there are millions, too many to build singly.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import overload

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import SpatialMapping, temporal_sizes
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.models.array.diagonal import mapped_rows
from zigzag_imc.models.array.slicing import misfit, seen_by
from zigzag_imc.models.mapspace.array_axis import ArrayAxis, combinations_on
from zigzag_imc.models.mapspace.combinations import BLOCK, Combinations
from zigzag_imc.models.mapspace.constraints.limits import UnrollingLimits
from zigzag_imc.models.mapspace.feeding import can_feed, wide_operands
from zigzag_imc.models.mapspace.homes import Homes
from zigzag_imc.models.mapspace.interchangeable import (
    Places,
    Representatives,
    interchangeable,
)
from zigzag_imc.models.mapspace.mirror import Mirror
from zigzag_imc.models.mapspace.pairs import Factors, Mask, Pairs
from zigzag_imc.models.mapspace.unrollings import has_use_for, is_smallest
from zigzag_imc.models.profile import CostProfile


class SpatialSpace(Sequence[SpatialMapping]):
    """Every spatial mapping of a layer on an accelerator, as arrays.

    Unrollings on the first array dimension change slowest, and on each the first of its layer
    dimensions by name; factors rise.

    Attributes
    ----------
    complete
        Whether all of them are here; not when the search was stopped before.
    looked_at
        Combinations of unrollings looked at; where it was stopped, those that follow begin here.
    """

    def __init__(
        self,
        axes: Sequence[ArrayAxis],
        picked: Places,
        complete: bool,
        looked_at: int = 0,
        alike: _Alike | None = None,
    ) -> None:
        self._axes, self._picked, self._alike = axes, picked, alike
        self.complete, self.looked_at = complete, looked_at
        self._shape = tuple(len(axis.choices) for axis in axes)

    @classmethod
    def of(
        cls,
        layer: Layer,
        accelerator: Accelerator,
        profile: CostProfile,
        space: Space = DIVISORS,
        should_stop: Callable[[], bool] | None = None,
        first: int = 0,
    ) -> SpatialSpace:
        """List all of a space, or as many as come before ``should_stop`` says so.

        ``first`` combinations are left out. There are none where the bits of the layer do not fit
        the array. Those that break constraints of unrollings are none, and as small as they can be
        are those that keep them.
        """
        rules = _Rules.of(layer, accelerator, profile, space, one_of_each=False)
        return cls._listed(rules, should_stop, first)

    @classmethod
    def one_of_each(
        cls,
        layer: Layer,
        accelerator: Accelerator,
        profile: CostProfile,
        space: Space = DIVISORS,
        should_stop: Callable[[], bool] | None = None,
        first: int = 0,
    ) -> SpatialSpace:
        """List as `of` does, of those that cost the same the first.

        Because they differ in interchangeable array dimensions alone (`interchangeable`), or mirror
        each other (`mirror`); `times` tells how many there are of each.
        """
        rules = _Rules.of(layer, accelerator, profile, space, one_of_each=True)
        return cls._listed(rules, should_stop, first)

    @classmethod
    def _listed(
        cls, rules: _Rules | None, should_stop: Callable[[], bool] | None, first: int
    ) -> SpatialSpace:
        """List what rules allow."""
        if rules is None:
            return cls((), np.empty(0, dtype=np.int64), complete=True)
        axes, alike, legal = rules.axes, rules.alike, rules.legal
        every_line = cls(axes[:2], np.arange(_combinations(axes[:2])), True)
        lines = alike.first_lines(legal.on_lines(every_line)._picked)
        everything = _combinations(axes)
        # There may be millions: half as long a number will do where it can.
        number = np.int32 if everything <= np.iinfo(np.int32).max else np.int64
        macros = alike.macros.places
        combinations = Combinations(
            lines.astype(number), macros.astype(number), _combinations(axes[2:])
        )
        pairs = legal.pairs(lines, macros)
        found, looked_at = [np.empty(0, dtype=number)], everything
        for place, block in enumerate(combinations.from_place(first)):
            if place and should_stop is not None and should_stop():
                looked_at = combinations.place(block)
                break
            kept = alike.is_first(lines[block.lines], macros[block.macros])
            for own in pairs:
                kept &= own.within(block)
            smallest = cls(axes, combinations.places(block, kept), True)
            found.append(legal.of(smallest)._picked)
        complete = looked_at == everything
        return cls(axes, np.concatenate(found), complete, looked_at, alike)

    @property
    def represented(self) -> int:
        """Spatial mappings that these are or stand for, counted block by block."""
        starts = range(0, len(self), BLOCK)
        return sum(int(self[start : start + BLOCK].times.sum()) for start in starts)

    @property
    def times(self) -> Places:
        """How many spatial mappings each of these stands for."""
        if self._alike is None:
            return np.ones_like(self._picked)
        return self._alike.times_of(self._picked)

    def place(self, index: int) -> int:
        """Place of a spatial mapping among all combinations of unrollings."""
        return int(self._picked[index])

    @cached_property
    def _rows(self) -> tuple[npt.NDArray[np.intp], ...]:
        """Per axis, the rows of the spatial mappings."""
        return np.unravel_index(self._picked, self._shape)

    def unrolled(self) -> dict[str, dict[str, Factors]]:
        """Unrollings per array and layer dimension, with one entry per spatial mapping."""
        return {
            axis.array_dim: {dim: column[rows] for dim, column in axis.columns.items()}
            for axis, rows in zip(self._axes, self._rows, strict=True)
        }

    def factors_of(self, dim: str) -> list[Factors]:
        """Unrollings of one layer dimension, per array dimension that has it.

        Diagonal blocks count once.
        """
        return [
            axis.columns[dim][rows]
            for axis, rows in zip(self._axes, self._rows, strict=True)
            if dim in axis.columns and dim not in axis.counted_elsewhere
        ]

    def where(self, kept: npt.NDArray[np.bool_]) -> SpatialSpace:
        """Those for which ``kept`` holds."""
        return self._only(self._picked[kept])

    def at(self, indices: npt.NDArray[np.intp]) -> SpatialSpace:
        """Those at some indices, in their order; one may be asked for several times."""
        return self._only(self._picked[indices])

    def __len__(self) -> int:
        return len(self._picked)

    def __contains__(self, mapping: object) -> bool:
        """Whether a spatial mapping is one of them, told from its place alone."""
        if not isinstance(mapping, SpatialMapping) or not len(self):
            return False
        try:
            place = self._place_of(mapping)
        except ValueError:
            return False
        at = int(np.searchsorted(self._picked, place))  # places are in ascending order
        found: list[int] = self._picked[at : at + 1].tolist()
        return found == [place]

    def _place_of(self, mapping: SpatialMapping) -> int:
        """Place of a spatial mapping, whether picked or not.

        Raises
        ------
        ValueError
            When it is no combination of rows.
        """
        rows = [axis.row_of(mapping.on(axis.array_dim)) for axis in self._axes]
        if self._built(rows) != mapping:
            raise ValueError(mapping)
        return int(np.ravel_multi_index(rows, self._shape))

    @overload
    def __getitem__(self, index: int) -> SpatialMapping: ...
    @overload
    def __getitem__(self, index: slice) -> SpatialSpace: ...
    def __getitem__(self, index: int | slice) -> SpatialMapping | SpatialSpace:
        if isinstance(index, slice):
            return self._only(self._picked[index])
        place = int(self._picked[index])
        return self._built([int(row) for row in np.unravel_index(place, self._shape)])

    def __iter__(self) -> Iterator[SpatialMapping]:
        for start in range(0, len(self), BLOCK):
            rows = self[start : start + BLOCK]._rows
            yield from map(self._built, zip(*(each.tolist() for each in rows), strict=True))

    def _only(self, picked: Places) -> SpatialSpace:
        return SpatialSpace(self._axes, picked, self.complete, alike=self._alike)

    def _built(self, rows: Sequence[int]) -> SpatialMapping:
        """Build the spatial mapping that has a row of each axis."""
        chosen = zip(self._axes, rows, strict=True)
        unrollings = sorted((axis.array_dim, axis.choices[row]) for axis, row in chosen)
        return SpatialMapping(tuple(unrolled for unrolled in unrollings if unrolled[1]))


@dataclass(frozen=True, slots=True)
class _Alike:
    """Which combinations of unrollings cost the same, and which of them stands for the others."""

    macros: Representatives
    mirror: Mirror | None = None

    def first_lines(self, lines: Places) -> Places:
        """Those of some combinations on rows and columns that have any that stand for all."""
        return lines if self.mirror is None else self.mirror.first_lines(lines)

    def is_first(self, lines: Places, macros: Places) -> Mask:
        """Whether combinations stand for all that are alike, a row for each on rows and columns.

        On all other array dimensions, they are the first themselves.
        """
        if self.mirror is None:
            return np.ones((len(lines), len(macros)), dtype=np.bool_)
        return self.mirror.is_first(lines, macros)

    def times_of(self, places: Places) -> Places:
        """How many each of some combinations stands for."""
        times = self.macros.times_of(places % len(self.macros.standing))
        return times if self.mirror is None else times * self.mirror.times_of(places)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What the spatial mappings of a space are made of, and what they must keep."""

    axes: list[ArrayAxis]
    alike: _Alike
    legal: _Legal

    @classmethod
    def of(
        cls,
        layer: Layer,
        accelerator: Accelerator,
        profile: CostProfile,
        space: Space,
        *,
        one_of_each: bool,
    ) -> _Rules | None:
        """Read the rules of a space; none where the bits of the layer do not fit the array."""
        if misfit(accelerator, layer.precision, profile) is not None:
            return None
        accelerator = seen_by(accelerator, layer.precision, profile)
        homes = Homes.of(layer, accelerator, profile, space)
        axes = _axes(layer, homes)
        groups = interchangeable(accelerator, homes.limits.array_dims) if one_of_each else []
        macros = Representatives.of(axes[2:], groups)
        # Constraints may tell the axes of an image apart.
        has_mirror = one_of_each and not space.constraints
        mirror = Mirror.of(layer, axes, macros) if has_mirror else None
        alike = _Alike(macros, mirror)
        return cls(axes, alike, _Legal(layer, accelerator, axes, homes.limits))


def _axes(layer: Layer, homes: Homes) -> list[ArrayAxis]:
    """Tabulate the unrollings on every array dimension."""
    bitline = homes.accelerator.array.bitline
    return [
        ArrayAxis.of(
            array_dim,
            combinations_on(layer, room, homes.allowed[array_dim]),
            homes.allowed[array_dim],
            counted_elsewhere=homes.blocks if array_dim == bitline else frozenset(),
        )
        for array_dim, room in homes.rooms().items()
    ]


def _combinations(axes: Sequence[ArrayAxis]) -> int:
    """How many combinations of unrollings there are on some array dimensions."""
    return math.prod(len(axis.choices) for axis in axes)


class _Legal:
    """What the unrollings on all array dimensions must keep together."""

    def __init__(
        self,
        layer: Layer,
        accelerator: Accelerator,
        axes: Sequence[ArrayAxis],
        limits: UnrollingLimits,
    ) -> None:
        self._layer, self._accelerator, self._limits = layer, accelerator, limits
        self._array = accelerator.array
        self._wide = wide_operands(layer, accelerator)
        self._blocks = frozenset[str]().union(*(axis.counted_elsewhere for axis in axes))
        self._axes = axes
        along_columns = next(
            axis.columns for axis in axes if axis.array_dim == self._array.wordline
        )
        has_outputs = any(window.output_dim in along_columns for window in layer.windows)
        self._may_have_windows = has_outputs and not self._array.wide_lines

    def on_lines(self, block: SpatialSpace) -> SpatialSpace:
        """Those on rows and columns alone that make whole diagonals and fit.

        Whatever lies along other array dimensions does not change that.
        """
        return self._with_whole_diagonals(block)

    def pairs(self, lines: Places, macros: Places) -> list[Pairs]:
        """What is as small as it can be, of combinations on the lines and on all others.

        Per layer dimension that may lie along several array dimensions; each unrolling alone is.
        """
        homes = Counter(itertools.chain(*(axis.homes for axis in self._axes)))
        return [
            Pairs.of(dim, self._axes, lines, macros, partial(self._is_smallest, dim))
            for dim, count in homes.items()
            if count > 1
        ]

    def _is_smallest(self, dim: str, unrollings: Sequence[Factors]) -> Mask:
        """Whether unrollings of a dimension are as small as constraints let them be, and used."""
        size = self._layer.sizes[dim]
        least = [
            self._limits.least(axis.array_dim, dim) for axis in self._axes if dim in axis.homes
        ]
        kept: Mask = is_smallest(size, unrollings, least)
        # The smallest ones are used anyway.
        return kept & has_use_for(size, unrollings) if max(least) > 1 else kept

    def of(self, block: SpatialSpace) -> SpatialSpace:
        """Those that are fed, of those that are right on the lines and as small as they can be.

        Where constraints ask for it, they use enough of the array.
        """
        if self._limits.least_utilization:
            block = block.where(self._use_enough(block))
        if not self._wide:
            return block
        return block.where(np.array(list(map(self._is_fed, block)), dtype=np.bool_))

    def _with_whole_diagonals(self, block: SpatialSpace) -> SpatialSpace:
        """Those with every diagonal block as far along either line, and rows for all windows."""
        wordline, bitline = self._array.wordline, self._array.bitline
        for dim in sorted(self._blocks):
            unrolled = block.unrolled()
            block = block.where(unrolled[wordline][dim] == unrolled[bitline][dim])
        if not self._may_have_windows:
            return block
        rows = mapped_rows(self._layer, self._array, block.unrolled())
        return block.where(np.asarray(rows) <= self._array.rows)

    def _use_enough(self, block: SpatialSpace) -> npt.NDArray[np.bool_]:
        """Whether each leaves few enough steps in time."""
        dims = self._layer.loop_dims
        factors = {dim: math.prod(block.factors_of(dim)) for dim, _ in dims}
        ones = np.ones(len(block))
        steps = math.prod(temporal_sizes(dims, factors).values(), start=ones)
        enough: npt.NDArray[np.bool_] = self._limits.use_enough(
            self._layer, self._accelerator, steps
        )
        return enough

    def _is_fed(self, spatial: SpatialMapping) -> bool:
        """Whether the lowest memories feed all unrollings together."""
        layer, accelerator = self._layer, self._accelerator
        return all(can_feed(layer, accelerator, operand, spatial) for operand in self._wide)
