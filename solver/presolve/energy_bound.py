"""Bounds of the energy of one spatial mapping.

What its best chain of tiles can cost at least, and through which tiles.

Energy is a sum over the cuts, so the dynamic program of `chains` gives its exact minimum when no
memory is shared. Where operands share a memory, its capacity is priced into the sum (a Lagrangian
relaxation), which keeps every bound a bound.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from operator import sub

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.solver.tables.chains import Chain, best_chain, best_value, forward, through
from zigzag_imc.solver.tables.cut import Cut, PerCut, SpatialColumns, per_cut
from zigzag_imc.solver.tables.lattice import Array

PRICE_STEPS = 12
"""Prices tried per spatial mapping to tighten a bound by the capacity of shared memories."""


@dataclass(frozen=True)
class EnergyBound:
    """Best energy over all chains of a spatial mapping.

    Attributes
    ----------
    value_pj
        Lower bound of the energy; infinite when no chain fits.
    prices
        Price per bit and memory at which the bound was found.
    chains
        Chains met on the way that fit in all memories.
    """

    value_pj: float
    prices: dict[int, float]
    chains: tuple[Chain, ...]


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


def priced(columns: SpatialColumns, prices: dict[int, float]) -> PerCut[Array]:
    """Energy of every tile plus the price of the room it takes."""

    def with_room(cut: Cut) -> Array:
        price = prices.get(cut.memory, 0.0)
        return cut.energy_pj + price * cut.bits if price else cut.energy_pj

    return columns.per_cut(with_room)


def price_credit(
    columns: SpatialColumns, accelerator: Accelerator, prices: dict[int, float]
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

    def __init__(self, accelerator: Accelerator, shared: tuple[int, ...]) -> None:
        self.prices: dict[int, float] = {}
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


def energy_bound(
    columns: SpatialColumns, accelerator: Accelerator, enough_pj: float
) -> EnergyBound:
    """Bound the energy of a spatial mapping; stop tightening once the bound reaches ``enough_pj``.

    The bound at any prices ``p >= 0`` is ``min over chains (energy + sum p * bits) - sum p *
    room``: what a chain that fits pays for room is at most what the room is worth.
    """
    if not columns.fits:
        return EnergyBound(np.inf, {}, ())
    best = EnergyBound(-np.inf, {}, ())
    for found in itertools.islice(_ever_tighter(columns, accelerator), PRICE_STEPS):
        best = _joined(best, found)
        if best.value_pj >= enough_pj:
            break
    return best


def _ever_tighter(columns: SpatialColumns, accelerator: Accelerator) -> Iterator[EnergyBound]:
    """Yield bounds at one choice of prices after the other.

    Until the bound is exact or no price moves any more.
    """
    multipliers = Multipliers(accelerator, shared_memories(columns))
    has_moved = True
    while has_moved:
        found, chain = _at_prices(columns, accelerator, dict(multipliers.prices))
        if chain is None:
            yield found
            return
        over = overflow_bits(columns, accelerator, chain)
        yield found if over else replace(found, chains=(chain,))
        is_exact = not over and multipliers.all_free
        has_moved = not is_exact and multipliers.adjust(over, found.value_pj)


def _at_prices(
    columns: SpatialColumns, accelerator: Accelerator, prices: dict[int, float]
) -> tuple[EnergyBound, Chain | None]:
    """Bound at some prices, and the chain that attains it, fitting or not."""
    values = priced(columns, prices)
    front = forward(columns.lattice, values)
    credit_pj = price_credit(columns, accelerator, prices)
    value_pj = best_value(front) - credit_pj + columns.fixed_energy_pj
    chain = best_chain(values, front) if np.isfinite(value_pj) else None
    return EnergyBound(value_pj, prices, ()), chain


def _joined(first: EnergyBound, second: EnergyBound) -> EnergyBound:
    """Take the tighter of two bounds, with the chains of both."""
    tighter = second if second.value_pj > first.value_pj else first
    return replace(tighter, chains=first.chains + second.chains)


def energy_through(
    columns: SpatialColumns, accelerator: Accelerator, bound: EnergyBound
) -> PerCut[Array]:
    """Least energy of any mapping through each tile of each cut, in pJ.

    A bound, at the prices of ``bound``.
    """
    values = priced(columns, bound.prices)
    rest_pj = columns.fixed_energy_pj - price_credit(columns, accelerator, bound.prices)
    best = through(columns.lattice, values, forward(columns.lattice, values))
    return per_cut(partial(np.add, rest_pj), best)
