"""Bounds of the energy of one spatial mapping.

What its best chain of tiles can cost at least, and through which tiles.

Energy is a sum over the cuts, so the dynamic program of `chains` gives its exact minimum when no
memory is shared. Where operands share a memory, its capacity is priced into the sum (a Lagrangian
relaxation), which keeps every bound a bound.
"""

from __future__ import annotations

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


def energy_bound(
    columns: SpatialColumns, accelerator: Accelerator, enough_pj: float
) -> EnergyBound:
    """Bound the energy of a spatial mapping; stop tightening once the bound reaches ``enough_pj``.

    The bound at any prices ``p >= 0`` is ``min over chains (energy + sum p * bits) - sum p *
    room``: what a chain that fits pays for room is at most what the room is worth. A price rises
    while its memory overflows at the best chain and falls otherwise, halving its step.
    """
    if not columns.fits:
        return EnergyBound(np.inf, {}, ())
    shared = shared_memories(columns)
    prices: dict[int, float] = {}
    best, best_prices = -np.inf, prices
    fits: list[Chain] = []
    low, high = dict.fromkeys(shared, 0.0), dict.fromkeys(shared, np.inf)
    for _ in range(PRICE_STEPS):
        values = priced(columns, prices)
        front = forward(columns.lattice, values)
        value = (
            best_value(front) - price_credit(columns, accelerator, prices) + columns.fixed_energy_pj
        )
        if value > best:
            best, best_prices = value, dict(prices)
        if not np.isfinite(value):
            break
        chain = best_chain(values, front)
        over = overflow_bits(columns, accelerator, chain)
        if not over:
            fits.append(chain)
        if best >= enough_pj or (not over and not any(prices.values())):
            break
        moved = False
        for memory in shared:
            if memory in over:
                low[memory] = prices.get(memory, 0.0)
                start = 0.001 * max(0.0, value) / accelerator.memories[memory].size_bits
                prices[memory] = (
                    4 * low[memory] + start
                    if np.isinf(high[memory])
                    else (low[memory] + high[memory]) / 2
                )
                moved = True
            elif prices.get(memory, 0.0) > low[memory]:
                high[memory] = prices[memory]
                prices[memory] = (low[memory] + high[memory]) / 2
                moved = True
        if not moved:
            break
    return EnergyBound(best, best_prices, tuple(fits))


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
