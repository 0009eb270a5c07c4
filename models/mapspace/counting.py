"""How many mappings there are: spatial mappings x orders of prime factors x memory cuts."""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, zip_longest
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import never
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import temporal_sizes
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.models.mapspace.combinations import BLOCK
from zigzag_imc.models.mapspace.factors import prime_factors
from zigzag_imc.models.mapspace.short_counting import count_short_orders
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import CostProfile

_TABLE = 16
"""Times as many entries as numbers up to which a table of all numbers is faster than sorting."""


class _Orders(NamedTuple):
    """Loop orders of what is left for time: ``primes! / repeats`` of them.

    Attributes
    ----------
    primes
        Prime factors of all ``T_d``.
    repeats
        Orders of equal prime factors among themselves, multiplied.
    """

    primes: int
    repeats: int

    @classmethod
    def of(cls, ladder: Sequence[int]) -> _Orders:
        """Count those of loops of which so many primes are there once or more, twice or more, ...

        Of a prime that is there ``e`` times, ``e! = 1 * 2 * ... * e``: a factor ``k`` for each
        ``k`` up to ``e``.
        """
        return cls(sum(ladder), math.prod(k**count for k, count in enumerate(ladder, 1)))

    def mappings(self, accelerator: Accelerator) -> int:
        """Loop orders times the ways to cut each, at every memory of every operand."""
        orders = math.factorial(self.primes) // self.repeats
        return orders * _ways_to_cut(accelerator, self.primes)


def mapspace_size(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    space: Space = DIVISORS,
    spatials: SpatialSpace | None = None,
) -> int:
    """Count the mappings of a space, whether or not they fit; or those of some spatial mappings."""
    if spatials is None:
        spatials = SpatialSpace.of(layer, accelerator, profile, space)
    size = size_in_time(layer, accelerator, profile, space, spatials, never)
    assert size is not None, "nobody asks to stop"
    return size


def size_in_time(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    space: Space,
    spatials: SpatialSpace,
    should_stop: Callable[[], bool],
) -> int | None:
    """Count the mappings of some spatial mappings; ``None`` where it is asked to stop.

    That is asked after every block of spatial mappings: of millions, it takes a while.
    """
    if space.tile_sizes == "any-outermost" and not profile.dividing_tiles:
        return _with_short_tiles(layer, accelerator, spatials, should_stop)
    counts: Counter[_Orders] = Counter()
    for start in range(0, len(spatials), BLOCK):
        if start and should_stop():
            return None
        counts.update(_counted(layer, spatials[start : start + BLOCK]))
    return sum(count * orders.mappings(accelerator) for orders, count in counts.items())


def _ways_to_cut(accelerator: Accelerator, loops: int) -> int:
    """Ways to cut so many loops, at every memory of every operand."""
    cuts = [len(levels) - 1 for levels in accelerator.levels.values()]
    return math.prod(math.comb(loops + cut, cut) for cut in cuts)


def _with_short_tiles(
    layer: Layer, accelerator: Accelerator, spatials: SpatialSpace, should_stop: Callable[[], bool]
) -> int | None:
    """Count the mappings whose outermost loops may end short."""
    found = count_short_orders(layer, spatials, should_stop)
    if found is None:
        return None
    total = sum(
        number * math.factorial(loops) * _ways_to_cut(accelerator, loops)
        for loops, number in found.by_loops.items()
    )
    return int(total // found.unit)


def _counted(layer: Layer, part: SpatialSpace) -> Counter[_Orders]:
    """How many spatial mappings leave loops with so many orders.

    Ladders of all loops add up (`_Orders.of`), and so do numbers that stand for them.
    """
    factors = {dim: math.prod(part.factors_of(dim)) for dim, _ in layer.loop_dims}
    left = temporal_sizes(layer.loop_dims, factors).values()
    loops = [_distinct(np.asarray(sizes)) for sizes in left]
    numbers = _LadderNumbers.of([sizes.tolist() for sizes, _ in loops])
    chosen: npt.NDArray[Any] = np.zeros(len(part), dtype=numbers.dtype)
    for sizes, which in loops:
        chosen = chosen + numbers.of_sizes(sizes.tolist())[which]
    found, which = _distinct(chosen)
    times = _added_up(part.times, which)
    counts: Counter[_Orders] = Counter()
    for number, count in zip(found.tolist(), times.tolist(), strict=True):
        counts[_Orders.of(numbers.ladder(number))] += count
    return counts


@lru_cache(maxsize=4096)
def _ladder(size: int) -> tuple[int, ...]:
    """How many primes a loop of a size has once or more, twice or more, and so on."""
    exponents = [exponent for _, exponent in prime_factors(size)]
    steps = range(1, 1 + max(exponents, default=0))
    return tuple(sum(exponent >= step for exponent in exponents) for step in steps)


@dataclass(frozen=True, slots=True)
class _LadderNumbers:
    """A number for every ladder that loops can have together; its places are the ladder's steps.

    Attributes
    ----------
    bases
        Per step, one more than all loops have there at most.
    """

    bases: tuple[int, ...]

    @classmethod
    def of(cls, loops: Sequence[Sequence[int]]) -> _LadderNumbers:
        """Choose the numbers for the sizes that every loop may have."""
        most = [
            map(max, zip_longest(*map(_ladder, sizes), fillvalue=0)) for sizes in loops if sizes
        ]
        return cls(tuple(1 + sum(steps) for steps in zip_longest(*most, fillvalue=0)))

    @property
    def dtype(self) -> type:
        """Type that holds every number: 64 bits, as a rule."""
        return np.int64 if math.prod(self.bases) <= np.iinfo(np.int64).max else object

    def of_sizes(self, sizes: Sequence[int]) -> npt.NDArray[Any]:
        """Return the numbers of some sizes of a loop."""
        places = (1, *accumulate(self.bases, operator.mul))
        found = [sum(map(operator.mul, _ladder(size), places)) for size in sizes]
        return np.array(found, dtype=self.dtype)

    def ladder(self, number: int) -> list[int]:
        """Return the ladder of a number."""
        steps = []
        for base in self.bases:
            number, step = divmod(number, base)
            steps.append(step)
        return steps


def _distinct(numbers: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
    """Distinct numbers, ascending, and which of them stands at every place.

    Where they are small, a table of all numbers tells that far faster than sorting.
    """
    most = int(numbers.max(initial=0))
    if most > _TABLE * numbers.size:
        found, which = np.unique(numbers, return_inverse=True)
        return found, which.reshape(numbers.shape)
    numbers = numbers.astype(np.intp)
    is_there = np.zeros(most + 1, dtype=np.bool_)
    is_there[numbers] = True
    return np.flatnonzero(is_there), (np.cumsum(is_there) - 1)[numbers]


def _added_up(times: npt.NDArray[np.int64], which: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """Add up the times of equal things, by which of them is at each place."""
    counts = np.zeros(int(which.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(counts, which.ravel(), times)
    return counts
