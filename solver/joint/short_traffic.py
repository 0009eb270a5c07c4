"""Traffic where the last tile along a dimension may be shorter: the energy of all transfers.

``energy = visits * sum over the accesses of what all different tiles take once * instances``
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zigzag_imc.models.movement.energy import precharge_reads
from zigzag_imc.models.movement.spread import rounded_instances
from zigzag_imc.models.movement.traffic import Access
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.solver.joint.crossing import Floats
from zigzag_imc.solver.joint.lot_sums import of_access
from zigzag_imc.solver.joint.passing import AT_CELLS, Passing


def short_energy_pj(passing: Passing) -> Floats:
    """Energy of all transfers over a cut, for every choice of its dimensions."""
    energy: Floats = np.zeros(passing.shape) + _precharge_pj(passing)
    for access, visits in _counted(passing):
        if access.energy_pj:
            energy = energy + _once_pj(passing, access) * visits
    return energy


def _counted(passing: Passing) -> Iterator[tuple[Access, Floats]]:
    """Every access, with the number of visits of each tile in which it happens."""
    visits = passing.idle("steps")
    yield from ((access, visits) for access in passing.boundary.up)
    back = visits
    if passing.is_outputs:
        back = np.where(passing.partial, passing.costs.readbacks(visits, 1), 0.0)
    yield from ((access, back) for access in passing.boundary.down)


def _once_pj(passing: Passing, access: Access) -> Floats:
    """Energy of an access if every different tile crossed once."""
    side = passing.both("upper" if access.upper else "lower")
    instances = rounded_instances(side, passing.costs.profile)
    whole, partial = (
        passing.relevant(of_access("pj", access, is_partial)) for is_partial in (False, True)
    )
    once: Floats = np.where(passing.is_outputs & passing.partial, partial, whole) * instances
    return once


def _precharge_pj(passing: Passing) -> Amount:
    """Local precharge of the cell groups, for weights that rest at the array."""
    unit_pj = passing.costs.macro.precharge_pj
    if passing.cut.place != AT_CELLS or not unit_pj:
        return 0.0
    period, resting = passing.idle("period"), passing.idle("below")
    return unit_pj * precharge_reads(
        passing.costs.layer.macs, period, resting, passing.costs.profile
    )
