"""Chains of tiles worth scoring first, because their bounds are low."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.latency_sums import LatencySum, forward_each
from zigzag_imc.solver.presolve.room_prices import fitting
from zigzag_imc.solver.presolve.roomy import roomy_chain
from zigzag_imc.solver.presolve.standing import SpatialOption
from zigzag_imc.solver.scoring.incumbent import Incumbent
from zigzag_imc.solver.scoring.tile_choice import TileChoice
from zigzag_imc.solver.tables.chains import Chain, Index, Placement, best_chain, best_value, forward
from zigzag_imc.solver.tables.cut import Cut, PerCut, SpatialColumns, per_cut
from zigzag_imc.solver.tables.lattice import Array


def promising_chains(option: SpatialOption, accelerator: Accelerator) -> dict[Chain, None]:
    """Chains of little energy, of little latency, and of both in balance; none twice."""
    return dict.fromkeys((*option.energy.chains, *_fast_chains(option, accelerator)))


def roomy_chains(option: SpatialOption, accelerator: Accelerator) -> Iterator[Chain]:
    """Yield a chain with room for second tiles, where the fastest of the largest bound has none."""
    for bound, fastest in option.latency.best_chains()[:1]:
        chain = roomy_chain(option.columns, accelerator, bound, fastest)
        if chain is not None:
            yield chain


def completed_chains(option: SpatialOption) -> Iterator[Chain]:
    """Yield the fastest chain with the best tiles at some cuts, where these are known."""
    if not option.tiles:
        return
    for bound in itertools.islice(option.latency, 1):
        values = _with_tiles(bound.values, option.tiles)
        front = forward(option.columns.lattice, values)
        if math.isfinite(best_value(front)):
            yield best_chain(values, front)


def _with_tiles(values: PerCut[Array], tiles: Mapping[Placement, Index]) -> PerCut[Array]:
    """Values of all tiles, at some cuts of one alone."""

    def alone(own: Array, index: Index) -> Array:
        only = np.full(own.shape, np.inf)
        only[index] = own[index]
        return only

    return tuple(
        tuple(
            alone(own, tiles[operand, rank]) if (operand, rank) in tiles else own
            for rank, own in enumerate(cuts)
        )
        for operand, cuts in enumerate(values)
    )


def can_win(goal: Goal, best: Incumbent | None, option: SpatialOption, chain: Chain) -> bool:
    """Whether a chain may have loop orders that rank before the incumbent.

    Its energy is exact, its latency a lower bound.
    """
    if best is None:
        return True
    energy_pj = _energy_pj(option.columns, chain)
    value = goal.value(energy_pj, option.latency.of(chain))
    return (value, energy_pj) < best.rank[:2]


def choice_of(columns: SpatialColumns, chain: Chain) -> TileChoice | None:
    """Tiles of a chain as a choice that loop orders can realise.

    ``None`` where a chain of classes of tiles has no chain of tiles.
    """
    indices = [index for _, index in chain.tiles]
    tiles = columns.lattice.chain_at(indices)
    if tiles is None:
        return None
    return TileChoice.of_cuts(columns, [cut for cut, _ in columns.tiles_of(chain)], tiles)


def _fast_chains(option: SpatialOption, accelerator: Accelerator) -> Iterator[Chain]:
    """Chains with little latency, alone and in balance with the energy."""
    columns, told = option.columns, option.latency.best_chains()
    sums = [_balanced(columns, bound) for bound, _ in told]
    fronts = forward_each(columns.lattice, sums)
    for (_, fastest), values, front in zip(told, sums, fronts, strict=True):
        for chain in (fastest, best_chain(values, front)):
            if math.isfinite(chain.value) and fitting(columns, accelerator, chain):
                yield chain


def _balanced(columns: SpatialColumns, bound: LatencySum) -> PerCut[Array]:
    """Energy and latency of every tile, each in shares of what no cut changes."""
    energy_unit_pj, latency_unit = columns.fixed_energy_pj, max(1.0, bound.offset)

    def in_shares(cut: Cut, cycles: Array) -> Array:
        return cut.energy_pj / energy_unit_pj + cycles / latency_unit

    return per_cut(in_shares, columns.cuts, bound.values)


def _energy_pj(columns: SpatialColumns, chain: Chain) -> float:
    """Energy of all loop orders of a chain."""
    tiles = columns.tiles_of(chain)
    return columns.fixed_energy_pj + sum(float(cut.energy_pj[index]) for cut, index in tiles)
