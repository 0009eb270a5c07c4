"""Prices of the room in memories that several operands share: Lagrangian multipliers.

A sum over the cuts of a chain knows of one cut at a time, not of room that several share. With a
price per bit added to it, and what the room of all memories is worth taken off, its least value is
a bound of all chains that fit: what they pay for room is at most what the room is worth.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping
from operator import sub

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.solver.tables.chains import Chain
from zigzag_imc.solver.tables.cut import Cut, PerCut, SpatialColumns, per_cut
from zigzag_imc.solver.tables.lattice import Array


def shared_memories(columns: SpatialColumns) -> tuple[int, ...]:
    """Memories in which the tiles of several cuts compete for room."""
    tenants = Counter(cut.memory for cut in columns.memory_cuts)
    return tuple(sorted(memory for memory, count in tenants.items() if count > 1))


def overflow_bits(
    columns: SpatialColumns, accelerator: Accelerator, chain: Chain
) -> dict[int, float]:
    """Bits by which each memory overflows under a chain."""
    held = list(map(float, columns.fixed_bits))
    for cut, index in columns.tiles_of(chain):
        if not cut.is_at_array:
            held[cut.memory] += float(cut.bits[index])
    sizes = [memory.size_bits for memory in accelerator.memories]
    excess = map(sub, held, sizes)
    return {memory: bits for memory, bits in enumerate(excess) if bits > 0}


def fitting(columns: SpatialColumns, accelerator: Accelerator, chain: Chain) -> bool:
    """Whether all memories hold a chain."""
    return not overflow_bits(columns, accelerator, chain)


def priced(
    columns: SpatialColumns, values: PerCut[Array], prices: Mapping[int, float]
) -> PerCut[Array]:
    """Values of every tile plus the price of the room it takes."""

    def with_room(cut: Cut, own: Array) -> Array:
        price = prices.get(cut.memory, 0.0)
        return own + price * cut.bits if price else own

    return per_cut(with_room, columns.cuts, values)


def priced_energies(columns: SpatialColumns, prices: Mapping[int, float]) -> PerCut[Array]:
    """Energy of every tile plus the price of the room it takes."""
    return priced(columns, columns.per_cut(lambda cut: cut.energy_pj), prices)


def price_credit(
    columns: SpatialColumns, accelerator: Accelerator, prices: Mapping[int, float]
) -> float:
    """What the room of all memories is worth at these prices.

    Subtracted from priced sums to get a bound.
    """
    return sum(
        price * (accelerator.memories[memory].size_bits - columns.fixed_bits[memory])
        for memory, price in prices.items()
    )


class Multipliers:
    """Lagrangian multipliers of the shared memories: a price per bit of room.

    A price rises while its memory overflows at the best chain and falls otherwise. As long as no
    price was too high it grows fourfold, then the range between too low and too high is halved.
    """

    def __init__(
        self,
        accelerator: Accelerator,
        shared: tuple[int, ...],
        start: Mapping[int, float] | None = None,
    ) -> None:
        self.prices: dict[int, float] = dict(start or {})
        self._accelerator, self._shared = accelerator, shared
        self._low = dict.fromkeys(shared, 0.0)
        self._high = dict.fromkeys(shared, math.inf)

    @property
    def all_free(self) -> bool:
        """Whether room costs nothing anywhere."""
        return not any(self.prices.values())

    def adjust(self, overflowing: Collection[int], value_pj: float) -> bool:
        """Move every price by one step, and say whether any moved."""
        moved = [
            self._raise(memory, value_pj) if memory in overflowing else self._lower(memory)
            for memory in self._shared
        ]
        return any(moved)

    def _raise(self, memory: int, value_pj: float) -> bool:
        low = self._low[memory] = self.prices.get(memory, 0.0)
        high = self._high[memory]
        if math.isinf(high):
            start = 0.001 * max(0.0, value_pj) / self._accelerator.memories[memory].size_bits
            self.prices[memory] = 4 * low + start
        else:
            self.prices[memory] = (low + high) / 2
        return True

    def _lower(self, memory: int) -> bool:
        price, low = self.prices.get(memory, 0.0), self._low[memory]
        if price <= low:
            return False
        self._high[memory] = price
        self.prices[memory] = (low + price) / 2
        return True
