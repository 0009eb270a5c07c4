"""What a pattern costs at least, however much room there is."""

from __future__ import annotations

import math

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


def least_totals(
    pattern: Pattern,
    accelerator: Accelerator,
    profile: CostProfile,
    space: Space,
    with_latency: bool,
) -> Totals:
    """Lower bounds of latency and energy of a pattern in any room.

    The quick bounds of all its spatial mappings, with all room. They use the size of a memory only
    as what a tile in it may take at most, or as too little for two elements, so that they are no
    lower in less room: bounds with all room hold in any.
    """
    layer = pattern.layer
    if misfit(accelerator, layer.precision, profile) is not None:
        return NOTHING
    case = Case(pattern, Situation(pattern.kept, (), pattern.finished, pattern.inferences))
    costs = CostModel(layer, case.accelerator(accelerator), profile)
    asked = Space(space.tile_sizes, space.diagonals, case.constraints(accelerator))
    listing = Listing.of(costs, with_latency, Budget.of(), asked)
    if len(listing.spatials) == 0:
        return Totals(math.inf, math.inf)
    latency = listing.least_latency_cycles if with_latency else 0.0
    return Totals(latency, float(listing.quick.energy_pj.min()))
