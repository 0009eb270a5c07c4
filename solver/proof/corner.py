"""The corner: energy and latency that all mappings of interest need, each minimised for itself.

Tiles of little energy often take long, and CP-SAT sees only slowly that a product cannot have the
least of both factors. Each factor alone is minimised much sooner. All products of interest lie
above both optima, ``energy >= e`` and ``latency >= l``: so tiles that need more than ``value / l``
of energy, or take longer than ``value / e``, are in none of them.

Any lower bounds will do. The last tenths of a percent of a latency, which would cut off next to
nothing, may take longer than all the rest: so there a small gap is left.
"""

from __future__ import annotations

import math
from typing import Literal

from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.solver.formulation.problem import Least
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof.minimise import minimise

LATENCY_GAP = 0.002
"""Gap up to which the latency is minimised."""


def prove_corner(bench: Workbench, value: float) -> None:
    """Minimise energy and latency of all mappings with a product up to a value.

    What is proved of them is kept by the work; what is met on the way is among its scores.
    """
    energy_pj = _least(bench, "energy", _most(value, bench.least_latency_cycles))
    latency = _least(bench, "latency", _most(value, energy_pj))
    bench.corner = Least(energy_pj, latency)


def _most(value: float, other: float) -> float:
    """Most of one factor where the other is at least so much; infinite where it may be zero."""
    return value / other if other > 0 else math.inf


def _least(bench: Workbench, factor: Literal["energy", "latency"], most: float) -> float:
    """Least energy or latency of all mappings that need at most so much: what is proved of it."""
    goal = Goal(factor)
    gap = LATENCY_GAP if goal.needs_latency else 0.0
    alone = bench.for_factor(most, goal.needs_latency, gap)
    return minimise(alone, goal).bound * (1 - RESOLUTION)
