"""Loops and mappings whose tiles need not divide, for engines to try."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.models.mapspace.capacity import overflows
from zigzag_imc.models.mapspace.factors import prime_factors
from zigzag_imc.models.movement.unrolled import spatial_temporal_sizes
from zigzag_imc.models.movement.words import ceil_div

_TRIES = 20
"""Draws of the cuts of one order before it is given up."""

_ROUNDED_UP = 1 / 8
"""Share of a size by which it is raised at most to have more factors."""


def more_divisible(sizes: Mapping[str, int]) -> dict[str, int]:
    """Return sizes a little above that have the most prime factors; of equals, the least.

    Loops over them leave a choice of tiles to sizes with few factors; the last steps are shorter.
    """
    return {dim: _more_divisible(size) for dim, size in sizes.items()}


def _more_divisible(size: int) -> int:
    most = size + int(size * _ROUNDED_UP)
    return max(range(size, most + 1), key=_number_of_primes)


def _number_of_primes(size: int) -> int:
    return sum(times for _, times in prime_factors(size))


def redrawn(loops: Sequence[Loop], dim: str, size: int, rng: random.Random) -> list[Loop]:
    """Return loops with others over one dimension, the first of them where its loops were.

    They multiply to any number from its size on to twice that, so that every number below the size
    may come to lie inside the outermost one.
    """
    primes = prime_factors(rng.randrange(size, 2 * size))
    fresh = [(dim, prime) for prime, times in primes for _ in range(times)]
    rng.shuffle(fresh)
    found = []
    for loop in loops:
        if loop[0] != dim:
            found.append(loop)
        elif fresh:
            found.append(fresh.pop())
    for loop in fresh:
        found.insert(rng.randrange(len(found) + 1), loop)
    return found


def drawn_mapping(
    layer: Layer, accelerator: Accelerator, spatial: SpatialMapping, rng: random.Random
) -> LayerMapping | None:
    """Draw loops and cuts; ``None`` where none of several draws of the cuts fits."""
    loops = drawn_order(spatial_temporal_sizes(layer, accelerator.array, spatial), rng)
    for _ in range(_TRIES):
        weights, inputs, outputs = (
            tuple(sorted(rng.choices(range(len(loops) + 1), k=len(accelerator.levels[name]) - 1)))
            for name in OPERANDS
        )
        temporal = TemporalMapping(loops, (weights, inputs, outputs))
        mapping = LayerMapping(spatial, temporal)
        if not overflows(layer, accelerator, mapping):
            return mapping
    return None


def drawn_order(sizes: Mapping[str, int], rng: random.Random) -> tuple[Loop, ...]:
    """Draw an order of loops that run through dimensions of so many steps, innermost first.

    Of each dimension, the product of the inner loops is drawn; the outermost one takes as many
    steps as are then needed, and stands last of them.
    """
    of_dim: dict[str, list[Loop]] = {}
    for dim, size in sizes.items():
        if size > 1:
            product = rng.randrange(1, size)
            inner = [(dim, prime) for prime, times in prime_factors(product) for _ in range(times)]
            rng.shuffle(inner)
            of_dim[dim] = [*inner, (dim, ceil_div(size, product))]
    places = [dim for dim, own in of_dim.items() for _ in own]
    rng.shuffle(places)
    ahead = {dim: iter(own) for dim, own in of_dim.items()}
    return tuple(next(ahead[dim]) for dim in places)
