"""Unrollings: how far layer dimensions may be spread over array dimensions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, reduce
from operator import and_

import numpy as np

from zigzag_imc.core.accelerator import Accelerator, ImcArray
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.models.mapspace.feeding import can_feed
from zigzag_imc.models.mapspace.lines import lines_allow, may_be_block, may_be_diagonal
from zigzag_imc.models.movement.words import Amount, ceil_div
from zigzag_imc.models.profile import CostProfile


@lru_cache(maxsize=4096)
def smallest_unrollings(size: int, limit: int) -> tuple[int, ...]:
    """Unrollings of a loop that cannot be lowered without more iterations in time.

    Of a loop of ``size``, up to ``limit``.

    For every reachable ``T`` the smallest ``u`` with ``ceil(size / u) == T``; larger ones only
    switch more cells.
    """
    return tuple(u for u in range(1, min(size, limit) + 1) if is_smallest(size, (u,)))


def is_smallest(
    size: int, unrollings: Sequence[Amount], least: Sequence[int] | None = None
) -> Amount:
    """Whether no unrolling of one loop can be lowered by one for free.

    The loop may be unrolled on several array dimensions. Of one spatial mapping, or elementwise of
    arrays with one entry per spatial mapping. Nor is one that a constraint keeps from being lower:
    ``least`` are the unrollings that it asks for at least.
    """
    kept = least or [1] * len(unrollings)
    steps = ceil_div(size, math.prod(unrollings))
    takes_longer = [
        # ceil(size / fewer) > steps, without a division: there may be millions
        (u == asked) | (size > steps * fewer)
        for u, fewer, asked in zip(unrollings, _each_lowered(unrollings), kept, strict=True)
    ]
    return reduce(and_, takes_longer)


def _each_lowered(unrollings: Sequence[Amount]) -> Iterator[Amount]:
    """Yield the product of some unrollings with one after the other lowered by one, down to one."""
    for place, u in enumerate(unrollings):
        others = math.prod((*unrollings[:place], *unrollings[place + 1 :]))
        yield others * (u - (u > 1))


def has_use_for(size: int, unrollings: Sequence[Amount]) -> Amount:
    """Whether one loop, unrolled on several array dimensions, has work for a lane of each.

    On average; elementwise for arrays. Where the others alone have more lanes than it has
    iterations at a time, the widest one would be used less than once.
    """
    total, widest = math.prod(unrollings), reduce(np.maximum, unrollings)
    return size * widest >= total * ceil_div(size, total)


def unrollable_dims(
    layer: Layer, accelerator: Accelerator, profile: CostProfile, space: Space = DIVISORS
) -> dict[str, tuple[str, ...]]:
    """Layer dimensions that may be unrolled on each array dimension.

    As far as one of them alone decides that; those of diagonal blocks may be along both lines.
    """
    array = accelerator.array
    loops = [dim for dim, size in layer.loop_dims if size > 1]
    return {
        array_dim: tuple(
            dim
            for dim in loops
            if size > 1
            and (
                lines_allow(layer, array, profile, array_dim, dim)
                or (space.diagonals and may_be_diagonal(layer, accelerator, array_dim, dim))
            )
            and _is_fed(layer, accelerator, array_dim, dim)
        )
        for array_dim, size in array.dimensions
    }


def has_diagonals(
    layer: Layer, accelerator: Accelerator, profile: CostProfile, space: Space
) -> bool:
    """Whether a space has unrollings that only diagonals allow."""
    plain = replace(space, diagonals=False)
    return unrollable_dims(layer, accelerator, profile, space) != unrollable_dims(
        layer, accelerator, profile, plain
    )


def blocks_along_lines(
    layer: Layer, array: ImcArray, allowed: Mapping[str, Sequence[str]]
) -> frozenset[str]:
    """Dimensions of diagonal blocks among those that may lie along both lines."""
    both = set(allowed[array.wordline]) & set(allowed[array.bitline])
    if array.wide_lines:
        return frozenset()
    return frozenset(dim for dim in both if may_be_block(layer, dim))


def _is_fed(layer: Layer, accelerator: Accelerator, array_dim: str, dim: str) -> bool:
    """Whether one dimension may be unrolled on one array dimension, two lanes at least."""
    array = accelerator.array
    is_line = array_dim in (array.wordline, array.bitline)
    is_block = is_line and not array.wide_lines and may_be_block(layer, dim)
    homes = (array.wordline, array.bitline) if is_block else (array_dim,)
    narrowest = SpatialMapping.of({home: {dim: 2} for home in homes})
    return all(can_feed(layer, accelerator, operand, narrowest) for operand in OPERANDS)
