"""How many mappings there are: spatial mappings x orders of prime factors x memory cuts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import temporal_sizes
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.models.mapspace.combinations import BLOCK
from zigzag_imc.models.mapspace.factors import prime_factors
from zigzag_imc.models.mapspace.short_orders import OrderCounts, Polynomial, product_of
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import CostProfile


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
    def of(cls, size: int) -> _Orders:
        """Count those of one loop."""
        exponents = [exponent for _, exponent in prime_factors(size)]
        return cls(sum(exponents), math.prod(map(math.factorial, exponents)))

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
    if space.tile_sizes == "any-outermost" and not profile.dividing_tiles:
        return _with_short_tiles(layer, accelerator, spatials)
    counts: Counter[_Orders] = Counter()
    for start in range(0, len(spatials), BLOCK):
        counts.update(_counted(layer, spatials[start : start + BLOCK]))
    return sum(count * orders.mappings(accelerator) for orders, count in counts.items())


def _ways_to_cut(accelerator: Accelerator, loops: int) -> int:
    """Ways to cut so many loops, at every memory of every operand."""
    cuts = [len(levels) - 1 for levels in accelerator.levels.values()]
    return math.prod(math.comb(loops + cut, cut) for cut in cuts)


def _with_short_tiles(layer: Layer, accelerator: Accelerator, spatials: SpatialSpace) -> int:
    """Count the mappings whose outermost loops may end short.

    Spatial mappings whose first so many ``T_d`` are equal are added up before that of the next is
    multiplied in: products of a sum are sums of products.
    """
    left: Counter[tuple[int, ...]] = Counter()
    for start in range(0, len(spatials), BLOCK):
        part = spatials[start : start + BLOCK]
        factors = {dim: math.prod(part.factors_of(dim)) for dim, _ in layer.loop_dims}
        sizes = temporal_sizes(layer.loop_dims, factors).values()
        rows = np.stack([np.broadcast_to(size, len(part)) for size in sizes], axis=1)
        found, which = np.unique(rows, axis=0, return_inverse=True)
        times = _added_up(part.times, which)
        left.update(dict(zip(map(tuple, found.tolist()), times.tolist(), strict=True)))
    counts = OrderCounts({size for sizes in left for size in sizes})
    summed: dict[tuple[int, ...], Polynomial] = {sizes: {0: n} for sizes, n in left.items()}
    for _ in layer.loop_dims:
        shorter: dict[tuple[int, ...], Polynomial] = {}
        for (*first, last), polynomial in summed.items():
            known = shorter.setdefault(tuple(first), {})
            for loops, number in product_of(polynomial, counts.of(last)).items():
                known[loops] = known.get(loops, 0) + number
        summed = shorter
    total = sum(
        number * math.factorial(loops) * _ways_to_cut(accelerator, loops)
        for loops, number in summed.get((), {}).items()  # none without spatial mappings
    )
    return int(total // counts.unit ** len(layer.loop_dims))


def _counted(layer: Layer, part: SpatialSpace) -> Counter[_Orders]:
    """How many spatial mappings leave loops with so many orders."""
    factors = {dim: math.prod(part.factors_of(dim)) for dim, _ in layer.loop_dims}
    left = temporal_sizes(layer.loop_dims, factors).values()
    primes: npt.NDArray[Any] = np.zeros(len(part), dtype=np.int64)
    repeats: npt.NDArray[Any] = np.ones(len(part), dtype=_number(layer))
    for sizes in left:
        distinct, which = _distinct(np.asarray(sizes))
        orders = [_Orders.of(size) for size in distinct.tolist()]
        primes = primes + np.array([one.primes for one in orders])[which]
        repeats = repeats * np.array([one.repeats for one in orders], dtype=repeats.dtype)[which]
    return Counter(dict(_by_orders(primes, repeats, part.times)))


def _number(layer: Layer) -> type:
    """Type that holds the repeats of any tiling: 64 bits, as a rule."""
    most = math.prod(math.factorial(size.bit_length()) for _, size in layer.loop_dims)
    return np.int64 if most <= np.iinfo(np.int64).max else object


def _by_orders(
    primes: npt.NDArray[Any], repeats: npt.NDArray[Any], times: npt.NDArray[np.int64]
) -> Iterator[tuple[_Orders, int]]:
    """Count equal pairs, each as often as it is there."""
    for number in _distinct(primes)[0].tolist():
        here = primes == number
        found, which = _distinct(repeats[here])
        counts = _added_up(times[here], which)
        for repeat, count in zip(found.tolist(), counts.tolist(), strict=True):
            yield _Orders(number, repeat), count


def _distinct(numbers: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
    """Distinct numbers, ascending, and which of them stands at every place.

    Where they are small, a table of all numbers tells that far faster than sorting.
    """
    most = int(numbers.max(initial=0))
    if most > numbers.size:
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
