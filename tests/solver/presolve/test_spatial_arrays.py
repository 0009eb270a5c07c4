"""Many spatial mappings as arrays against each of them on its own."""

from __future__ import annotations

import numpy as np
import pytest

from tests.accelerators import variant
from tests.layers import LAYERS
from tests.solver.small_cases import PROFILES, case, diagonal_case
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.movement.spread import rounded_fan, rounded_instances
from zigzag_imc.models.profile import IMC, ZIGZAG, ZIGZAG_IMC, CostProfile
from zigzag_imc.solver.presolve.spatial.arrays import SpatialArrays, array_energy_pj

ROUNDING = 1e-12
"""Relative error where products are taken in another order."""


def _assert_same(model: CostModel, most: int, space: Space = DIVISORS) -> int:
    """Compare some spatial mappings; return how many of them take a band of rows."""
    spatials = SpatialSpace.of(model.layer, model.accelerator, model.profile, space)
    spatials = spatials.where(np.arange(len(spatials)) % -(-len(spatials) // most) == 0)
    arrays = SpatialArrays(model, spatials)
    laid = [model.spread(spatial) for spatial in spatials]
    assert arrays.steps.tolist() == [one.steps for one in laid]
    for dim, sizes in arrays.temporal.items():
        assert sizes.tolist() == [one.temporal[dim] for one in laid]
    array_pj = array_energy_pj(arrays)
    exact_pj = np.array([one.array_total_pj for one in laid])
    bitline = model.accelerator.array.bitline
    is_band = np.array([one.mapped_rows for one in laid]) != [s.product(bitline) for s in spatials]
    np.testing.assert_allclose(array_pj, exact_pj, rtol=ROUNDING)
    for place, operand in enumerate(OPERANDS):
        average = arrays.average_of(operand)
        for boundary in range(len(model.accelerator.levels[operand])):
            inner, outer = average.below(boundary), average.below(boundary + 1)
            fans = rounded_fan(inner, outer, model.profile) * arrays.ones
            instances = rounded_instances(average.active(boundary), model.profile) * arrays.ones
            own = [one.operands[place] for one in laid]
            np.testing.assert_allclose(
                fans, [of.fan_average[boundary] for of in own], rtol=ROUNDING
            )
            np.testing.assert_allclose(
                instances, [of.instances[boundary] for of in own], rtol=ROUNDING
            )
    return int(is_band.sum())


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_random_cases_one_by_one(profile: CostProfile) -> None:
    for seed in range(7000, 7030):
        drawn = case(seed)
        _assert_same(CostModel(drawn.layer, drawn.accelerator, profile), 50)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@pytest.mark.parametrize("accelerator", ["aimc", "macros"])
def test_loops_spread_over_several_array_dimensions(accelerator: str, profile: CostProfile) -> None:
    _assert_same(CostModel(LAYERS["conv3x3"], variant(accelerator), profile), 200)


@pytest.mark.parametrize("profile", [IMC, ZIGZAG_IMC], ids=lambda profile: profile.name)
def test_diagonals_of_one_input_a_wordline(profile: CostProfile) -> None:
    """Windows and blocks."""
    space, bands = Space(diagonals=True), 0
    for seed in range(7000, 7030):
        drawn = diagonal_case(seed)
        bands += _assert_same(CostModel(drawn.layer, drawn.accelerator, profile), 100, space)
    assert bands > 30


def test_diagonal_mappings() -> None:
    """Outputs along the wordlines together with taps along the bitlines take more rows.

    They are in the mapspace of the reference alone.
    """
    assert _assert_same(CostModel(LAYERS["conv3x3"], variant("short"), ZIGZAG), 2000) > 0
