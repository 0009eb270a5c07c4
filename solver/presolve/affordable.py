"""Tiles that a mapping within a limit of the energy can have.

Where only mappings of little energy are asked for, as where ties are broken, most tiles are out
before the latency is looked at. Bounds over what is left are far tighter.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.energy_bound import EnergyBound, energy_through
from zigzag_imc.solver.tables.cut import Cut, SpatialColumns, per_cut
from zigzag_imc.solver.tables.lattice import Array


def is_limited(goal: Goal) -> bool:
    """Whether only mappings of little energy are asked for."""
    return math.isfinite(goal.most_energy_pj)


def affordable(
    columns: SpatialColumns, accelerator: Accelerator, energy: EnergyBound, goal: Goal
) -> SpatialColumns:
    """Return the columns of a spatial mapping without the tiles that need too much energy.

    Why it is safe: of every mapping that has a tile, ``least energy through the tile <= energy``
    (`energy_through`). A tile whose least energy is beyond the limit is in none that keeps it.
    """
    if not is_limited(goal):
        return columns
    most_pj = goal.most_energy_pj * (1 + TOLERANCE)  # beyond what rounding explains

    def within(cut: Cut, least_pj: Array) -> Cut:
        return replace(cut, energy_pj=np.where(least_pj <= most_pj, cut.energy_pj, np.inf))

    least_pj = energy_through(columns, accelerator, energy)
    return replace(columns, cuts=per_cut(within, columns.cuts, least_pj))
