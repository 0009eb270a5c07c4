"""Bounds of the energy of one spatial mapping.

What its best chain of tiles can cost at least, and through which tiles.

Energy is a sum over the cuts, so the dynamic program of `chains` gives its exact minimum when no
memory is shared. Where operands share a memory, its capacity is priced into the sum (a Lagrangian
relaxation), which keeps every bound a bound.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.solver.presolve.room_prices import (
    Multipliers,
    overflow_bits,
    price_credit,
    priced_energies,
    shared_memories,
)
from zigzag_imc.solver.tables.chains import Chain, best_chain, best_value, forward, through
from zigzag_imc.solver.tables.cut import PerCut, SpatialColumns, per_cut
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
    values = priced_energies(columns, prices)
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
    values = priced_energies(columns, bound.prices)
    rest_pj = columns.fixed_energy_pj - price_credit(columns, accelerator, bound.prices)
    best = through(columns.lattice, values, forward(columns.lattice, values))
    return per_cut(partial(np.add, rest_pj), best)
