"""Quick bounds never exceed the exact cost of any mapping."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.solver.small_cases import Case, case, diagonal_case, spatials_of
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.enumeration import mappings_of
from zigzag_imc.solver.presolve.spatial.bounds import spatial_bounds

ROUNDING = 1e-9
"""Relative error of sums of floating-point numbers."""


@pytest.mark.parametrize("draw", [case, diagonal_case])
@pytest.mark.parametrize("first", range(5000, 5100, 20))
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
                        f"case({seed}) under {drawn.profile.name}: "
                        f"bounds {energy} pJ, {latency} cycles; "
                        f"{mapping} takes {cost.energy_pj} pJ, {cost.latency_cycles} cycles"
                    )
                    break
    assert not wrong, "\n".join(wrong)
