"""Random legal mappings: minimal unrollings, every loop order and factorization, cuts that fit."""

from __future__ import annotations

import random
from collections.abc import Iterator

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.models.mapspace.legality import check_mapping, check_spatial
from zigzag_imc.models.profile import ZIGZAG, CostProfile

WIDEST = ZIGZAG
"""Profile with the most mappings: lines carry what the ports are wide enough for."""


def random_spatial(
    rng: random.Random, layer: Layer, accelerator: Accelerator, profile: CostProfile = WIDEST
) -> SpatialMapping:
    """Draw minimal unrollings that the array can take; leaves a little or a lot of it empty."""
    unrollings: dict[str, dict[str, int]] = {}
    for array_dim, lanes in accelerator.array.dimensions:
        dims = [dim for dim, size in layer.loop_dims if size > 1]
        rng.shuffle(dims)
        for dim in dims[: rng.randint(1, 4)]:
            used = unrollings.setdefault(array_dim, {})
            free = lanes
            for factor in used.values():
                free //= factor
            taken = 1
            for others in unrollings.values():
                taken *= others.get(dim, 1)
            most = min(free, -(-layer.sizes[dim] // taken))
            if most < 2:
                continue
            used[dim] = most if rng.random() < 0.5 else rng.randint(2, most)
            if not _feasible(layer, accelerator, unrollings, profile):
                del used[dim]
    spatial = SpatialMapping.of(_lowered(layer, unrollings))
    check_spatial(layer, accelerator, spatial, profile)
    return spatial


def _feasible(
    layer: Layer,
    accelerator: Accelerator,
    unrollings: dict[str, dict[str, int]],
    profile: CostProfile,
) -> bool:
    try:
        check_spatial(layer, accelerator, SpatialMapping.of(unrollings), profile)
    except MappingError:
        return False
    return True


def _lowered(layer: Layer, unrollings: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Lower unrollings by one as long as no ``T_d`` rises: what is left is minimal."""
    changed = True
    while changed:
        changed = False
        for used in unrollings.values():
            for dim in used:
                while used[dim] > 1:
                    before = SpatialMapping.of(unrollings).temporal_sizes(layer.loop_dims)[dim]
                    used[dim] -= 1
                    if SpatialMapping.of(unrollings).temporal_sizes(layer.loop_dims)[dim] > before:
                        used[dim] += 1
                        break
                    changed = True
    return unrollings


def random_loops(rng: random.Random, sizes: dict[str, int], most: int = 3) -> tuple[Loop, ...]:
    """Draw a factorization of every size into up to ``most`` factors, and an order of all."""
    loops: list[Loop] = []
    for dim, size in sizes.items():
        rest = size
        for _ in range(rng.randint(0, most - 1)):
            factor = rng.choice([n for n in range(1, rest + 1) if rest % n == 0])
            if factor > 1:
                loops.append((dim, factor))
            rest //= factor
        if rest > 1:
            loops.append((dim, rest))
    rng.shuffle(loops)
    return tuple(loops)


def random_short_loops(
    rng: random.Random, sizes: dict[str, int], most: int = 3
) -> tuple[Loop, ...]:
    """Draw loops of which the outermost one of a dimension may end with a shorter step."""
    inner, outermost = {}, {}
    for dim, size in sizes.items():
        if size > 1:
            inner[dim] = rng.choice((1, rng.randint(1, size - 1)))
            outermost[dim] = -(-size // inner[dim])
    loops = list(random_loops(rng, inner, most)) + list(outermost.items())
    rng.shuffle(loops)
    for dim, steps in outermost.items():
        loops.remove((dim, steps))
        above = max((place for place, loop in enumerate(loops) if loop[0] == dim), default=-1)
        loops.insert(rng.randint(above + 1, len(loops)), (dim, steps))
    return tuple(loops)


def random_temporal(
    rng: random.Random,
    layer: Layer,
    accelerator: Accelerator,
    spatial: SpatialMapping,
    profile: CostProfile = WIDEST,
) -> TemporalMapping | None:
    """Draw loops and cuts that fit, or nothing when not even the lowest cuts do.

    Every cut starts at zero and is raised, in a random order, to a random place or as far as its
    memory allows.
    """
    sizes = spatial.temporal_sizes(layer.loop_dims)
    loops = (random_loops if profile.dividing_tiles else random_short_loops)(rng, sizes)
    cuts = [[0] * (len(accelerator.levels[operand]) - 1) for operand in OPERANDS]

    def temporal() -> TemporalMapping:
        return TemporalMapping(loops, (tuple(cuts[0]), tuple(cuts[1]), tuple(cuts[2])))

    if not _fits(layer, accelerator, spatial, temporal(), profile):
        return None
    slots = [(row, level) for row in cuts for level in range(len(row))]
    rng.shuffle(slots)
    # Upper levels first, or the zeros above would hold the lower ones down.
    slots.sort(key=lambda slot: -slot[1] if rng.random() < 0.7 else 0)
    for row, level in slots:
        high = row[level + 1] if level + 1 < len(row) else len(loops)
        low = row[level]
        for target in sorted(
            rng.sample(range(low, high + 1), min(3, high + 1 - low)), reverse=True
        ):
            row[level] = target
            if _fits(layer, accelerator, spatial, temporal(), profile):
                break
            row[level] = low
    return temporal()


def _fits(
    layer: Layer,
    accelerator: Accelerator,
    spatial: SpatialMapping,
    temporal: TemporalMapping,
    profile: CostProfile,
) -> bool:
    try:
        check_mapping(layer, accelerator, LayerMapping(spatial, temporal), profile)
    except MappingError:
        return False
    return True


def random_mappings(
    rng: random.Random, layer: Layer, accelerator: Accelerator, profile: CostProfile = WIDEST
) -> Iterator[LayerMapping]:
    """Draw legal mappings without end.

    Mappings whose loops are all spatial are left out: the reference tool crashes on them.
    """
    misses = 0
    while misses < 200:
        spatial = random_spatial(rng, layer, accelerator, profile)
        temporal = random_temporal(rng, layer, accelerator, spatial)
        if temporal is None or not temporal.loops:
            misses += 1
            continue
        misses = 0
        yield LayerMapping(spatial, temporal)


def sunk_cuts(temporal: TemporalMapping, operand: str, relevant: frozenset[str]) -> tuple[int, ...]:
    """Cuts of ``operand`` raised past the irrelevant loops directly above them.

    The data just stays there.
    """
    loops = temporal.loops
    raised = []
    for cut in temporal.of_operand(operand):
        place = cut
        while place < len(loops) and loops[place][0] not in relevant:
            place += 1
        raised.append(place)
    return tuple(raised)


def random_short_mappings(
    rng: random.Random, layer: Layer, accelerator: Accelerator, profile: CostProfile
) -> Iterator[LayerMapping]:
    """Draw legal mappings without end whose last tiles may be short."""
    misses = 0
    while misses < 200:
        spatial = random_spatial(rng, layer, accelerator, profile)
        temporal = random_temporal(rng, layer, accelerator, spatial, profile)
        misses = misses + 1 if temporal is None else 0
        if temporal is not None:
            yield LayerMapping(spatial, temporal)
