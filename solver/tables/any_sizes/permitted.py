"""Which lengths the constraints of a user allow at a cut.

Each constraint of a tile is about one dimension, so it leaves some lengths along it; fixed loops
leave some along each. What depends on several tiles (even allocation, the order of the loops) is
left to the model, what depends on the loops between them to the scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from zigzag_imc.core.constraints import Constraint, Constraints, Stationary, TileSize
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.constraints.short_ends import ShortRules
from zigzag_imc.models.mapspace.constraints.tile_sizes import is_of_size, level_of
from zigzag_imc.solver.tables.any_sizes.any_cut import AnyCut
from zigzag_imc.solver.tables.any_sizes.passing import Passing
from zigzag_imc.solver.tables.any_sizes.step_lattice import StepLattice
from zigzag_imc.solver.tables.cut import Cut
from zigzag_imc.solver.tables.lattice import Array


def permitted(
    costs: CostModel, spatial: SpatialMapping, constraints: Constraints, cuts: Sequence[AnyCut]
) -> Iterator[AnyCut]:
    """Yield the cuts of one operand with the lengths alone that constraints allow."""
    for cut in cuts:
        limited = cut
        rules = ShortRules.of(constraints, cut.lattice.sizes)
        for dim, allowed in Passing(rules, cut.lattice).lengths():
            limited = limited.restricted(dim, allowed)
        for one in constraints:
            for dim, allowed in _allowed(costs, spatial, one, cut):
                limited = limited.restricted(dim, allowed)
        yield limited


def passing_classes(constraints: Constraints, lattice: StepLattice, cut: Cut) -> Cut:
    """Return classes of tiles of which some lie below a place of an allowed order."""
    rules = ShortRules.of(constraints, lattice.sizes)
    if rules.free:
        return cut
    may_pass = Passing(rules, lattice).classes()
    return replace(cut, energy_pj=np.where(may_pass, cut.energy_pj, np.inf))


def _allowed(
    costs: CostModel, spatial: SpatialMapping, one: Constraint, cut: AnyCut
) -> Iterator[tuple[str, Array]]:
    """Yield dimensions with which of their lengths a constraint allows at a cut."""
    if not isinstance(one, TileSize | Stationary) or OPERANDS[cut.operand] != one.operand:
        return
    level = level_of(costs.accelerator, one.operand, one.memory)
    if level is None or cut.boundaries[-1] != level + 1:
        return
    sizes = cut.lattice.sizes
    if isinstance(one, TileSize):
        if one.dim in sizes:
            lengths = np.arange(1, sizes[one.dim] + 1)
            fits = is_of_size(one, costs.layer, costs.accelerator, spatial, lengths)
            yield one.dim, np.asarray(fits, dtype=bool)
        return
    for dim in cut.lattice.dims:
        if dim not in cut.relevant:
            yield dim, np.arange(1, sizes[dim] + 1) == sizes[dim]
