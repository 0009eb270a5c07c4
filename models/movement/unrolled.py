"""What is unrolled below and above each boundary of an operand, at most and on average.

Of one spatial mapping, or of many at once: an amount is a number, or a numpy array with one entry
per spatial mapping. Boundaries are those of `spread`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from zigzag_imc.core.accelerator import Accelerator, ImcArray
from zigzag_imc.core.layer import Layer, Window
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping
from zigzag_imc.models.array.diagonal import ByArrayDim, Diagonal, counted_once, diagonal_blocks
from zigzag_imc.models.movement.short_tiles import LoopNest
from zigzag_imc.models.movement.tiles import window_positions
from zigzag_imc.models.movement.words import Amount, ceil_div, floored

Pairs = tuple[tuple[Amount, Amount], ...]
"""Per window, the (output, filter) unrollings."""


def fan_boundaries(accelerator: Accelerator, operand: str) -> dict[str, int]:
    """Per array dimension, the boundary at which it fans out.

    The lowest memory of ``operand`` that serves it.
    """
    levels = accelerator.levels[operand]
    fans_at = {array_dim: len(levels) for array_dim, _ in accelerator.array.dimensions}
    for level in reversed(range(len(levels))):
        served = accelerator.memories[levels[level]].served
        fans_at.update(dict.fromkeys(served, level))
    return fans_at


def average_unrollings(layer: Layer, unrollings: ByArrayDim) -> dict[str, dict[str, Amount]]:
    """Return the unrollings in use on average, per array and layer dimension.

    Where the product of unrollings of ``d`` exceeds ``N_d / T_d``, the array dimension with its
    largest unrolling (the first of them) is the one that stays partly empty.
    """
    averages = {array_dim: dict(dims) for array_dim, dims in unrollings.items()}
    for dim in dict.fromkeys(itertools.chain(*unrollings.values())):
        homes = [dims for dims in averages.values() if dim in dims]
        in_use = _in_use(layer.sizes[dim], [dims[dim] for dims in homes])
        for dims, average in zip(homes, in_use, strict=True):
            dims[dim] = average
    return averages


def averages_of(
    layer: Layer, array: ImcArray, unrollings: ByArrayDim
) -> dict[str, dict[str, Amount]]:
    """Return the unrollings in use on average; a diagonal block is one, along both lines."""
    blocks = diagonal_blocks(layer, array, unrollings)
    averages = average_unrollings(layer, counted_once(layer, array, unrollings))
    for dim in blocks:
        averages[array.bitline][dim] = averages[array.wordline][dim]
    return averages


def spatial_temporal_sizes(
    layer: Layer, array: ImcArray, spatial: SpatialMapping
) -> dict[str, int]:
    """Return the iterations left for time, ``T_d``; a diagonal block counts once."""
    return unrolled_once(layer, array, spatial).temporal_sizes(layer.loop_dims)


def loop_nest(layer: Layer, array: ImcArray, mapping: LayerMapping) -> LoopNest:
    """Return the temporal loops of a mapping with the sizes they run through."""
    return LoopNest(mapping.temporal.loops, spatial_temporal_sizes(layer, array, mapping.spatial))


def unrolled_once(layer: Layer, array: ImcArray, spatial: SpatialMapping) -> SpatialMapping:
    """Return a spatial mapping with diagonal blocks along the wordlines alone."""
    once = counted_once(layer, array, spatial.by_array_dim)
    return spatial if once is spatial.by_array_dim else SpatialMapping.of(once)


def _in_use(size: int, factors: Sequence[Amount]) -> list[Amount]:
    """Return what of each unrolling of one loop is in use on average."""
    total = math.prod(factors)
    together = size / ceil_div(size, total)
    if len(factors) == 1:
        return [together]
    # Products with comparisons stand for the choice: arrays know no branches.
    widest = [_is_widest(factors, place) for place in range(len(factors))]
    return [
        is_widest * (together / (total / factor)) + (1 - is_widest) * factor
        for is_widest, factor in zip(widest, factors, strict=True)
    ]


def _is_widest(factors: Sequence[Amount], place: int) -> Amount:
    """Whether one unrolling of a loop is the largest, of equals the first; 0 or 1."""
    here, earlier, later = factors[place], factors[:place], factors[place + 1 :]
    beats_earlier = math.prod([here > other for other in earlier])
    return beats_earlier * math.prod([here >= other for other in later])


class Unrolled(NamedTuple):
    """What is unrolled below one boundary of an operand, inside one instance of the memory there.

    Attributes
    ----------
    windows
        Windows of the layer that index the operand.
    plain
        Unrolled elements along relevant dimensions outside windows.
    pairs
        Per window, the (output, filter) unrollings.
    """

    windows: tuple[Window, ...]
    plain: Amount
    pairs: Pairs

    def cut_down(self) -> Unrolled:
        """Drop fractions of a step along a window."""
        return self._replace(
            pairs=tuple((floored(reach), floored(taps)) for reach, taps in self.pairs)
        )

    def elements(self, tile: Amount, spans: Sequence[Amount]) -> Amount:
        """Elements of a tile, whose products of temporal loops are those of `Tiles`."""
        return self.plain * tile * window_positions(self.windows, self.pairs, spans)


def fan_out(inner: Unrolled, outer: Unrolled, phantom: bool) -> Amount:
    """Distinct elements above a boundary, over those in one instance below it."""
    widening = 1.0
    for window, low, high in zip(inner.windows, inner.pairs, outer.pairs, strict=True):
        widening = widening * (window.extent(*high, phantom) / window.extent(*low, phantom))
    return outer.plain / inner.plain * widening


class OperandUnrollings(NamedTuple):
    """All unrollings, as one operand sees them.

    Attributes
    ----------
    relevant, plain_dims
        Dimensions that index the operand, and those of them outside windows.
    windows
        Windows of the layer that index the operand.
    fans_at
        Per array dimension, the boundary at which it fans out.
    unrollings
        Per array dimension and layer dimension.
    diagonal
        How the operand sees diagonals.
    """

    relevant: frozenset[str]
    plain_dims: frozenset[str]
    windows: tuple[Window, ...]
    fans_at: Mapping[str, int]
    unrollings: ByArrayDim
    diagonal: Diagonal

    @classmethod
    def of(
        cls,
        layer: Layer,
        accelerator: Accelerator,
        operand: str,
        unrollings: ByArrayDim,
        whole: ByArrayDim | None = None,
    ) -> OperandUnrollings:
        """See unrollings as one operand does: each diagonal along one of its two lines.

        ``whole`` unrollings where they are averages.
        """
        relevant, windows = layer.relevant(operand), layer.windows_of(operand)
        plain_dims = relevant.difference(*((w.output_dim, w.filter_dim) for w in windows))
        fans_at = fan_boundaries(accelerator, operand)
        diagonal = Diagonal.of(
            layer, accelerator.array, operand, fans_at, unrollings, whole or unrollings
        )
        return cls(relevant, plain_dims, windows, fans_at, diagonal.seen(unrollings), diagonal)

    @property
    def outermost(self) -> int:
        """The first boundary below which everything fans out."""
        return max(self.fans_at.values()) + 1

    def of_others(self, unrollings: ByArrayDim) -> OperandUnrollings:
        """See other unrollings in the same way."""
        return self._replace(unrollings=self.diagonal.seen(unrollings))

    def inside(self, boundary: int) -> dict[str, Amount]:
        """Unrolling of every layer dimension below a boundary."""
        inside: dict[str, Amount] = {}
        for array_dim, dims in self.unrollings.items():
            if self.fans_at[array_dim] < boundary:
                for dim, value in dims.items():
                    inside[dim] = inside.get(dim, 1) * value
        return inside

    def below(self, boundary: int) -> Unrolled:
        """What is unrolled below a boundary."""
        inside = self.inside(boundary)
        plain = math.prod([value for dim, value in inside.items() if dim in self.plain_dims])
        pairs = [(inside.get(w.output_dim, 1), inside.get(w.filter_dim, 1)) for w in self.windows]
        return Unrolled(self.windows, plain, tuple(pairs))

    def above(self, boundary: int) -> list[Mapping[str, Amount]]:
        """Unrollings on every array dimension that fans out at a boundary or above it."""
        return [
            dims
            for array_dim, dims in self.unrollings.items()
            if self.fans_at[array_dim] >= boundary
        ]

    def active(self, boundary: int) -> Amount:
        """Instances in use of the memory below a boundary (at boundary 0: multipliers)."""
        lanes = math.prod([value for dims in self.above(boundary) for value in dims.values()])
        if self.diagonal.windows and self._is_one_per_row(boundary):
            return lanes * self.diagonal.distinct_share(self.unrollings)
        return lanes

    def _is_one_per_row(self, boundary: int) -> bool:
        """Whether the memory below a boundary has one instance per row."""
        array = self.diagonal.array
        return self.fans_at[array.wordline] < boundary <= self.fans_at[array.bitline]

    def reduced_above(self, boundary: int) -> bool:
        """Whether a reduction is unrolled over instances of the memory below the next boundary.

        Partial sums then leave the instance. Of one spatial mapping only.
        """
        return any(
            value > 1
            for dims in self.above(boundary + 1)
            for dim, value in dims.items()
            if dim not in self.relevant
        )
