"""What of a spatial mapping one instance of a memory sees."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.core.layer import Layer, Window
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.replaying.nest import Visits


@dataclass(frozen=True)
class Lanes:
    """A spatial mapping on an array.

    Attributes
    ----------
    layer, array, spatial
        What lies on what, and how.
    blocks
        Dimensions of inputs and outputs along both columns and rows: diagonal blocks, which count
        once.
    windows
        Windows whose outputs lie along the columns, every distinct input on a row of its own.
    """

    layer: Layer
    array: ImcArray
    spatial: SpatialMapping
    blocks: frozenset[str]
    windows: tuple[Window, ...]

    @classmethod
    def of(cls, layer: Layer, array: ImcArray, spatial: SpatialMapping) -> Lanes:
        """Look for diagonals, which lines that carry several inputs have none of."""
        columns, rows = spatial.on(array.wordline), spatial.on(array.bitline)
        if array.wide_lines:
            return cls(layer, array, spatial, frozenset(), ())
        both = columns.keys() & rows.keys() & layer.input_dims & layer.output_dims
        blocks = both - layer.window_dims("I")
        windows = tuple(window for window in layer.windows if window.output_dim in columns)
        return cls(layer, array, spatial, frozenset(blocks), windows)

    def inside(self, operand: str, served: Collection[str]) -> dict[str, int]:
        """Indices of every dimension at once in an instance that serves some array dimensions."""
        found: dict[str, int] = {}
        both = {self.array.wordline, self.array.bitline} <= set(served)
        hidden = set() if both else set(self.blocks)
        if operand == "I" and not both:  # a row has one input, whatever the columns
            hidden |= {w.output_dim for w in self.windows if self.array.wordline in served}
        for array_dim in served:
            for dim, factor in self.spatial.on(array_dim).items():
                counted = dim in self.blocks and array_dim == self.array.bitline
                if dim not in hidden and not counted:
                    found[dim] = found.get(dim, 1) * factor
        return found

    @property
    def unrolled(self) -> dict[str, int]:
        """Indices of every dimension in the whole array at once."""
        return self.inside("O", [name for name, _ in self.array.dimensions])

    @property
    def rows(self) -> int:
        """Rows of a macro that hold weights."""
        columns, rows = self.spatial.on(self.array.wordline), self.spatial.on(self.array.bitline)
        windows = {window.filter_dim for window in self.windows}
        plain = math.prod(factor for dim, factor in rows.items() if dim not in windows)
        return plain * math.prod(
            positions(w.stride, w.dilation, columns[w.output_dim], rows.get(w.filter_dim, 1))
            for w in self.windows
        )

    def reduced_outside(self, served: Collection[str]) -> bool:
        """Whether sums of several instances that serve some array dimensions are to be added."""
        return any(
            dim not in self.layer.output_dims
            for array_dim, dims in self.spatial.by_array_dim.items()
            if array_dim not in served
            for dim in dims
        )


@lru_cache(maxsize=4096)
def positions(stride: int, dilation: int, outputs: int, taps: int) -> int:
    """Distinct inputs that consecutive outputs and taps touch, counted one by one."""
    return len({stride * out + dilation * tap for out in range(outputs) for tap in range(taps)})


@dataclass(frozen=True)
class Portion:
    """Elements of an operand's tile that belong to one instance of a memory.

    Indices lie interleaved: neighbouring lanes have neighbouring indices. So where the array has
    more lanes than are left of a dimension, the last index in time is partly empty.

    Attributes
    ----------
    layer, operand
        Whose tile.
    sizes
        Iterations in time of every dimension.
    inside, unrolled
        Indices at once, of every dimension, in this instance and in the whole array.
    """

    layer: Layer
    operand: str
    sizes: Mapping[str, int]
    inside: Mapping[str, int]
    unrolled: Mapping[str, int]

    def of_visits(self, visits: Visits) -> list[int]:
        """Distinct elements of every visited tile; those of one shape are counted once."""
        dims = list(visits.lengths)
        if not dims:
            return [1] * len(visits)
        # One number a shape: far quicker to tell apart than rows of a matrix. It stays small, as
        # the sizes in time multiply to no more than the steps, each counted up to four times.
        shapes = np.zeros(len(visits), dtype=np.int64)
        for dim in dims:
            lengths, size = visits.lengths[dim], self.sizes[dim]
            at_end = visits.begins[dim] + lengths == size
            shapes = shapes * (2 * size + 2) + 2 * lengths + at_end
        _, examples, which = np.unique(shapes, return_index=True, return_inverse=True)
        counts = np.array([self._at(visits, int(visit)) for visit in examples])
        found: list[int] = counts[which].tolist()
        return found

    def _at(self, visits: Visits, visit: int) -> int:
        """Distinct elements of the tile of one visit."""
        ranges = {}
        for dim, lengths in visits.lengths.items():
            length = int(lengths[visit])
            ranges[dim] = (length, int(visits.begins[dim][visit]) + length == self.sizes[dim])
        return self.elements(ranges)

    def elements(self, ranges: Mapping[str, tuple[int, bool]]) -> int:
        """Distinct elements of a tile.

        Per dimension, how many indices in time it has, and whether the last of all is among them.
        """
        counts = {dim: self._indices(dim, *ends) for dim, ends in ranges.items()}
        total = math.prod(
            count
            for dim, count in counts.items()
            if dim not in self.layer.window_dims(self.operand)
        )
        for window in self.layer.windows_of(self.operand):
            outputs, taps = counts.get(window.output_dim, 1), counts.get(window.filter_dim, 1)
            touched = positions(window.stride, window.dilation, outputs, taps)
            total *= min(touched, window.size)
        return total

    def _indices(self, dim: str, length: int, at_end: bool) -> int:
        """Indices of one dimension: all lanes, in the last iteration those that are left."""
        here = self.inside.get(dim, 1)
        if not at_end:
            return length * here
        left = self.layer.sizes[dim] - (self.sizes[dim] - 1) * self.unrolled.get(dim, 1)
        return (length - 1) * here + min(here, left)
