"""Random mappings whose tiles need not divide."""

from __future__ import annotations

import random
from collections.abc import Mapping

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.models.mapspace.capacity import overflows
from zigzag_imc.models.mapspace.factors import prime_factors
from zigzag_imc.models.movement.unrolled import spatial_temporal_sizes
from zigzag_imc.models.movement.words import ceil_div

_TRIES = 20
"""Draws of the cuts of one order before it is given up."""


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
