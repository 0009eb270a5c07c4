"""What a spatial mapping of the mapspace is, stated as plainly as possible."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from tests.lines import is_block, lines_are_kept, rows_of_diagonals
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.mapspace.feeding import can_feed
from zigzag_imc.models.profile import CostProfile


def every_spatial_mapping(
    layer: Layer, accelerator: Accelerator, profile: CostProfile, space: Space = DIVISORS
) -> Iterator[SpatialMapping]:
    """Every spatial mapping, in the order of the mapspace.

    The unrollings that fit, keep the lines and are fed, and none of which can be lowered for free.
    """
    accelerator = seen_by(accelerator, layer.precision, profile)
    per_array_dim = [
        [(array_dim, chosen) for chosen in _on(layer, accelerator, array_dim, size, space)]
        for array_dim, size in accelerator.array.dimensions
    ]
    for picked in itertools.product(*per_array_dim):
        spatial = SpatialMapping.of({array_dim: dict(chosen) for array_dim, chosen in picked})
        keeps_lines = profile.wide_lines or _keeps_lines(layer, accelerator, spatial, space)
        is_fed = keeps_lines and _is_fed(layer, accelerator, spatial)
        if is_fed and _cannot_be_lowered(layer, accelerator, spatial):
            yield spatial


def _keeps_lines(
    layer: Layer, accelerator: Accelerator, spatial: SpatialMapping, space: Space
) -> bool:
    """Whether the lines of a macro carry what is unrolled."""
    if not space.diagonals:
        return lines_are_kept(layer, accelerator, spatial)
    rows = rows_of_diagonals(layer, accelerator, spatial)
    return rows is not None and rows <= accelerator.array.rows


def _on(
    layer: Layer, accelerator: Accelerator, array_dim: str, size: int, space: Space
) -> list[tuple[tuple[str, int], ...]]:
    """Unrollings on one array dimension, in the order of the layer dimensions' names."""
    dims = sorted(
        dim
        for dim, loops in layer.loop_dims
        if min(loops, size) > 1
        and (
            space.diagonals or _is_fed(layer, accelerator, SpatialMapping.of({array_dim: {dim: 2}}))
        )
    )
    ranges = [range(1, min(layer.sizes[dim], size) + 1) for dim in dims]
    return [
        tuple(zip(dims, factors, strict=True))
        for factors in itertools.product(*ranges)
        if math.prod(factors) <= size
    ]


def _is_fed(layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> bool:
    return all(can_feed(layer, accelerator, operand, spatial) for operand in OPERANDS)


def _cannot_be_lowered(layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> bool:
    """Whether every unrolling lowered by one leaves more iterations for time."""
    return all(
        _steps(layer, accelerator, _lowered(layer, accelerator, spatial, array_dim, dim), dim)
        > _steps(layer, accelerator, spatial, dim)
        for array_dim, dims in spatial.unrollings
        for dim, _ in dims
    )


def _steps(layer: Layer, accelerator: Accelerator, spatial: SpatialMapping, dim: str) -> int:
    """Iterations left for time; a diagonal block is a block, along whichever line it is seen."""
    unrolled = 1
    for array_dim, dims in spatial.unrollings:
        is_second = array_dim == accelerator.array.bitline and is_block(
            layer, accelerator, spatial, dim
        )
        unrolled *= 1 if is_second else dict(dims).get(dim, 1)
    return -(-layer.sizes[dim] // unrolled)


def _lowered(
    layer: Layer, accelerator: Accelerator, spatial: SpatialMapping, array_dim: str, dim: str
) -> SpatialMapping:
    """Lower an unrolling by one, that of a block along both lines."""
    array = accelerator.array
    lines = (array.wordline, array.bitline)
    homes = {array_dim}
    if array_dim in lines and is_block(layer, accelerator, spatial, dim):
        homes = set(lines)
    changed = {name: dict(dims) for name, dims in spatial.unrollings}
    for home in homes:
        changed[home][dim] -= 1
    return SpatialMapping.of(changed)
