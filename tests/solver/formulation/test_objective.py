"""What CP-SAT minimises: energy, latency, or the product of both in whole steps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ortools.sat.python import cp_model

from tests.solver.tiny_problems import UNITS, WEIGHTS_CUT, least, problem, tile
from zigzag_imc.core.objective import Objective
from zigzag_imc.solver.formulation.objective import Costs, objective_of
from zigzag_imc.solver.formulation.scaling import Scale
from zigzag_imc.solver.goal import Goal

COARSE = Scale(energy_unit_pj=1.0, latency_unit=1.0, most_energy=10**9 + 1, most_latency=4 * 10**6)
"""So large that steps are more than a unit.

Of latency there may be ``10^6`` steps, so one is 4 cycles. CP-SAT multiplies a product once more by
a factor, which has to stay within ``4 * 10^18``: with ``10^6`` steps of latency, energy may have
``sqrt(4 * 10^12) = 2 * 10^6`` steps. One is ``(10^9 + 1) / (2 * 10^6)`` units, rounded up: 501.
"""


def minimised(objective: Objective, energy: int, latency: int, scale: Scale = UNITS) -> float:
    """Least objective of a model in which both costs are given."""
    left = replace(problem(tile(WEIGHTS_CUT)), goal=Goal(objective), scale=scale)
    model = cp_model.CpModel()
    costs = Costs(
        energy=model.new_int_var(energy, energy, "energy"),
        latency=model.new_int_var(latency, latency, "latency"),
    )
    found = least(model, objective_of(left, model, costs))
    assert found is not None
    return found


@pytest.mark.parametrize(("objective", "value"), [("energy", 7), ("latency", 6), ("edp", 42)])
def test_small_costs_are_multiplied_as_they_are(objective: Objective, value: int) -> None:
    """7 pJ and 6 cycles: ``7 * 6 = 42``."""
    assert minimised(objective, energy=7, latency=6) == value


@pytest.mark.parametrize(("energy", "latency"), [(1003, 11), (1002, 8)])
def test_large_costs_are_rounded_down_before_they_are_multiplied(energy: int, latency: int) -> None:
    """1003 units of energy are 2 steps of 501, 11 cycles are 2 steps of 4: ``2 * 2 = 4``.

    In pJ times cycles, ``4 * 501 * 4 = 8016``, which is less than ``1003 * 11 = 11033``, and all of
    ``1002 * 8``.
    """
    assert COARSE.product_steps == (501, 4)
    product = minimised("edp", energy=energy, latency=latency, scale=COARSE)
    assert product == 8016 <= energy * latency


@pytest.mark.parametrize(("more_energy", "more_latency"), [(1003, 11), (1002, 8), (0, 11), (3, 0)])
def test_only_what_is_above_the_least_is_rounded(more_energy: int, more_latency: int) -> None:
    """As above, from ``10^6`` pJ and ``10^5`` cycles on, which the rest of the product is exact in.

    So ``(10^6 + 1003) * (10^5 + 11)`` is too low by ``1003 * 11 - 2 * 501 * 2 * 4`` alone.
    """
    above = replace(
        COARSE,
        most_energy=COARSE.most_energy + 10**6,
        most_latency=COARSE.most_latency + 10**5,
        least_energy=10**6,
        least_latency=10**5,
    )
    assert above.product_steps == (501, 4)
    energy, latency = 10**6 + more_energy, 10**5 + more_latency
    product = minimised("edp", energy=energy, latency=latency, scale=above)
    rounded = more_energy * more_latency - (more_energy // 501) * (more_latency // 4) * 501 * 4
    assert product == energy * latency - rounded


def test_the_better_product_is_no_better_factor() -> None:
    """Of (2 pJ, 9 cycles), (5, 3) and (9, 2), the products are 18, 15 and 18: 15 is least."""
    left = replace(problem(tile(WEIGHTS_CUT)), goal=Goal("edp"))
    model = cp_model.CpModel()
    energy, latency = model.new_int_var(0, 10, "energy"), model.new_int_var(0, 10, "latency")
    costs = Costs(energy=energy, latency=latency)
    model.add_allowed_assignments([energy, latency], [(2, 9), (5, 3), (9, 2)])
    assert least(model, objective_of(left, model, costs)) == 15
