"""Fast chains whose memories have room for the next tile beside the one in use.

The bounds of the latency ask for no such room, so the chains on which they stand often fill a
shared memory: computing then waits for every tile. A slightly slower chain with room for second
tiles is much faster when it is scored. Nothing is proved of these chains.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OUTPUTS
from zigzag_imc.solver.presolve.latency_sums import LatencySum
from zigzag_imc.solver.presolve.room_prices import (
    Multipliers,
    overflow_bits,
    priced,
    shared_memories,
)
from zigzag_imc.solver.tables.chains import Chain, best_chain, forward
from zigzag_imc.solver.tables.cut import Cut, SpatialColumns

PRICE_STEPS = 8
"""Prices of room tried per chain."""


def roomy_chain(
    columns: SpatialColumns, accelerator: Accelerator, bound: LatencySum, fastest: Chain
) -> Chain | None:
    """Return a chain of little latency that has room for second tiles.

    A price of room is raised until it has, and lowered as long as it has.

    Parameters
    ----------
    columns, accelerator
        The spatial mapping.
    bound
        What the latency is taken for.
    fastest
        The chain of its least value.

    Returns
    -------
    Chain or None
        ``None`` where the fastest one has room, or none was found that has.
    """
    doubled = with_second_tiles(columns)
    over = overflow_bits(doubled, accelerator, fastest)
    if not over:
        return None
    multipliers = Multipliers(accelerator, shared_memories(columns))
    best, least, value = None, np.inf, fastest.value
    for _ in range(PRICE_STEPS):
        if not multipliers.adjust(over, value):
            break
        values = priced(doubled, bound.values, multipliers.prices)
        chain = best_chain(values, forward(columns.lattice, values))
        if not np.isfinite(chain.value):
            break
        over = overflow_bits(doubled, accelerator, chain)
        if not over and bound.of(chain) < least:
            best, least = chain, bound.of(chain)
    return best


def with_second_tiles(columns: SpatialColumns) -> SpatialColumns:
    """Return columns in which tiles that are loaded take twice their room in shared memories.

    Outputs are not: the tile that is unloaded is as a rule the largest, and its transfer short.
    """
    shared = shared_memories(columns)

    def doubled(cut: Cut) -> Cut:
        is_loaded = cut.operand != OUTPUTS and cut.memory in shared
        return replace(cut, bits=2 * cut.bits) if is_loaded else cut

    return replace(columns, cuts=columns.per_cut(doubled))
