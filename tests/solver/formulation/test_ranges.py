"""The largest energy and latency of interest."""

from __future__ import annotations

import math

import pytest

from tests.solver.tiny_problems import PORT, WEIGHTS_CUT, columns, tile
from zigzag_imc.core.objective import Objective
from zigzag_imc.solver.formulation.ranges import scale_for
from zigzag_imc.solver.formulation.scaling import ENERGY_UNITS
from zigzag_imc.solver.goal import Goal

SPATIAL = columns(fixed_energy_pj=10.0, compute_cycles=100.0)
TILE = tile(WEIGHTS_CUT, energy_pj=90.0, busy={PORT: 30.0}, once={PORT: 5.0})


@pytest.mark.parametrize(
    ("objective", "value", "most_pj", "most_cycles"),
    [
        ("energy", math.inf, 100.0, 140),  # 10 + 90 pJ; 100 + 30 + 2 * 5 cycles
        ("energy", 50.0, 50.0 * (1 + 1e-6), 140),
        ("latency", 120.0, 100.0, 121),
        ("edp", 2000.0, 2000 / 100 * (1 + 1e-6), 140),  # latency >= 100, so energy <= 20
    ],
)
def test_the_incumbent_narrows_the_range(
    objective: Objective, value: float, most_pj: float, most_cycles: int
) -> None:
    """Nothing above the incumbent is of interest, and a product bounds its factors."""
    scale = scale_for(Goal(objective), (SPATIAL,), (TILE,), value)
    assert scale.energy_unit_pj * ENERGY_UNITS == pytest.approx(most_pj, rel=1e-12)
    assert scale.most_latency == most_cycles + 1
