"""Capacity: whether every memory holds its tiles, and what it lacks where it does not."""

from __future__ import annotations

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.movement.room import tile_rooms
from zigzag_imc.models.movement.tiles import operand_tiles
from zigzag_imc.models.movement.traffic import output_bits
from zigzag_imc.models.movement.unrolled import spatial_temporal_sizes


def held_bits(
    layer: Layer, accelerator: Accelerator, mapping: LayerMapping
) -> list[dict[str, int]]:
    """Bits of every operand's tile in one instance of each memory, whole unrollings counted."""
    held: list[dict[str, int]] = [{} for _ in accelerator.memories]
    sizes = spatial_temporal_sizes(layer, accelerator.array, mapping.spatial)
    for operand in OPERANDS:
        tiles = operand_tiles(layer, mapping.temporal, operand, sizes)
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
                f"memory {memory.name} overflows by {total - memory.size_bits} bits: it "
                f"holds {memory.size_bits}, "
                f"the mapping needs {total} ({shares})"
            )
    return problems
