"""Floors of spatial mappings, against the exact costs of all of their mappings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.solver.joint.parts import faults
from tests.solver.joint.parts.checks import DRAWS, drawn, floors, refuted, scored, spatials
from zigzag_imc import conv_layer, load_accelerator
from zigzag_imc.core.space import ANY_OUTERMOST
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.joint.cuts import tiles_at
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.parts import side_by_side
from zigzag_imc.solver.joint.parts.around import Around, each_around
from zigzag_imc.solver.joint.selection import Scratch
from zigzag_imc.solver.joint.tiles import every_length
from zigzag_imc.solver.joint.unrollings import add_unrollings

Fault = Callable[[pytest.MonkeyPatch], None]

SEEN_IN: dict[Fault, tuple[str, int]] = {
    faults.tiles_around_hold_one: ("diagonal", 5),
    faults.all_dimensions_held: ("stalling", 25),
    faults.weights_around_the_others: ("resting", 0),
    faults.outputs_around_the_others: ("any", 1),
    faults.outputs_of_one: ("resting", 0),
    faults.the_largest_shares: ("diagonal", 1),
    faults.energy_too_high: ("any", 4),
    faults.windows_of_no_time: ("resting", 5),
    faults.the_first_tile_competes: ("stalling", 7),
    faults.the_last_spatial_mapping_forgotten: ("any", 0),
}
"""Every fault, and a small case of which some mapping costs less than its floors."""


@pytest.mark.parametrize("fault", SEEN_IN, ids=lambda fault: fault.__name__)
def test_every_fault_is_seen(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    assert any(True for _ in refuted(*SEEN_IN[fault]))


@pytest.mark.parametrize("seen_in", sorted(set(SEEN_IN.values())))
def test_nothing_is_refuted_without_a_fault(seen_in: tuple[str, int]) -> None:
    assert not list(refuted(*seen_in))


@pytest.mark.parametrize("kind", DRAWS)
@pytest.mark.parametrize("seed", range(26, 32))
def test_no_mapping_costs_less_than_its_floors(kind: str, seed: int) -> None:
    if drawn(kind, seed) is not None:
        assert not list(refuted(kind, seed))


def test_some_floors_are_reached() -> None:
    """Where nothing but the lowest tiles is to choose, the least energy is known."""
    reached = 0
    for seed in range(12):
        if drawn("any", seed) is not None:
            least_pj = min(energy_pj for _, energy_pj, _ in scored("any", seed))
            reached += floors("any", seed).energy_pj.min() >= least_pj * (1 - 1e-9)
    assert reached


def test_every_spatial_mapping_is_listed_once() -> None:
    found = floors("diagonal", 1)
    assert len(spatials(found)) == len(found.together) == found.energy_pj.shape[1]


def test_blocks_of_spatial_mappings_say_what_all_of_them_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = floors("diagonal", 1)
    monkeypatch.setattr(side_by_side, "BLOCK", 3)
    again = floors("diagonal", 1)
    assert np.array_equal(found.energy_pj, again.energy_pj)
    assert np.array_equal(found.cycles, again.cycles)


def test_the_lowest_tiles_of_a_preset() -> None:
    """A weight, an input, and of outputs a partial sum or two finished ones."""
    layer = conv_layer("x", out_channels=4, in_channels=3, output_size=5, filter_size=3)
    costs = CostModel(layer, load_accelerator("dimc"), IMC)
    scratch, domain = Scratch(), Domain(every_length, "edp", space=ANY_OUTERMOST)
    unrollings = add_unrollings(scratch, costs, ANY_OUTERMOST)
    found = list(each_around(costs, tiles_at(scratch, costs, unrollings, domain)))
    own = {dim for dim, size in layer.loop_dims if size > 1}
    assert [replace(each, held=each.held & own) for each in found] == [
        Around(0, frozenset({"K", "C", "FY", "FX"}), 1.0),
        Around(1, frozenset({"C", "OY", "OX", "FY", "FX"}), 1.0),
        Around(2, frozenset({"K", "OY", "OX"}), 2.0),
    ]


def test_what_is_of_interest_is_below_all_limits_together() -> None:
    found = floors("any", 4)
    energy_pj, cycles = found.energy_pj.max(), found.cycles.max()
    everything = Domain(every_length, "edp", energy_pj, cycles, energy_pj * cycles)
    assert found.within(everything).all()
    for limits in ((energy_pj / 2, cycles), (energy_pj, cycles / 2)):
        kept = found.within(Domain(every_length, "energy", *limits))
        expected = (found.energy_pj <= limits[0]) & (found.cycles <= limits[1])
        assert np.array_equal(kept, expected)
