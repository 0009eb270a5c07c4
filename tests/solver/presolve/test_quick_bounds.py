"""Quick bounds, and bounds by scenario, never exceed the exact cost of any mapping."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import get_args

import pytest

from tests.solver.small_cases import Case, case, diagonal_case, resting_case, spatials_of
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.enumeration import mappings_of
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.spatial.bounds import spatial_bounds
from zigzag_imc.solver.presolve.spatial.refined import Refinement

MOST_MAPPINGS = 3000
"""Mappings of a case at most."""

ROUNDING = 1e-9
"""Relative error of sums of floating-point numbers."""


@pytest.mark.parametrize("draw", [case, diagonal_case])
@pytest.mark.parametrize("first", range(5000, 5060, 20))
def test_no_mapping_costs_less_than_its_quick_bounds(
    first: int, draw: Callable[[int], Case]
) -> None:
    wrong = []
    for seed in range(first, first + 20):
        drawn = draw(seed)
        model = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
        spatials = spatials_of(drawn)
        bounds = spatial_bounds(model, spatials, with_latency=True)
        for spatial, energy, latency in zip(
            spatials, bounds.energy_pj, bounds.latency, strict=True
        ):
            for mapping in mappings_of(drawn.layer, drawn.seen, spatial):
                cost = model.evaluate(mapping)
                if energy > cost.energy_pj * (1 + ROUNDING) or latency > cost.latency_cycles * (
                    1 + ROUNDING
                ):
                    wrong.append(
                        f"resting_case({seed}) under {drawn.profile.name}: "
                        f"bounds {energy} pJ, {latency} cycles; "
                        f"{mapping} takes {cost.energy_pj} pJ, {cost.latency_cycles} cycles"
                    )
                    break
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("first", range(6000, 6100, 20))
def test_no_mapping_costs_less_than_in_any_scenario(first: int) -> None:
    """Of every objective; each may be least in another scenario."""
    wrong: list[str] = []
    told_apart = 0
    for seed in range(first, first + 20):
        drawn = resting_case(seed, MOST_MAPPINGS)
        model = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
        spatials = SpatialSpace.of(drawn.layer, drawn.accelerator, drawn.profile)
        costs = [
            [model.evaluate(mapping) for mapping in mappings_of(drawn.layer, drawn.seen, spatial)]
            for spatial in spatials
        ]
        for objective in get_args(Objective):
            refinement = Refinement(model, Goal(objective))
            if not refinement.applies:
                continue
            told_apart += 1
            _, least = refinement.within(spatials, math.inf)
            for spatial, bound, found in zip(spatials, least.value.tolist(), costs, strict=True):
                exact = min((cost.value(objective) for cost in found), default=math.inf)
                if bound > exact * (1 + ROUNDING):
                    wrong.append(
                        f"resting_case({seed}) under {drawn.profile.name}, {objective}: "
                        f"bound {bound} of {spatial}, but there is {exact}"
                    )
    assert told_apart > 10
    assert not wrong, "\n".join(wrong)
