"""Quick bounds of all spatial mappings at once, of layers small enough for pencil and paper.

The layer of four multiplications (two rows D2, two input channels C2) has two spatial mappings:
nothing is unrolled, or both input channels are on two rows. With finished outputs as wide as
partial sums (16 bits) no register holds more than one element.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.solver.presolve.tiny import buffer, product, tiny_accelerator
from tests.solver.tables.tiny_columns import FOUR
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.enumeration import mappings_of
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC, PROFILES, CostProfile
from zigzag_imc.solver.presolve.spatial import rounding
from zigzag_imc.solver.presolve.spatial.bounds import spatial_bounds

WIDE = FOUR.replace(precision=Precision(8, 8, 16, 16))
NOTHING = SpatialMapping(())
ON_ROWS = SpatialMapping.of({"D2": {"C": 2}})
ON_COLUMNS = SpatialMapping.of({"D1": {"K": 2}})
PLAIN = tiny_accelerator()

ROUNDING = 1e-9
"""Relative error of sums of floating-point numbers."""


def memory_pj(layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> float:
    """Quick bound of the energy without that of the array, which is exact."""
    model = CostModel(layer, accelerator)
    energy_pj, _ = quick(model)[spatial]
    return energy_pj - model.spread(spatial).array_total_pj


def cycles(layer: Layer, accelerator: Accelerator, spatial: SpatialMapping) -> float:
    """Quick bound of the latency."""
    return quick(CostModel(layer, accelerator))[spatial][1]


def quick(model: CostModel) -> dict[SpatialMapping, tuple[float, float]]:
    """Quick bounds of energy and latency, by spatial mapping."""
    spatials = SpatialSpace.of(model.layer, model.accelerator, model.profile)
    found = spatial_bounds(model, spatials, with_latency=True)
    pairs = zip(found.energy_pj.tolist(), found.latency.tolist(), strict=True)
    return dict(zip(spatials, pairs, strict=True))


def test_half_as_long_numbers_are_no_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds of millions are kept in 32 bits, and stay bounds: a ten-millionth lower at most."""
    exact = quick(CostModel(WIDE, PLAIN))
    monkeypatch.setattr(rounding, "MOST_EXACT", 0)
    for spatial, rounded in quick(CostModel(WIDE, PLAIN)).items():
        for own, whole in zip(rounded, exact[spatial], strict=True):
            assert whole * (1 - 2e-7) <= own <= whole


@pytest.mark.parametrize("value", [0.1, 1 / 3, 2.0**24 + 1, 1e17 / 3, 0.0, math.inf])
def test_numbers_are_rounded_down(value: float) -> None:
    """To the next number of 32 bits, or not at all."""
    (found,) = rounding.rounded_down(np.array([value]), np.float32).tolist()
    assert found <= value
    assert found == value or value * (1 - 2e-7) <= found


def test_one_operand_at_most_rests() -> None:
    """Inputs cost ``4 * 15 = 60`` and sums in the register ``4 * 3 + 2 * 2 = 16`` in any case.

    If outputs rest (C2 innermost), ``2 * (2 + 2 * 20) = 84`` and each weight twice, ``4 * 10.5 =
    42``: 202. If weights rest, 21 for them, but 214 for partial sums: 311. The bound is the less.
    """
    assert memory_pj(WIDE, PLAIN, NOTHING) == pytest.approx(202, rel=1e-12)


def test_sums_of_unrolled_rows_are_finished() -> None:
    """Weights 21, inputs 60, ``2 * 3 = 6`` into the register, 84 to the DRAM: 171."""
    assert memory_pj(WIDE, PLAIN, ON_ROWS) == pytest.approx(171, rel=1e-12)


def test_above_the_lowest_cut_every_element_crosses_once() -> None:
    """Two weights into a buffer, ``2 * (10 + 1.25) = 22.5``, four times out of it, ``4 * 1.5 = 6``.

    Together with 60, 16 and 84 for inputs and outputs: 188.5.
    """
    accelerator = tiny_accelerator(weights=buffer("I2", 16))
    assert memory_pj(WIDE, accelerator, NOTHING) == pytest.approx(188.5, rel=1e-12)


def test_a_new_weight_in_every_row_is_waited_for() -> None:
    """4 activations, and the second weight is written at the earliest after both rows: 5 cycles."""
    assert cycles(FOUR, PLAIN, NOTHING) == 5


def test_no_port_is_faster_than_all_that_goes_through_it() -> None:
    """Two outputs of 16 bits through the DRAM's port of 8: 4 cycles, computing takes only 2."""
    assert cycles(WIDE, PLAIN, ON_ROWS) == 4


def test_cells_of_one_weight_hide_its_successor_behind_one_activation() -> None:
    """Four rows, two output channels on two columns, two input channels in time: 8 activations.

    Both weights of a step take ``16 / 4 = 4`` cycles from a buffer of 4 bits a cycle. They come
    twice, the first time before computing, the second during one activation: 3 cycles are lost.
    """
    layer = product(rows=4, out_channels=2, in_channels=2)
    accelerator = tiny_accelerator(shared=buffer("I1 I2", 64, width=4))
    assert cycles(layer, accelerator, ON_COLUMNS) == 8 + 3


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("layer", [FOUR, WIDE, product(rows=2, out_channels=2, in_channels=2)])
def test_no_mapping_is_below_its_bounds(layer: Layer, profile: CostProfile) -> None:
    """All mappings that fit, one by one, with and without a buffer for all operands."""
    for accelerator in (PLAIN, tiny_accelerator(shared=buffer("I1 I2 O", 64))):
        model = CostModel(layer, accelerator, profile)
        compared = 0
        for spatial, (energy_pj, latency) in quick(model).items():
            for mapping in mappings_of(layer, accelerator, spatial):
                cost = model.evaluate(mapping)
                assert energy_pj <= cost.energy_pj * (1 + ROUNDING), mapping
                assert latency <= cost.latency_cycles * (1 + ROUNDING), mapping
                compared += 1
        assert compared


def test_the_bound_of_the_energy_is_reached() -> None:
    """Of the layer with wide outputs, the best of all mappings costs exactly its quick bound."""
    model = CostModel(WIDE, PLAIN, IMC)
    for spatial, (energy_pj, _) in quick(model).items():
        costs = [model.evaluate(mapping) for mapping in mappings_of(WIDE, PLAIN, spatial)]
        least_pj = min((cost.energy_pj for cost in costs), default=math.inf)
        assert energy_pj == pytest.approx(least_pj, rel=1e-12)
