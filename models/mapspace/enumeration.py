"""The whole mapspace of a small layer, mapping by mapping.

What a proof of optimality is checked against.

Nothing here is clever, and nothing here knows the solver: every spatial mapping, every order of the
prime factors of what is left for time, every choice of cuts that fits, each scored by the exact
cost model.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.models.array.slicing import misfit, seen_by
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.capacity import held_bits
from zigzag_imc.models.mapspace.constraints.kept import keeps
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.factors import prime_factors
from zigzag_imc.models.mapspace.short_orders import short_orders
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.movement.unrolled import spatial_temporal_sizes
from zigzag_imc.models.profile import CostProfile

LIMIT = 200_000
"""Mappings, fitting or not, up to which a mapspace is small: about a minute."""

Cuts = tuple[int, ...]


def is_small(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    limit: int = LIMIT,
    space: Space = DIVISORS,
) -> bool:
    """Whether a mapspace has at most ``limit`` mappings, whether or not they fit.

    Of constraints, those of unrollings count.
    """
    return mapspace_size(layer, accelerator, profile, space) <= limit


def enumerate_mappings(
    layer: Layer, accelerator: Accelerator, profile: CostProfile, space: Space = DIVISORS
) -> Iterator[LayerMapping]:
    """Every mapping of the mapspace that fits and keeps constraints, in a fixed order.

    Of mappings with equal tiles and orders, one; where last tiles may be short, some come twice.
    There is none where the bits of the layer do not fit the array.
    """
    if misfit(accelerator, layer.precision, profile) is not None:
        return
    accelerator = seen_by(accelerator, layer.precision, profile)
    if profile.dividing_tiles:
        space = replace(space, tile_sizes="divisors")
    for spatial in SpatialSpace.of(layer, accelerator, profile, space):
        for mapping in mappings_of(layer, accelerator, spatial, space):
            if keeps(layer, accelerator, mapping, space.constraints):
                yield mapping


def mappings_of(
    layer: Layer, accelerator: Accelerator, spatial: SpatialMapping, space: Space = DIVISORS
) -> Iterator[LayerMapping]:
    """Every mapping with one spatial mapping that fits, on an accelerator as the layer sees it."""
    for loops in orders_of(spatial_temporal_sizes(layer, accelerator.array, spatial), space):
        yield from mappings_in_order(layer, accelerator, spatial, loops)


def orders_of(sizes: dict[str, int], space: Space = DIVISORS) -> Iterator[tuple[Loop, ...]]:
    """Every order of the loops that run through dimensions of so many steps, innermost first."""
    if space.tile_sizes == "any-outermost":
        return short_orders(sizes)
    return loop_orders_of(prime_loops(sizes))


def mappings_in_order(
    layer: Layer, accelerator: Accelerator, spatial: SpatialMapping, loops: tuple[Loop, ...]
) -> Iterator[LayerMapping]:
    """Every mapping with one spatial mapping and one order of its loops that fits.

    On an accelerator as the layer sees it.
    """
    sizes = [memory.size_bits for memory in accelerator.memories]
    choices = [
        _fitting_cuts(layer, accelerator, spatial, loops, index) for index in range(len(OPERANDS))
    ]
    for (w, bits_w), (i, bits_i), (o, bits_o) in itertools.product(*choices):
        if all(
            a + b + c <= size for a, b, c, size in zip(bits_w, bits_i, bits_o, sizes, strict=True)
        ):
            yield LayerMapping(spatial, TemporalMapping(loops, (w, i, o)))


def best_by_enumeration(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    objective: str,
    space: Space = DIVISORS,
) -> tuple[float, LayerMapping] | None:
    """Least value of an objective over all mappings, and the first mapping that has it.

    The objective is ``energy``, ``latency`` or ``edp``, the product of both.

    ``None`` when no mapping fits. See `is_small` for how large a mapspace may sensibly be.
    """
    best: tuple[float, LayerMapping] | None = None
    for mapping, cost in _scored(layer, accelerator, profile, space):
        value = cost.value(objective)
        if best is None or value < best[0]:
            best = (value, mapping)
    return best


def front_by_enumeration(
    layer: Layer, accelerator: Accelerator, profile: CostProfile, space: Space = DIVISORS
) -> list[tuple[float, float]]:
    """(latency, energy) of all mappings that no other beats, by rising latency.

    Empty when no mapping fits.
    """
    front: list[tuple[float, float]] = []
    for latency, energy in sorted(
        {(c.latency_cycles, c.energy_pj) for _, c in _scored(layer, accelerator, profile, space)}
    ):
        if not front or energy < front[-1][1]:
            front.append((latency, energy))
    return front


def _scored(
    layer: Layer, accelerator: Accelerator, profile: CostProfile, space: Space
) -> Iterator[tuple[LayerMapping, Cost]]:
    if misfit(accelerator, layer.precision, profile) is not None:
        return
    model = CostModel(layer, accelerator, profile)
    for mapping in enumerate_mappings(layer, accelerator, profile, space):
        yield mapping, model.evaluate(mapping)


def prime_loops(temporal: dict[str, int]) -> tuple[Loop, ...]:
    """Prime factors of all ``T_d``.

    Loops with composite factors are neighbours of the same dimension here.
    """
    return tuple(
        (dim, prime)
        for dim, size in temporal.items()
        for prime, exponent in prime_factors(size)
        for _ in range(exponent)
    )


def loop_orders_of(loops: tuple[Loop, ...]) -> Iterator[tuple[Loop, ...]]:
    """Yield every order of the loops once, equal loops not told apart."""
    if not loops:
        yield ()
        return
    for first in dict.fromkeys(loops):
        place = loops.index(first)
        for rest in loop_orders_of(loops[:place] + loops[place + 1 :]):
            yield (first, *rest)


def _fitting_cuts(
    layer: Layer,
    accelerator: Accelerator,
    spatial: SpatialMapping,
    loops: tuple[Loop, ...],
    index: int,
) -> list[tuple[Cuts, list[int]]]:
    """Cuts of one operand that fit if the others took no room, with their bits per memory.

    A cut directly below an irrelevant loop is left out. Such a loop counts below the cut (the data
    just stays), so the cut above it holds the same tile as often: it takes the same room and time,
    and no more energy. (The energy is the same, too, but for the precharge of profiles that divide
    it by the stationary cycles twice: only those loops divide a second time that are below the cut
    as written.)
    """
    relevant = layer.relevant(OPERANDS[index])
    places = [
        place
        for place in range(len(loops) + 1)
        if place == len(loops) or loops[place][0] in relevant
    ]
    others: list[Cuts] = [(0,) * (len(accelerator.levels[operand]) - 1) for operand in OPERANDS]
    found = []
    for cuts in itertools.combinations_with_replacement(places, len(others[index])):
        others[index] = cuts
        temporal = TemporalMapping(loops, (others[0], others[1], others[2]))
        held = held_bits(layer, accelerator, LayerMapping(spatial, temporal))
        bits = [memory.get(OPERANDS[index], 0) for memory in held]
        if all(
            taken <= memory.size_bits
            for taken, memory in zip(bits, accelerator.memories, strict=True)
        ):
            found.append((cuts, bits))
    return found


def optimum_if_small(
    layer: Layer,
    accelerator: Accelerator,
    profile: CostProfile,
    objective: str,
    space: Space = DIVISORS,
) -> float | None:
    """Least objective, infinite when no mapping fits; of two activations either may be stored.

    ``None`` where the mapspace is too large to enumerate.
    """
    found = []
    for one in layer.alternatives:
        if not is_small(one, accelerator, profile, space=space):
            return None
        found.append(best_by_enumeration(one, accelerator, profile, objective, space))
    return min((best[0] for best in found if best is not None), default=math.inf)
