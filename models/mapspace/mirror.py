"""Layers that look the same with rows and columns of their images exchanged.

Where both windows of a convolution have equal sizes, strides and dilations, a mapping with `OX` and
`OY`, `FX` and `FY` exchanged wherever they are, in space and in time, is as legal and costs the
same: no formula knows the names of the two axes. So of two spatial mappings that mirror each other
the first stands for both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.layer import Layer
from zigzag_imc.models.mapspace.array_axis import ArrayAxis
from zigzag_imc.models.mapspace.interchangeable import Places, Representatives


def mirrored_dims(layer: Layer) -> Mapping[str, str]:
    """Return the dimensions that change places in a mirrored mapping; none where they may not."""
    if len(layer.windows) != 2:
        return {}
    one, other = layer.windows
    pairs = ((one.output_dim, other.output_dim), (one.filter_dim, other.filter_dim))
    looks_alike = (one.stride, one.dilation, one.size) == (other.stride, other.dilation, other.size)
    is_square = all(layer.sizes[dim] == layer.sizes[its] for dim, its in pairs)
    if not (looks_alike and is_square):
        return {}
    return {**dict(pairs), **{its: dim for dim, its in pairs}}


@dataclass(frozen=True, slots=True)
class Mirror:
    """Tells the mirrored combination of every combination of unrollings.

    Attributes
    ----------
    on_lines, on_macros
        Numbers of the mirrored combinations on rows and columns, and of what stands for those on
        all other array dimensions.
    """

    on_lines: Places
    on_macros: Places

    @classmethod
    def of(cls, layer: Layer, axes: Sequence[ArrayAxis], macros: Representatives) -> Mirror | None:
        """Build it for a layer; ``None`` where there are no mirrored mappings."""
        dims = mirrored_dims(layer)
        rows = [_mirrored_rows(axis, dims) for axis in axes]
        known = [row for row in rows if row is not None]
        if not dims or len(known) < len(rows):
            return None
        return cls(_combined(known[:2]), macros.standing[_combined(known[2:])])

    def of_places(self, places: Places) -> Places:
        """Return the numbers of what stands for the mirrored combinations."""
        lines, macros = np.divmod(places, len(self.on_macros))
        mirrored: Places = self.on_lines[lines] * len(self.on_macros) + self.on_macros[macros]
        return mirrored

    def first_lines(self, lines: Places) -> Places:
        """Return those of some combinations on rows and columns that are not after their mirrored.

        Of the others, whatever is on macros, the mirrored combination comes before.
        """
        return lines[lines <= self.on_lines[lines]]

    def is_first(self, lines: Places, macros: Places) -> npt.NDArray[np.bool_]:
        """Whether combinations are not after their mirrored ones.

        A row for each on rows and columns, with an entry for each of what stands on macros.
        """
        before, alike = lines < self.on_lines[lines], lines == self.on_lines[lines]
        found: npt.NDArray[np.bool_] = before[:, np.newaxis] | (
            alike[:, np.newaxis] & (macros <= self.on_macros[macros])
        )
        return found

    def times_of(self, places: Places) -> Places:
        """How many each of them stands for: one where it is its own mirrored one, or two."""
        times: Places = 2 - (self.of_places(places) == places)
        return times


def _mirrored_rows(axis: ArrayAxis, dims: Mapping[str, str]) -> Places | None:
    """Row of the mirrored unrollings of every row; ``None`` where one of them has none."""
    row_of = {choice: row for row, choice in enumerate(axis.choices)}
    mirrored = [
        row_of.get(tuple(sorted((dims.get(dim, dim), factor) for dim, factor in choice)))
        for choice in axis.choices
    ]
    found = [row for row in mirrored if row is not None]
    return np.array(found, dtype=np.int64) if len(found) == len(mirrored) else None


def _combined(rows: Sequence[Places]) -> Places:
    """Number of the combination of some rows, for every combination of rows that are mapped so."""
    shape = tuple(map(len, rows))
    everything = np.arange(math.prod(shape), dtype=np.int64)
    if not shape:
        return everything
    chosen = np.unravel_index(everything, shape)
    places = [own[row] for own, row in zip(rows, chosen, strict=True)]
    return np.ravel_multi_index(places, shape)
