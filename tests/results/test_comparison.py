"""Results compared: what differs is said, what does not is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.networks import small_model
from zigzag_imc.library.mapping import map_network
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.report.words import partial_text
from zigzag_imc.results.comparison import compare_results
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.results.saving import save_result


@pytest.fixture(scope="module")
def analog() -> NetworkResult:
    return map_network(small_model(), "aimc", objective="energy", jobs=1)


@pytest.fixture(scope="module")
def digital() -> NetworkResult:
    return map_network(small_model(), "dimc", objective="energy", jobs=1)


def test_a_result_is_as_itself(analog: NetworkResult, tmp_path: Path) -> None:
    save_result(analog, tmp_path / "a.json")
    compared = compare_results(analog, tmp_path / "a.json")
    assert compared.is_same
    assert compared.different == ()
    assert all(quantity.ratio == 1 for quantity in compared.totals)
    assert [layer.count for layer in compared.layers] == [2, 1]


def test_ratios_are_second_over_first(analog: NetworkResult, digital: NetworkResult) -> None:
    compared = compare_results(analog, digital)
    assert not compared.is_same
    energy, *_ = compared.totals
    assert analog.totals.energy_pj is not None
    assert digital.totals.energy_pj is not None
    assert energy.ratio == digital.totals.energy_pj / analog.totals.energy_pj
    first = compared.layers[0]
    assert first.quantity("energy_pj").second == digital.layers[0].energy_pj
    assert "energy_pj" in first.differs_in


def test_a_changed_layer_alone_differs(analog: NetworkResult) -> None:
    changed = analog.layers[1].model_copy(update={"energy_pj": 1.0, "status": "FEASIBLE"})
    other = analog.model_copy(update={"layers": (analog.layers[0], changed)})
    compared = compare_results(analog, other)
    assert [layer.name for layer in compared.different] == ["classify"]
    assert compared.different[0].differs_in == ("energy_pj", "status")
    assert not compared.is_same


def test_layers_of_one_side_are_named(analog: NetworkResult) -> None:
    compared = compare_results(analog, analog.only(["second"]))
    assert (compared.only_first, compared.only_second) == (("first", "classify"), ())
    assert [(layer.name, layer.count) for layer in compared.layers] == [("second", 1)]
    assert not compared.is_same


def test_another_accelerator_of_equal_costs_is_not_the_same(analog: NetworkResult) -> None:
    other = load_accelerator("aimc").replace(name="renamed")
    renamed = map_network(small_model(), other, objective="energy", jobs=1)
    compared = compare_results(analog, renamed)
    assert compared.different == ()
    assert not compared.is_same


def without_second(result: NetworkResult) -> NetworkResult:
    """Return a result whose last layer has no mapping."""
    nothing = {"status": "INFEASIBLE", "energy_pj": None, "latency_cycles": None}
    lost = result.layers[1].model_copy(update=nothing)
    fewer = result.totals.layers - lost.count
    totals = result.totals.model_copy(update={"mapped_layers": fewer})
    return result.model_copy(update={"layers": (result.layers[0], lost), "totals": totals})


def test_sums_over_the_same_layers_are_compared(
    analog: NetworkResult, digital: NetworkResult
) -> None:
    compared = compare_results(without_second(analog), without_second(digital))
    assert compared.is_alike
    assert compared.totals[0].ratio is not None
    assert partial_text(compared) == (
        "sums are over 2 of 3 layers: the others have no mapping in either"
    )


def test_sums_over_other_layers_have_no_ratio(
    analog: NetworkResult, digital: NetworkResult
) -> None:
    compared = compare_results(analog, without_second(digital))
    assert not compared.is_alike
    ratios = {quantity.name: quantity.ratio for quantity in compared.totals}
    assert ratios["energy_pj"] is None
    assert ratios["area_mm2"] is not None
    assert "3 of 3 layers in the first and 2 of 3 layers in the second" in partial_text(compared)


def test_of_whole_networks_nothing_is_said(analog: NetworkResult, digital: NetworkResult) -> None:
    assert partial_text(compare_results(analog, digital)) == ""
