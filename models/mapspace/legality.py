"""Legality of a mapping.

Does it match its layer, can the array take it, does every memory hold its tiles.
"""

from __future__ import annotations

import math

from zigzag_imc.core.accelerator import Accelerator, ImcArray
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.errors import MappingError, nearest
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping
from zigzag_imc.models.array.diagonal import diagonal_windows, mapped_rows
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.mapspace.capacity import overflows
from zigzag_imc.models.mapspace.constraints.kept import check_constraints
from zigzag_imc.models.mapspace.feeding import can_feed, lanes_needed_bits
from zigzag_imc.models.mapspace.lines import check_lines, memories_by_row
from zigzag_imc.models.mapspace.unrollings import has_use_for
from zigzag_imc.models.movement.short_tiles import runs_through
from zigzag_imc.models.movement.unrolled import spatial_temporal_sizes, unrolled_once
from zigzag_imc.models.profile import IMC, CostProfile


def check_spatial(
    layer: Layer, accelerator: Accelerator, spatial: SpatialMapping, profile: CostProfile
) -> None:
    """Raise `MappingError` where the array cannot take the unrollings."""
    accelerator = seen_by(accelerator, layer.precision, profile)
    for array_dim, _ in spatial.unrollings:
        _check_array_dim(layer, accelerator, spatial, array_dim)
    if not spatial.on(accelerator.array.bitline):  # outputs of a window may take rows all the same
        _check_room(layer, accelerator.array, spatial, accelerator.array.bitline)
    check_lines(layer, accelerator.array, spatial, profile)
    _check_use(layer, accelerator, spatial)
    _check_rows_of_windows(layer, accelerator, spatial)
    for operand in OPERANDS:
        _check_fed(layer, accelerator, operand, spatial)


def _check_array_dim(
    layer: Layer, accelerator: Accelerator, spatial: SpatialMapping, array_dim: str
) -> None:
    """Raise `MappingError` where one array dimension cannot take its unrollings."""
    sizes = dict(accelerator.array.dimensions)
    if array_dim not in sizes:
        raise MappingError(
            f"spatial.{array_dim}: the array has no such dimension{nearest(array_dim, sizes)}; "
            f"it has {', '.join(sizes)}"
        )
    unrollings = spatial.on(array_dim)
    for dim, factor in unrollings.items():
        where = f"spatial.{array_dim}.{dim}"
        if dim not in layer.sizes:
            raise MappingError(
                f"{where}: the layer has no such loop{nearest(dim, layer.sizes)}; "
                f"it has {', '.join(layer.sizes)}"
            )
        if factor < 1:
            raise MappingError(f"{where}: found {factor}, expected at least 1")
    _check_room(layer, accelerator.array, spatial, array_dim)
    for dim, factor in unrollings.items():
        if factor > layer.sizes[dim]:
            raise MappingError(
                f"spatial.{array_dim}.{dim}: found {factor}, "
                f"the layer has {layer.sizes[dim]} iterations"
            )


def _check_room(layer: Layer, array: ImcArray, spatial: SpatialMapping, array_dim: str) -> None:
    """Raise `MappingError` where unrollings take more than there is along an array dimension."""
    lanes = used = spatial.product(array_dim)
    if array_dim == array.bitline and not array.wide_lines:
        used = int(mapped_rows(layer, array, spatial.by_array_dim))
    size = dict(array.dimensions)[array_dim]
    if used > size:
        need = f"multiply to {used}" if used == lanes else f"take {used} rows"
        raise MappingError(
            f"spatial.{array_dim}: the unrollings {need}, the array has {size} there"
        )


def _check_use(layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> None:
    """Raise `MappingError` for a dimension unrolled so far that some of its lanes are idle."""
    once = unrolled_once(layer, accelerator.array, spatial)
    for dim, total in once.factors.items():
        on = {name: dims[dim] for name, dims in once.by_array_dim.items() if dim in dims}
        if not has_use_for(layer.sizes[dim], list(on.values())):
            raise MappingError(
                f"spatial: {dim} is unrolled over {total} lanes of {', '.join(on)}, the layer has "
                f"{layer.sizes[dim]} iterations"
            )


def _check_rows_of_windows(layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> None:
    """Raise `MappingError` for a diagonal window over a memory of weights or outputs per row."""
    array = accelerator.array
    windows = diagonal_windows(layer, array, spatial.by_array_dim)
    per_row = memories_by_row(accelerator)
    if windows and per_row:
        raise MappingError(
            f"spatial.{array.wordline}.{windows[0].output_dim}: memory {per_row[0]} has an "
            "instance per row for weights or outputs, and the rows of a diagonal window differ in "
            f"both; expected no {windows[0].output_dim} along {array.wordline}"
        )


def _check_fed(
    layer: Layer, accelerator: Accelerator, operand: str, spatial: SpatialMapping
) -> None:
    """Raise `MappingError` where a lowest memory cannot feed all it must at once."""
    if can_feed(layer, accelerator, operand, spatial):
        return
    bits, width = lanes_needed_bits(layer, accelerator, operand, spatial)
    name = accelerator.memory(operand, 0).name
    raise MappingError(
        f"spatial: {operand} needs {bits} bits at once of memory {name}, "
        f"whose port has {width} bits"
    )


def _check_loops(
    layer: Layer, accelerator: Accelerator, mapping: LayerMapping, profile: CostProfile
) -> None:
    """Raise `MappingError` where the loops of a dimension do not run through it."""
    expected = spatial_temporal_sizes(layer, accelerator.array, mapping.spatial)
    once = unrolled_once(layer, accelerator.array, mapping.spatial)
    steps: dict[str, list[int]] = {dim: [] for dim in expected}
    for dim, factor in mapping.temporal.loops:
        if dim not in expected:
            raise MappingError(
                f"temporal: the layer has no loop {dim!r}{nearest(dim, expected)}; it has "
                f"{', '.join(expected)}"
            )
        steps[dim].append(factor)
    for dim, size in expected.items():
        total = math.prod(steps[dim])
        may_be_short = total > size and not profile.dividing_tiles
        if total == size or (may_be_short and runs_through(size, steps[dim])):
            continue
        said = f"temporal: the factors of {dim} multiply to {total}, expected {size}"
        if may_be_short:
            inner, last = total // steps[dim][-1], steps[dim][-1]
            said += f" or, with {inner} inside the outermost {last}, fewer than {last} steps of it"
        unrolled = once.factors.get(dim, 1)
        raise MappingError(f"{said} ({layer.sizes[dim]} iterations, {unrolled} unrolled)")


def check_temporal(
    layer: Layer, accelerator: Accelerator, mapping: LayerMapping, profile: CostProfile = IMC
) -> None:
    """Raise `MappingError` where loops do not run through the layer or levels do not match.

    The levels are those of the accelerator's memories.
    """
    _check_loops(layer, accelerator, mapping, profile)
    for operand in OPERANDS:
        cuts = mapping.temporal.of_operand(operand)
        levels = len(accelerator.levels[operand])
        if len(cuts) != levels - 1:
            raise MappingError(
                f"temporal.{operand}: found {len(cuts) + 1} memory levels, the accelerator "
                f"has {levels} for it"
            )
        if list(cuts) != sorted(cuts) or (
            cuts and not 0 <= cuts[0] <= cuts[-1] <= len(mapping.temporal.loops)
        ):
            raise MappingError(f"temporal.{operand}: the cuts {list(cuts)} are not in order")


def check_mapping(
    layer: Layer,
    accelerator: Accelerator,
    mapping: LayerMapping,
    profile: CostProfile,
    constraints: Constraints = (),
) -> None:
    """Raise `MappingError` with the first reason why the mapping is not legal.

    Or with the first constraint that it does not keep.
    """
    accelerator = seen_by(accelerator, layer.precision, profile)
    check_spatial(layer, accelerator, mapping.spatial, profile)
    check_temporal(layer, accelerator, mapping, profile)
    problems = overflows(layer, accelerator, mapping)
    if problems:
        raise MappingError(problems[0])
    check_constraints(layer, accelerator, mapping, constraints)
