"""How many loop orders spatial mappings leave where the last step of a loop may be short.

Millions of spatial mappings leave as many combinations of sizes ``T_d``. Each combination is one
number here, so that sorted arrays hold them all; a dictionary of them would take a gigabyte.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import temporal_sizes
from zigzag_imc.models.mapspace.combinations import BLOCK
from zigzag_imc.models.mapspace.short_orders import OrderCounts, Polynomial, product_of
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace

_MANY = 1 << 20
"""Combinations met before equal ones are added up."""


@dataclass(frozen=True, slots=True)
class ShortOrders:
    """Loop orders by the number of their loops.

    Attributes
    ----------
    by_loops
        How many there are, over the factorial of their loops, times the unit.
    unit
        The unit (`OrderCounts`), of all dimensions together.
    """

    by_loops: Polynomial
    unit: int


def count_short_orders(
    layer: Layer, spatials: SpatialSpace, should_stop: Callable[[], bool]
) -> ShortOrders | None:
    """Count the loop orders of some spatial mappings; ``None`` where it is asked to stop.

    Spatial mappings whose first so many ``T_d`` are equal are added up before that of the next is
    multiplied in: products of a sum are sums of products.
    """
    # Dimensions of most sizes last: theirs are added up first.
    sizes = dict(sorted(layer.loop_dims, key=operator.itemgetter(1)))
    bases = [size + 1 for size in sizes.values()]
    left = _left(sizes, spatials, should_stop)
    if left is None:
        return None
    counts = OrderCounts(left.digits(bases))
    summed: Iterable[tuple[int, Polynomial]] = ((number, {0: n}) for number, n in left.pairs())
    shorter: dict[int, Polynomial] = {}
    for base in reversed(bases):
        shorter = {}
        for place, (number, polynomial) in enumerate(summed):
            if place % BLOCK == BLOCK - 1 and should_stop():
                return None
            first, last = divmod(number, base)
            known = shorter.setdefault(first, {})
            for loops, times in product_of(polynomial, counts.of(last)).items():
                known[loops] = known.get(loops, 0) + times
        summed = shorter.items()
    # Nothing is left of a number after its last digit; without spatial mappings there is none.
    return ShortOrders(shorter.get(0, {}), counts.unit ** len(bases))


@dataclass(frozen=True, slots=True)
class _Tally:
    """Combinations of sizes, and how many spatial mappings leave each.

    Attributes
    ----------
    numbers
        Numbers of the combinations, ascending: each size is a digit, of a base beyond the largest.
    times
        How many spatial mappings leave each.
    """

    numbers: npt.NDArray[Any]
    times: npt.NDArray[np.int64]

    @classmethod
    def of(cls, numbers: npt.NDArray[Any], times: npt.NDArray[np.int64]) -> _Tally:
        """Add up the times of equal numbers."""
        if not len(numbers):
            return cls(numbers, times)
        # In half the room that telling which is which of the distinct ones would take.
        order = np.argsort(numbers)
        numbers, times = numbers[order], times[order]
        first = np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]]))
        return cls(numbers[first], np.add.reduceat(times, first))

    @classmethod
    def joined(cls, tallies: Sequence[_Tally]) -> _Tally:
        """Add up several."""
        numbers = np.concatenate([one.numbers for one in tallies])
        return cls.of(numbers, np.concatenate([one.times for one in tallies]))

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield every number with its times, only some of them as Python's numbers at once."""
        for start in range(0, len(self.numbers), BLOCK):
            own = slice(start, start + BLOCK)
            yield from zip(self.numbers[own].tolist(), self.times[own].tolist(), strict=True)

    def digits(self, bases: Sequence[int]) -> set[int]:
        """All sizes along any dimension."""
        found: set[int] = set()
        left = self.numbers
        for base in reversed(bases):
            found.update(np.unique(left % base).tolist())
            left = left // base
        return found


def _left(
    sizes: Mapping[str, int], spatials: SpatialSpace, should_stop: Callable[[], bool]
) -> _Tally | None:
    """What spatial mappings leave for time; ``None`` where it is asked to stop."""
    most = math.prod(size + 1 for size in sizes.values())
    dtype = np.int64 if most <= np.iinfo(np.int64).max else object
    tallies = [_Tally(np.empty(0, dtype=dtype), np.empty(0, dtype=np.int64))]
    waiting = 0
    for start in range(0, len(spatials), BLOCK):
        if start and should_stop():
            return None
        part = spatials[start : start + BLOCK]
        factors = {dim: math.prod(part.factors_of(dim)) for dim in sizes}
        numbers: npt.NDArray[Any] = np.zeros(len(part), dtype=dtype)
        for dim, left in temporal_sizes(tuple(sizes.items()), factors).items():
            numbers = numbers * (sizes[dim] + 1) + np.asarray(left, dtype=dtype)
        tallies.append(_Tally.of(numbers, part.times))
        waiting += len(tallies[-1].numbers)
        if waiting > _MANY:
            tallies, waiting = [_Tally.joined(tallies)], 0
    return _Tally.joined(tallies)
