"""What a pattern costs at least, however much room there is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.space import Space
from zigzag_imc.locality.cases import Case, Pattern
from zigzag_imc.models.array.slicing import misfit
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.locality.situation import Situation
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.network.edp import NOTHING, Totals
from zigzag_imc.solver.presolve.listing import Listing
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays
from zigzag_imc.solver.tables.lattice import Array


@dataclass(frozen=True)
class Floors:
    """What a pattern costs at least.

    Attributes
    ----------
    totals
        Bounds of latency and energy in any room.
    with_share
        Where its weights stay in the cells: energies in pJ that it costs at least with so many
        bits of a multiplier's cells or less; infinite where its weights do not fit into them.
    """

    totals: Totals
    with_share: tuple[tuple[int, float], ...] = ()


def least_totals(
    pattern: Pattern,
    accelerator: Accelerator,
    profile: CostProfile,
    space: Space,
    with_latency: bool,
) -> Floors:
    """Lower bounds of latency and energy of a pattern in any room.

    The quick bounds of all its spatial mappings, with all room. They use the size of a memory only
    as what a tile in it may take at most, or as too little for two elements, so that they are no
    lower in less room: bounds with all room hold in any.
    """
    layer = pattern.layer
    if misfit(accelerator, layer.precision, profile) is not None:
        return Floors(NOTHING)
    case = Case(pattern, Situation(pattern.kept, (), pattern.finished, pattern.inferences))
    costs = CostModel(layer, case.accelerator(accelerator), profile)
    asked = Space(space.tile_sizes, space.diagonals, case.constraints(accelerator))
    listing = Listing.of(costs, with_latency, Budget.of(), asked)
    if len(listing.spatials) == 0:
        return Floors(Totals(math.inf, math.inf))
    latency = listing.least_latency_cycles if with_latency else 0.0
    energies_pj = listing.quick.energy_pj
    with_share: tuple[tuple[int, float], ...] = ()
    if pattern.home == accelerator.cells.name:
        arrays = SpatialArrays(costs, listing.known)
        slots = arrays.iterations(layer.weight_dims).astype(int)
        with_share = tuple(_by_share(slots, energies_pj, accelerator.array.weight_bits))
    return Floors(Totals(latency, float(energies_pj.min())), with_share)


def _by_share(slots: Array, energies_pj: Array, slot_bits: int) -> Iterator[tuple[int, float]]:
    """Yield what spatial mappings leave below each number of slots that one of them needs.

    All weights stay, so every multiplier holds as many as there are iterations of weights in time.
    """
    least = math.inf
    for needed in np.unique(slots):
        here = float(energies_pj[slots == needed].min())
        if here < least:
            yield int(needed - 1) * slot_bits, least
            least = here
