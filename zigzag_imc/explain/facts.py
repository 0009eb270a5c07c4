"""What binds a mapping, from the mapping and its cost alone."""

from __future__ import annotations

import math

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.explain.records import BindingRecord, CapacityRecord, OccupancyRecord, TileRecord
from zigzag_imc.models.array.diagonal import band_rows
from zigzag_imc.models.mapspace.capacity import held_bits
from zigzag_imc.models.mapspace.factors import prime_factors
from zigzag_imc.models.movement.unrolled import average_unrollings
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.results.parts import BreakdownRecord


def bindings_of(terms: BreakdownRecord, accelerator: Accelerator) -> tuple[BindingRecord, ...]:
    """Return what the latency goes to, largest first.

    Computing, waiting for the worst port, and loading.

    Parts that take no cycles are left out, except that there is always one.
    """
    latency = terms.latency
    loading = latency.onloading_cycles + latency.offloading_cycles
    total = (latency.compute_cycles + latency.stall_cycles + loading) or 1.0
    parts = [
        BindingRecord(
            kind="compute", cycles=latency.compute_cycles, share=latency.compute_cycles / total
        ),
        BindingRecord(kind="loading", cycles=loading, share=loading / total),
    ]
    worst = max(terms.port_stalls, key=lambda stall: stall.cycles, default=None)
    if worst is not None:
        rows = worst.memory == accelerator.cells.name and worst.port == "rows"
        parts.append(
            BindingRecord(
                kind="rows" if rows else "port",
                memory=worst.memory,
                port=None if rows else worst.port,
                cycles=latency.stall_cycles,
                share=latency.stall_cycles / total,
            )
        )
    parts.sort(key=lambda part: -part.cycles)
    return (parts[0], *(part for part in parts[1:] if part.cycles > 0))


def capacities_of(
    layer: Layer, accelerator: Accelerator, mapping: LayerMapping
) -> tuple[CapacityRecord, ...]:
    """Return how full every memory is.

    And whether its tiles could grow by one more step of the next loop.
    """
    found = []
    for index, (memory, held) in enumerate(
        zip(accelerator.memories, held_bits(layer, accelerator, mapping), strict=True)
    ):
        tiles = [
            _tile(layer, accelerator, mapping, index, operand, held[operand])
            for operand in OPERANDS
            if operand in held
        ]
        found.append(
            CapacityRecord(
                memory=memory.name,
                size_bits=memory.size_bits,
                used_bits=sum(held.values()),
                instances=math.prod(
                    n for name, n in accelerator.array.dimensions if name not in memory.served
                ),
                binds=any(tile.next_fits is False for tile in tiles),
                tiles=tuple(tiles),
            )
        )
    return tuple(found)


def grown(
    layer: Layer, mapping: LayerMapping, operand: str, level: int
) -> tuple[Loop, LayerMapping] | None:
    """Return the next step of a loop that enlarges a tile, and the mapping with it.

    The step is the smallest prime factor of the next loop above the tile that indexes the operand;
    memories above grow along where they held the same tile. ``None`` where the tile is all of the
    operand.
    """
    temporal, relevant = mapping.temporal, layer.relevant(operand)
    cuts = temporal.of_operand(operand)
    if level >= len(cuts):
        return None
    loops = list(temporal.loops)
    place = next((i for i in range(cuts[level], len(loops)) if loops[i][0] in relevant), None)
    if place is None:
        return None
    dim, factor = loops[place]
    step = prime_factors(factor)[0][0]
    split = step < factor
    if split:
        loops[place : place + 1] = [(dim, step), (dim, factor // step)]
    moved = [
        tuple(cut + 1 if split and cut > place else cut for cut in temporal.of_operand(other))
        for other in OPERANDS
    ]
    number = OPERANDS.index(operand)
    moved[number] = tuple(
        max(cut, place + 1) if own >= level else cut for own, cut in enumerate(moved[number])
    )
    changed = TemporalMapping(tuple(loops), (moved[0], moved[1], moved[2]))
    return (dim, step), LayerMapping(mapping.spatial, changed)


def occupancy_of(
    layer: Layer, accelerator: Accelerator, spatial: SpatialMapping, profile: CostProfile
) -> tuple[OccupancyRecord, ...]:
    """Return how much of every array dimension is used."""
    array, averages = accelerator.array, average_unrollings(layer, spatial.by_array_dim)
    found = []
    for place, (name, size) in enumerate(array.dimensions):
        used = spatial.product(name)
        average = float(math.prod(averages.get(name, {}).values()))
        if name == array.bitline:  # a diagonal mapping takes a band of rows
            used = int(band_rows(layer, array, spatial.by_array_dim, profile.unit_diagonals))
            average = float(band_rows(layer, array, averages, profile.unit_diagonals))
        found.append(
            OccupancyRecord(
                array_dim=name,
                role="columns" if place == 0 else "rows" if place == 1 else "macros",
                size=size,
                used=used,
                average=float(average),
                unrollings=dict(spatial.on(name)),
            )
        )
    return tuple(found)


def _tile(
    layer: Layer,
    accelerator: Accelerator,
    mapping: LayerMapping,
    index: int,
    operand: str,
    bits: int,
) -> TileRecord:
    level = accelerator.levels[operand].index(index)
    larger = grown(layer, mapping, operand, level)
    record = TileRecord.model_validate({"operand": operand, "bits": bits})
    if larger is None:
        return record
    loop, changed = larger
    needed = sum(held_bits(layer, accelerator, changed)[index].values())
    fits = needed <= accelerator.memories[index].size_bits
    return record.model_copy(update={"next_loop": loop, "next_bits": needed, "next_fits": fits})
