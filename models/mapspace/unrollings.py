"""Unrollings: how far layer dimensions may be spread over array dimensions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import lru_cache

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.mapspace.feeding import can_feed, wide_operands
from zigzag_imc.models.mapspace.lines import lines_allow
from zigzag_imc.models.profile import CostProfile


@lru_cache(maxsize=4096)
def smallest_unrollings(size: int, limit: int) -> tuple[int, ...]:
    """Unrollings of a loop that cannot be lowered without more iterations in time.

    Of a loop of ``size``, up to ``limit``.

    For every reachable ``T`` the smallest ``u`` with ``ceil(size / u) == T``; larger ones only
    switch more cells.
    """
    return tuple(
        u for u in range(1, min(size, limit) + 1) if u == 1 or -(-size // (u - 1)) > -(-size // u)
    )


def is_smallest(size: int, unrollings: tuple[int, ...]) -> bool:
    """Whether no unrolling of one loop can be lowered by one for free.

    The loop may be unrolled on several array dimensions.
    """
    total = math.prod(unrollings)
    steps = -(-size // total)
    return all(u == 1 or -(-size // (total // u * (u - 1))) > steps for u in unrollings)


def unrollable_dims(
    layer: Layer, accelerator: Accelerator, profile: CostProfile
) -> dict[str, tuple[str, ...]]:
    """Layer dimensions that may be unrolled on each array dimension.

    As far as one of them alone decides that.
    """
    return {
        array_dim: tuple(
            dim
            for dim, loops in layer.loop_dims
            if loops > 1
            and size > 1
            and lines_allow(layer, accelerator.array, profile, array_dim, dim)
            and all(
                can_feed(layer, accelerator, operand, SpatialMapping.of({array_dim: {dim: 2}}))
                for operand in OPERANDS
            )
        )
        for array_dim, size in accelerator.array.dimensions
    }


def spatial_mappings(
    layer: Layer, accelerator: Accelerator, profile: CostProfile
) -> Iterator[SpatialMapping]:
    """Every spatial mapping of the mapspace, in a fixed order."""
    accelerator = seen_by(accelerator, layer.precision, profile)
    allowed = unrollable_dims(layer, accelerator, profile)
    homes: dict[str, int] = {}
    for dims in allowed.values():
        for dim in dims:
            homes[dim] = homes.get(dim, 0) + 1
    choices = [
        [(array_dim, combination) for combination in combinations_on(layer, dims, size, homes)]
        for (array_dim, size), dims in zip(
            accelerator.array.dimensions, allowed.values(), strict=True
        )
    ]
    spread_out = [dim for dim, count in homes.items() if count > 1]
    shared_ports = wide_operands(layer, accelerator)
    for picked in itertools.product(*choices):
        if spread_out and not all(
            is_smallest(layer.sizes[dim], tuple(dict(dims).get(dim, 1) for _, dims in picked))
            for dim in spread_out
        ):
            continue
        spatial = SpatialMapping(
            tuple((array_dim, dims) for array_dim, dims in sorted(picked) if dims)
        )
        if all(can_feed(layer, accelerator, operand, spatial) for operand in shared_ports):
            yield spatial


def combinations_on(
    layer: Layer, dims: tuple[str, ...], size: int, homes: dict[str, int]
) -> list[tuple[tuple[str, int], ...]]:
    """Unrollings of ``dims`` on one array dimension whose product is at most ``size``.

    Sorted by the dimensions' names.
    """
    found: list[tuple[tuple[str, int], ...]] = [()]
    for dim in sorted(dims):
        loops = layer.sizes[dim]
        # A loop with one home must be as small as it can be; one with several is checked once all
        # are known.
        options = (
            smallest_unrollings(loops, size)
            if homes[dim] == 1
            else tuple(range(1, min(loops, size) + 1))
        )
        found = [
            (*chosen, (dim, u)) if u > 1 else chosen
            for chosen in found
            for u in options
            if u * math.prod(factor for _, factor in chosen) <= size
        ]
    return found
