"""A quick lower bound of the energy of every spatial mapping at once.

Most spatial mappings are far from optimal already by the energy of the array and of feeding it.

Why it is safe: array energy is exact. Over the lowest cut of an operand whose memory holds a single
element, only irrelevant loops can be below, and every loop is irrelevant to one operand only; tiles
form a chain, so at most one operand has any loop below its lowest cut. The bound takes the best of
the three, with all its irrelevant loops below. Over every higher cut each element crosses at least
once. Where a lowest memory holds more, its cut counts like a higher one. Rounded averages may be
smaller than what they stand for, at most by the factors used.
"""

from __future__ import annotations

import numpy as np

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.solver.presolve.spatial.batch import SpatialBatch, array_energy_pj
from zigzag_imc.solver.presolve.spatial.crossing import crossing_once_pj
from zigzag_imc.solver.presolve.spatial.lowest_cut import (
    LowestCut,
    finished_outputs_held,
    holds_one,
)
from zigzag_imc.solver.presolve.spatial.rest import best_rest_pj
from zigzag_imc.solver.tables.lattice import Array


def energy_bound_pj(batch: SpatialBatch) -> dict[int, Array]:
    """Lower bounds of the energy of every spatial mapping, in pJ, per operand that rests lowest.

    Keys are operand indices: the bound holds for all mappings in which only that operand has loops
    below its lowest cut. A single key -1 covers all mappings where the argument of the module does
    not apply.
    """
    model, layer, accelerator = batch.model, batch.layer, batch.accelerator
    fixed = array_energy_pj(batch)
    one_home = all(
        sum(dim not in layer.relevant(op) for op in OPERANDS) <= 1
        for dim, n in layer.loop_dims
        if n > 1
    )
    # On an input of one position, loops along a window do not make its tile any larger.
    clipped = any(
        w.size == 1 and max(layer.sizes[w.output_dim], layer.sizes[w.filter_dim]) > 1
        for w in layer.windows
    )
    if not (one_home and not clipped and all(holds_one(model, operand) for operand in OPERANDS)):
        for operand in OPERANDS:
            for cut in range(1, len(accelerator.levels[operand])):
                fixed = fixed + crossing_once_pj(batch, operand, cut)
        return {-1: fixed}
    lowest = [LowestCut(batch, operand) for operand in OPERANDS]
    packed = finished_outputs_held(model)
    bounds = {}
    for rest in range(len(OPERANDS)):
        others = [cut for index, cut in enumerate(lowest) if index != rest]
        # Finished outputs that are packed bring loops along that another operand may rest for, too,
        # if it has any.
        along = packed if OPERANDS[rest] == "O" and packed > 1 else None
        bounds[rest] = fixed + best_rest_pj(batch, rest, lowest[rest])
        for other in others:
            below = np.minimum(along, batch.iterations(other.idle)) if along else None
            bounds[rest] = bounds[rest] + other.energy_pj(below)
    return bounds
