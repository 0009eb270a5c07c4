"""Bounds of the energy of one spatial mapping.

What its best chain of tiles can cost at least, and through which tiles.

Energy is a sum over the cuts, so the dynamic program of `chains` gives its exact minimum when no
memory is shared. Where operands share a memory, its capacity is priced into the sum (a Lagrangian
relaxation), which keeps every bound a bound.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.solver.tables.chains import Chain, best_chain, best_value, forward, through
from zigzag_imc.solver.tables.cut import SpatialColumns
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
    homes = [cut.memory for cut in columns.all_cuts if cut.memory >= 0]
    return tuple(sorted({memory for memory in homes if homes.count(memory) > 1}))


def overflow_bits(
    columns: SpatialColumns, accelerator: Accelerator, chain: Chain
) -> dict[int, float]:
    """Bits by which each memory overflows under a chain."""
    held = dict(enumerate(map(float, columns.fixed_bits)))
    for (operand, rank), index in chain.tiles:
        cut = columns.cuts[operand][rank]
        if cut.memory >= 0:
            held[cut.memory] += float(cut.bits[index])
    return {
        memory: bits - accelerator.memories[memory].size_bits
        for memory, bits in held.items()
        if bits > accelerator.memories[memory].size_bits
    }


def fitting(columns: SpatialColumns, accelerator: Accelerator, chain: Chain) -> bool:
    """Whether all memories hold a chain."""
    return not overflow_bits(columns, accelerator, chain)


def priced(columns: SpatialColumns, prices: dict[int, float]) -> list[list[Array]]:
    """Energy of every tile plus the price of the room it takes."""
    return [
        [
            cut.energy_pj + prices[cut.memory] * cut.bits
            if prices.get(cut.memory)
            else cut.energy_pj
            for cut in cuts
        ]
        for cuts in columns.cuts
    ]


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


class _Multipliers:
    """Lagrangian multipliers of the shared memories: a price in pJ per bit of room.

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
    multipliers = _Multipliers(accelerator, shared_memories(columns))
    best_pj, best_prices = -np.inf, multipliers.prices
    fits: list[Chain] = []
    for _ in range(PRICE_STEPS):
        values = priced(columns, multipliers.prices)
        front = forward(columns.lattice, values)
        credit_pj = price_credit(columns, accelerator, multipliers.prices)
        value_pj = best_value(front) - credit_pj + columns.fixed_energy_pj
        if value_pj > best_pj:
            best_pj, best_prices = value_pj, dict(multipliers.prices)
        if not np.isfinite(value_pj):
            break
        chain = best_chain(values, front)
        over = overflow_bits(columns, accelerator, chain)
        if not over:
            fits.append(chain)
        is_exact = not over and multipliers.all_free
        if best_pj >= enough_pj or is_exact:
            break
        if not multipliers.adjust(over, value_pj):
            break
    return EnergyBound(best_pj, best_prices, tuple(fits))


def energy_through(
    columns: SpatialColumns, accelerator: Accelerator, bound: EnergyBound
) -> list[list[Array]]:
    """Least energy of any mapping through each tile of each cut, in pJ.

    A bound, at the prices of ``bound``.
    """
    values = priced(columns, bound.prices)
    rest = columns.fixed_energy_pj - price_credit(columns, accelerator, bound.prices)
    return [
        [best + rest for best in cuts]
        for cuts in through(columns.lattice, values, forward(columns.lattice, values))
    ]
