"""Legality of a mapping.

Does it match its layer, can the array take it, does every memory hold its tiles.
"""

from __future__ import annotations

import math

from zigzag_imc.core.accelerator import Accelerator, Direction
from zigzag_imc.core.errors import MappingError, nearest
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping
from zigzag_imc.models.movement.room import tile_rooms
from zigzag_imc.models.movement.tiles import operand_tiles
from zigzag_imc.models.movement.traffic import output_bits


def lanes_needed_bits(
    layer: Layer, accelerator: Accelerator, operand: str, spatial: SpatialMapping
) -> tuple[int, int]:
    """Bits that one instance of the lowest memory of ``operand`` must feed at once, and the width
    of its port.
    """
    memory = accelerator.memory(operand, 0)
    relevant = layer.relevant(operand)
    lanes: dict[str, int] = {}
    for array_dim, dims in spatial.unrollings:
        if array_dim in memory.served:
            for dim, factor in dims:
                lanes[dim] = lanes.get(dim, 1) * factor
    needed = 1
    in_window: set[str] = set()
    if operand == "I":
        for window in layer.windows:
            in_window |= {window.output_dim, window.filter_dim}
            needed *= int(
                window.extent(lanes.get(window.output_dim, 1), lanes.get(window.filter_dim, 1))
            )
    needed *= math.prod(
        factor for dim, factor in lanes.items() if dim in relevant and dim not in in_window
    )
    port = memory.port_of(operand, Direction.FROM_LOW if operand == "O" else Direction.TO_LOW)
    assert port is not None
    return needed * layer.precision.bits(operand), port.bandwidth_max


def can_feed(layer: Layer, accelerator: Accelerator, operand: str, spatial: SpatialMapping) -> bool:
    """Whether the lowest memory of ``operand`` can feed (or take) all it must along the dimensions
    it serves.

    One element always passes, however narrow the port: it then takes several cycles.
    """
    bits, width = lanes_needed_bits(layer, accelerator, operand, spatial)
    return bits <= max(width, layer.precision.bits(operand))


def check_spatial(layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> None:
    """Raise `MappingError` where the array cannot take the unrollings."""
    sizes = dict(accelerator.array.dimensions)
    for array_dim, dims in spatial.unrollings:
        if array_dim not in sizes:
            raise MappingError(
                f"spatial.{array_dim}: the array has no such dimension{nearest(array_dim, sizes)}; "
                f"it has {', '.join(sizes)}"
            )
        for dim, factor in dims:
            if dim not in layer.sizes:
                raise MappingError(
                    f"spatial.{array_dim}.{dim}: the layer has no such loop{nearest(dim, layer.sizes)}; "
                    f"it has {', '.join(layer.sizes)}"
                )
            if factor < 1:
                raise MappingError(
                    f"spatial.{array_dim}.{dim}: found {factor}, expected at least 1"
                )
        used = spatial.product(array_dim)
        if used > sizes[array_dim]:
            raise MappingError(
                f"spatial.{array_dim}: the unrollings multiply to {used}, the array has {sizes[array_dim]} there"
            )
        for dim, factor in dims:
            if factor > layer.sizes[dim]:
                raise MappingError(
                    f"spatial.{array_dim}.{dim}: found {factor}, the layer has {layer.sizes[dim]} iterations"
                )
    for operand in OPERANDS:
        if not can_feed(layer, accelerator, operand, spatial):
            bits, width = lanes_needed_bits(layer, accelerator, operand, spatial)
            name = accelerator.memory(operand, 0).name
            raise MappingError(
                f"spatial: {operand} needs {bits} bits at once of memory {name}, whose port has {width} bits"
            )


def check_temporal(layer: Layer, accelerator: Accelerator, mapping: LayerMapping) -> None:
    """Raise `MappingError` where the loops do not multiply out or the levels do not match the
    memories.
    """
    expected = mapping.spatial.temporal_sizes(layer.loop_dims)
    found: dict[str, int] = {}
    for dim, factor in mapping.temporal.loops:
        if dim not in expected:
            raise MappingError(
                f"temporal: the layer has no loop {dim!r}{nearest(dim, expected)}; it has {', '.join(expected)}"
            )
        found[dim] = found.get(dim, 1) * factor
    for dim, size in expected.items():
        if found.get(dim, 1) != size:
            unrolled = mapping.spatial.factors.get(dim, 1)
            raise MappingError(
                f"temporal: the factors of {dim} multiply to {found.get(dim, 1)}, expected {size} "
                f"({layer.sizes[dim]} iterations, {unrolled} unrolled)"
            )
    for operand in OPERANDS:
        cuts = mapping.temporal.of_operand(operand)
        levels = len(accelerator.levels[operand])
        if len(cuts) != levels - 1:
            raise MappingError(
                f"temporal.{operand}: found {len(cuts) + 1} memory levels, the accelerator has {levels} for it"
            )
        if list(cuts) != sorted(cuts) or (
            cuts and not 0 <= cuts[0] <= cuts[-1] <= len(mapping.temporal.loops)
        ):
            raise MappingError(f"temporal.{operand}: the cuts {list(cuts)} are not in order")


def held_bits(
    layer: Layer, accelerator: Accelerator, mapping: LayerMapping
) -> list[dict[str, int]]:
    """Bits of every operand's tile in one instance of each memory, whole unrollings counted."""
    held: list[dict[str, int]] = [{} for _ in accelerator.memories]
    for operand in OPERANDS:
        tiles = operand_tiles(layer, mapping.temporal, operand)
        partial = tiles.reduced_above
        rooms = tile_rooms(layer, accelerator, operand, mapping.spatial)
        for level, room in enumerate(rooms):
            above = level + 1
            if operand == "O":
                element_bits = output_bits(layer, partial[above] or room.reduced_outside)
            else:
                element_bits = layer.precision.bits(operand)
            last = tiles.cycles[above] == tiles.cycles[-1]
            memory = accelerator.levels[operand][level]
            held[memory][operand] = room.bits(
                tiles.tile[above], tiles.spans[above], element_bits, last
            )
    return held


def overflows(layer: Layer, accelerator: Accelerator, mapping: LayerMapping) -> list[str]:
    """Sentences about every memory that cannot hold its tiles; empty when all fit."""
    problems = []
    for memory, held in zip(
        accelerator.memories, held_bits(layer, accelerator, mapping), strict=True
    ):
        total = sum(held.values())
        if total > memory.size_bits:
            shares = ", ".join(f"{operand} {bits}" for operand, bits in held.items())
            problems.append(
                f"memory {memory.name} overflows by {total - memory.size_bits} bits: it holds {memory.size_bits}, "
                f"the mapping needs {total} ({shares})"
            )
    return problems


def check_mapping(layer: Layer, accelerator: Accelerator, mapping: LayerMapping) -> None:
    """Raise `MappingError` with the first reason why the mapping is not legal."""
    check_spatial(layer, accelerator, mapping.spatial)
    check_temporal(layer, accelerator, mapping)
    problems = overflows(layer, accelerator, mapping)
    if problems:
        raise MappingError(problems[0])
