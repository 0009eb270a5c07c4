"""What a layer has in common on accelerators alike: its spatial mappings, and what they move.

A sweep asks for the same layer on one array after the other, and most of these differ in little:
bits of ADCs, energies, areas, sizes of memories above the lowest. None of that decides which
spatial mappings there are, how many words they move or how long they compute at least, so that all
is worked out once for all of them; only its energy is not (`Traffic.energy_bounds_pj`).

Why it is safe: rules of spatial mappings (`zigzag_imc.models.mapspace.spatial_space`) and words
read the array but for its ADCs, and of memories what they hold and serve, their ports, and the
sizes of the lowest. All of these are part of the key. Memories without energy are left out where
words are counted, so which these are is part of it, too. Under constraints, which may speak of
anything, nothing is shared; nor where weights stay, whose loading is a number of the accelerator.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from zigzag_imc.core.accelerator import MemoryInstance
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.space import Space
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.presolve.spatial.bounds import (
    Block,
    SpatialBounds,
    arrays_of,
    spatial_bounds,
)
from zigzag_imc.solver.presolve.spatial.energies import NEVER, Stops

MOST_NUMBERS = 1 << 24
"""Numbers kept in a process: 128 MB, as much as the largest arrays of a sweep have in common."""

MOST_SPATIALS = 1 << 18
"""Spatial mappings of a layer up to which they are kept."""


@dataclass(frozen=True)
class Shared:
    """Spatial mappings of a layer, one of each that cost the same, and what they move.

    Attributes
    ----------
    spatials
        All of them.
    blocks
        What they move, in their order.
    """

    spatials: SpatialSpace
    blocks: tuple[Block, ...]

    def bounds(self, costs: CostModel) -> SpatialBounds:
        """Return the bounds of all of them on an accelerator."""
        found = [block.bounds(costs) for block in self.blocks]
        nothing = np.empty(0)
        return SpatialBounds.of(
            np.concatenate([nothing, *(one.energy_pj for one in found)]),
            np.concatenate([nothing, *(one.latency for one in found)]),
        )

    @property
    def numbers(self) -> int:
        """How many numbers it takes to keep it, but for the few of the spatial mappings."""
        return sum(block.traffic.numbers for block in self.blocks) + 2 * len(self.spatials)


class Sharing:
    """What was asked for last, as much as `MOST_NUMBERS` allow."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Shared] = OrderedDict()
        self._numbers = 0

    def find(self, key: Hashable) -> Shared | None:
        """Return what is kept of a layer."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Hashable, shared: Shared) -> None:
        """Keep it; what was asked for longest ago goes where there is too much."""
        self._kept[key] = shared
        self._numbers += shared.numbers
        while self._numbers > MOST_NUMBERS:
            _, dropped = self._kept.popitem(last=False)
            self._numbers -= dropped.numbers

    def forget(self) -> None:
        """Keep nothing."""
        self._kept.clear()
        self._numbers = 0


SHARING = Sharing()
"""That of this process."""


def listed_and_bounded(
    costs: CostModel,
    with_latency: bool,
    space: Space,
    stops: Stops = NEVER,
    first: int = 0,
) -> tuple[SpatialSpace, SpatialBounds]:
    """List spatial mappings, one of each that cost the same, and bound them.

    As many as there is time for; ``first`` combinations of unrollings are left out, and all that
    break constraints.
    """
    alone = first or space.constraints or costs.loading is not None
    key = None if alone else key_of(costs, with_latency, space)
    known = None if key is None else SHARING.find(key)
    if known is not None:
        return known.spatials, known.bounds(costs)
    layer, accelerator, profile = costs.layer, costs.accelerator, costs.profile
    spatials = SpatialSpace.one_of_each(layer, accelerator, profile, space, stops.listing, first)
    if key is None or not spatials.complete or len(spatials) > MOST_SPATIALS:
        return spatials, spatial_bounds(costs, spatials, with_latency, stops, space.constraints)
    blocks = arrays_of(costs, spatials, stops.bounding)
    shared = Shared(spatials, tuple(Block.of(own, with_latency) for own in blocks))
    bounds = shared.bounds(costs)
    if len(bounds) == len(spatials):
        SHARING.keep(key, shared)
    return spatials, bounds


def key_of(costs: CostModel, with_latency: bool, space: Space) -> Hashable:
    """Return all that decides which spatial mappings there are, and what they move."""
    accelerator = costs.accelerator
    lowest = {accelerator.levels[operand][0] for operand in OPERANDS}
    return (
        costs.layer,
        costs.profile,
        space,
        with_latency,
        replace(accelerator.array, adc_bits=0.0),
        tuple(
            _structure(memory, number in lowest)
            for number, memory in enumerate(accelerator.memories)
        ),
    )


def _structure(memory: MemoryInstance, is_lowest: bool) -> Hashable:
    """Return what memories alike have in common."""
    return (
        memory.operands,
        memory.served,
        memory.ports,
        memory.double_buffered,
        memory.kept,
        memory.size_bits if is_lowest else None,
        memory.read_energy_pj > 0,
        memory.write_energy_pj > 0,
    )
