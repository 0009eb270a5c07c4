"""Loop orders in which the outermost loop of a dimension may end with a shorter step.

The loops inside the outermost one are primes; their product is any number below ``T_d``. The
outermost loop has as many steps as it then takes, and is no product of others: where some of its
steps belong inside another loop, a larger product inside says so.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from zigzag_imc.core.mapping import Loop
from zigzag_imc.models.mapspace.factors import prime_factors
from zigzag_imc.models.movement.words import ceil_div

Polynomial = dict[int, int]
"""Coefficients by degree."""


def short_orders(sizes: Mapping[str, int]) -> Iterator[tuple[Loop, ...]]:
    """Every order of loops that run through dimensions of so many steps, innermost first."""
    looped = {dim: size for dim, size in sizes.items() if size > 1}
    for products in itertools.product(*(range(1, size) for size in looped.values())):
        inner: list[Loop] = []
        outermost: dict[str, int] = {}
        for (dim, size), product in zip(looped.items(), products, strict=True):
            outermost[dim] = ceil_div(size, product)
            for prime, exponent in prime_factors(product):
                inner += [(dim, prime)] * exponent
        yield from _ordered(tuple(inner), outermost)


def _ordered(inner: tuple[Loop, ...], outermost: Mapping[str, int]) -> Iterator[tuple[Loop, ...]]:
    """Every order in which the outermost loop of each dimension comes after its inner ones."""
    if not outermost:
        yield ()
        return
    for first in dict.fromkeys(inner):
        place = inner.index(first)
        for rest in _ordered(inner[:place] + inner[place + 1 :], outermost):
            yield (first, *rest)
    for dim in [dim for dim in outermost if dim not in dict(inner)]:
        others = {other: steps for other, steps in outermost.items() if other != dim}
        for rest in _ordered(inner, others):
            yield ((dim, outermost[dim]), *rest)


def cut_short(loops: Iterable[Loop], sizes: Mapping[str, int]) -> tuple[Loop, ...]:
    """Return loops of which the outermost of each dimension takes no more steps than are left.

    Its last step may be shorter then; loops further outside have nothing to do and are left out.
    Where loops multiply to ``T_d``, they stay as they are.

    Parameters
    ----------
    loops
        Innermost first; those of a dimension multiply to its size or more.
    sizes
        ``T_d`` per dimension.
    """
    inside = dict.fromkeys(sizes, 1)
    kept: list[Loop] = []
    for dim, steps in loops:
        left = ceil_div(sizes[dim], inside[dim])
        if left > 1:
            kept.append((dim, min(steps, left)))
            inside[dim] *= steps
    return tuple(kept)


class OrderCounts:
    """How many orders of so many loops there are, for dimensions of some sizes.

    Orders of several dimensions are interleaved: of ``a`` and ``b`` loops, ``(a + b)! / (a! b!)``
    ways. So those of one dimension count over the factorial of their loops, as coefficients of a
    polynomial in the number of loops; products of polynomials interleave.

    Attributes
    ----------
    unit
        What the coefficients of one dimension are multiplied with, to be whole numbers.
    """

    def __init__(self, sizes: Collection[int]) -> None:
        largest = max(sizes, default=1)
        self.unit = math.factorial(largest.bit_length() + 1)
        self._of: dict[int, Polynomial] = {1: {0: self.unit}}
        total: Counter[int] = Counter()
        for product in range(1, largest):
            exponents = [exponent for _, exponent in prime_factors(product)]
            loops = sum(exponents) + 1
            repeats = math.prod(map(math.factorial, exponents))
            total[loops] += self.unit // (loops * repeats)
            if product + 1 in sizes:
                self._of[product + 1] = dict(total)

    def of(self, size: int) -> Polynomial:
        """Return the polynomial of one dimension, times `unit`."""
        return self._of[size]


def product_of(one: Polynomial, other: Polynomial) -> Polynomial:
    """Return the product of two polynomials."""
    found: Counter[int] = Counter()
    for (m, a), (n, b) in itertools.product(one.items(), other.items()):
        found[m + n] += a * b
    return dict(found)
