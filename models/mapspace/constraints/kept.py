"""Whether a mapping keeps the constraints of a user: the meaning of every kind."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import singledispatch

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import (
    AllowedDims,
    Constraint,
    Constraints,
    EvenAllocation,
    FixedUnrolling,
    InnerLoops,
    LeastUtilization,
    LoopOrder,
    OuterLoops,
    Stationary,
    TileSize,
)
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.mapspace.constraints.limits import UnrollingLimits
from zigzag_imc.models.mapspace.constraints.short_ends import ShortRules
from zigzag_imc.models.mapspace.constraints.tile_sizes import (
    even_cuts,
    is_of_size,
    kept_tile,
    level_of,
)
from zigzag_imc.models.movement.unrolled import spatial_temporal_sizes


def broken(
    layer: Layer, accelerator: Accelerator, mapping: LayerMapping, constraints: Constraints
) -> Iterator[Constraint]:
    """Yield the constraints that a legal mapping does not keep.

    On an accelerator as the layer sees it.
    """
    return (one for one in constraints if not _holds(one, layer, accelerator, mapping))


def keeps(
    layer: Layer, accelerator: Accelerator, mapping: LayerMapping, constraints: Constraints
) -> bool:
    """Whether a legal mapping keeps all constraints."""
    return next(broken(layer, accelerator, mapping, constraints), None) is None


def check_constraints(
    layer: Layer, accelerator: Accelerator, mapping: LayerMapping, constraints: Constraints
) -> None:
    """Raise `MappingError` with the first constraint that a legal mapping does not keep."""
    for one in broken(layer, accelerator, mapping, constraints):
        raise MappingError(f"does not keep the constraint {str(one)!r}")


@singledispatch
def _holds(one: Constraint, layer: Layer, accelerator: Accelerator, mapping: LayerMapping) -> bool:
    """Whether a mapping keeps a constraint."""
    raise NotImplementedError(type(one))


@_holds.register(FixedUnrolling)
@_holds.register(AllowedDims)
@_holds.register(LeastUtilization)
def _within_limits(
    one: Constraint, layer: Layer, accelerator: Accelerator, mapping: LayerMapping
) -> bool:
    """Unrollings alone decide."""
    return UnrollingLimits.of((one,), layer).keep(layer, accelerator, mapping.spatial)


@_holds.register(InnerLoops)
@_holds.register(OuterLoops)
@_holds.register(LoopOrder)
def _in_order(
    one: Constraint, layer: Layer, accelerator: Accelerator, mapping: LayerMapping
) -> bool:
    """The order of the loops decides; where all tiles divide, so do those that it passes."""
    sizes = spatial_temporal_sizes(layer, accelerator.array, mapping.spatial)
    return ShortRules.of((one,), sizes).allows(mapping.temporal.loops)


@_holds.register
def _of_size(one: TileSize, layer: Layer, accelerator: Accelerator, mapping: LayerMapping) -> bool:
    """The tile spans as much as asked for; a memory that does not hold the operand has no tile."""
    level = level_of(accelerator, one.operand, one.memory)
    if level is None:
        return False
    iterations = kept_tile(layer, mapping.temporal, one.operand, level).get(one.dim, 1)
    return bool(is_of_size(one, layer, accelerator, mapping.spatial, iterations))


@_holds.register
def _at_rest(
    one: Stationary, layer: Layer, accelerator: Accelerator, mapping: LayerMapping
) -> bool:
    """All loops that are irrelevant to the operand are kept below its cut."""
    level = level_of(accelerator, one.operand, one.memory)
    if level is None:
        return False
    sizes = spatial_temporal_sizes(layer, accelerator.array, mapping.spatial)
    tile = kept_tile(layer, mapping.temporal, one.operand, level)
    # A last step that is shorter counts in full here: loops may reach beyond what there is.
    return all(tile.get(dim, 1) >= sizes[dim] for dim in layer.idle_dims(one.operand))


@_holds.register
def _cut_at_one_place(
    one: EvenAllocation, layer: Layer, accelerator: Accelerator, mapping: LayerMapping
) -> bool:
    """All operands of the memories can be cut at one place.

    An operand may be cut anywhere below its tile where only loops that are irrelevant to it lie
    between. So what a larger tile has beyond the smallest one has to be irrelevant to its operand.
    """
    for cuts in even_cuts(accelerator, (one,)):
        tiles = [_tile_at(cut, layer, mapping) for cut in sorted(cuts)]
        smallest = min((tile for _, tile in tiles), key=_iterations, default={})
        if any(not _same_along(layer.relevant(operand), tile, smallest) for operand, tile in tiles):
            return False
    return True


def _tile_at(
    cut: tuple[int, int], layer: Layer, mapping: LayerMapping
) -> tuple[str, dict[str, int]]:
    """Return the operand of a cut and the tile below it."""
    operand = OPERANDS[cut[0]]
    return operand, kept_tile(layer, mapping.temporal, operand, cut[1] - 1)


def _iterations(tile: dict[str, int]) -> int:
    return math.prod(tile.values())


def _same_along(dims: Iterable[str], one: dict[str, int], other: dict[str, int]) -> bool:
    """Whether two tiles have the same size along some dimensions."""
    return all(one.get(dim, 1) == other.get(dim, 1) for dim in dims)
