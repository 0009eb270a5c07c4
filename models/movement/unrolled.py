"""What is unrolled below and above each boundary of an operand, at most and on average.

Of one spatial mapping, or of many at once: an amount is a number, or a numpy array with one entry
per spatial mapping. Boundaries are those of `spread`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer, Window
from zigzag_imc.models.movement.tiles import window_positions
from zigzag_imc.models.movement.words import Amount, ceil_div

ByArrayDim = Mapping[str, Mapping[str, Amount]]
"""Unrollings per array dimension and layer dimension."""

Pairs = tuple[tuple[Amount, Amount], ...]
"""Per window, the (output, filter) unrollings."""


def fan_boundaries(accelerator: Accelerator, operand: str) -> dict[str, int]:
    """Per array dimension, the boundary at which it fans out.

    The lowest memory of ``operand`` that serves it.
    """
    levels = accelerator.levels[operand]
    return {
        array_dim: next(
            (
                level
                for level, index in enumerate(levels)
                if array_dim in accelerator.memories[index].served
            ),
            len(levels),
        )
        for array_dim, _ in accelerator.array.dimensions
    }


def average_unrollings(layer: Layer, unrollings: ByArrayDim) -> dict[str, dict[str, Amount]]:
    """Return the unrollings in use on average, per array and layer dimension.

    Where the product of unrollings of ``d`` exceeds ``N_d / T_d``, the array dimension with its
    largest unrolling (the first of them) is the one that stays partly empty.
    """
    homes: dict[str, dict[str, Amount]] = defaultdict(dict)
    for array_dim, dims in unrollings.items():
        for dim, factor in dims.items():
            homes[dim][array_dim] = factor
    averages = {array_dim: dict(dims) for array_dim, dims in unrollings.items()}
    for dim, factors in homes.items():
        in_use = _in_use(layer.sizes[dim], tuple(factors.values()))
        for array_dim, average in zip(factors, in_use, strict=True):
            averages[array_dim][dim] = average
    return averages


def _in_use(size: int, factors: Sequence[Amount]) -> Iterator[Amount]:
    """Yield what of each unrolling of one loop is in use on average."""
    total = math.prod(factors)
    steps = ceil_div(size, total)
    for place, factor in enumerate(factors):
        # Products with comparisons stand for the choice: arrays know no branches.
        is_widest = _is_widest(factors, place)
        others = total / factor
        yield is_widest * (size / steps / others) + (1 - is_widest) * factor


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
        return self._replace(pairs=tuple((reach // 1, taps // 1) for reach, taps in self.pairs))

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
    """

    relevant: frozenset[str]
    plain_dims: frozenset[str]
    windows: tuple[Window, ...]
    fans_at: Mapping[str, int]
    unrollings: ByArrayDim

    @classmethod
    def of(
        cls, layer: Layer, accelerator: Accelerator, operand: str, unrollings: ByArrayDim
    ) -> OperandUnrollings:
        """See unrollings as one operand does."""
        relevant = layer.relevant(operand)
        plain_dims = relevant - layer.window_dims(operand)
        fans_at = fan_boundaries(accelerator, operand)
        return cls(relevant, plain_dims, layer.windows_of(operand), fans_at, unrollings)

    def of_others(self, unrollings: ByArrayDim) -> OperandUnrollings:
        """See other unrollings in the same way."""
        return self._replace(unrollings=unrollings)

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
        return math.prod([value for dims in self.above(boundary) for value in dims.values()])

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
