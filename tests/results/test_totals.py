"""Totals: sums over layers, each counted as often as it occurs."""

from __future__ import annotations

from typing import Any

import pytest

from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.results.records import hardware_fields, layer_fields
from zigzag_imc.results.result import LayerResult, TotalsRecord
from zigzag_imc.results.totals import relative_gap, totals_of

AIMC = load_accelerator("aimc")


def _layer(names: tuple[str, ...], **fields: Any) -> LayerResult:
    """A layer of 2 x 3 x 4 = 24 multiply-accumulates, optimal unless told otherwise."""
    layer = matmul_layer(names[0], rows=2, out_channels=3, in_channels=4)
    defaults = {"objective": "energy", "cost_model": "imc", "status": "OPTIMAL"}
    return LayerResult(**layer_fields(layer, names), **hardware_fields(AIMC), **(defaults | fields))


def _mapped(*names: str, energy: float, latency: float, **fields: Any) -> LayerResult:
    costs = {"energy_pj": energy, "latency_cycles": latency, "objective_value": energy}
    return _layer(names, **(costs | {"bound": energy} | fields))


def _totals(*layers: LayerResult) -> TotalsRecord:
    return totals_of(layers, AIMC, 1.5)


def test_a_layer_that_occurs_twice_counts_twice() -> None:
    """2 x 10 + 5 = 25 pJ, 2 x 3 + 4 = 10 cycles; their product is 250."""
    totals = _totals(
        _mapped("a", "b", energy=10.0, latency=3.0), _mapped("c", energy=5.0, latency=4.0)
    )
    assert (totals.layers, totals.distinct_layers, totals.mapped_layers) == (3, 2, 3)
    assert totals.macs == 3 * 24
    assert (totals.energy_pj, totals.latency_cycles, totals.edp) == (25.0, 10.0, 250.0)
    assert (totals.objective_value, totals.bound, totals.gap) == (25.0, 25.0, 0.0)
    assert totals.status == "OPTIMAL"
    assert totals.status_counts == {"OPTIMAL": 3}
    assert totals.seconds == 1.5


def test_the_gap_is_that_of_the_sums() -> None:
    """Bounds 2 x 8 + 4 = 20 below values of 25: a gap of 5 / 25."""
    totals = _totals(
        _mapped("a", "b", energy=10.0, latency=3.0, bound=8.0, status="FEASIBLE"),
        _mapped("c", energy=5.0, latency=4.0, bound=4.0, status="FEASIBLE"),
    )
    assert totals.gap == pytest.approx(0.2)


def test_a_layer_without_a_mapping_leaves_no_value_of_the_whole() -> None:
    totals = _totals(
        _mapped("a", energy=10.0, latency=3.0), _layer(("b", "c"), status="INFEASIBLE")
    )
    assert (totals.layers, totals.mapped_layers, totals.energy_pj) == (3, 1, 10.0)
    assert (totals.objective_value, totals.bound, totals.gap) == (None, None, None)


@pytest.mark.parametrize("worst", ["FEASIBLE", "UNKNOWN", "INFEASIBLE"])
def test_a_run_is_as_good_as_its_worst_layer(worst: str) -> None:
    totals = _totals(_layer(("a",)), _layer(("b", "c"), status=worst))
    assert totals.status == worst
    assert totals.status_counts == {"OPTIMAL": 1, worst: 2}


def test_layers_mapped_together_carry_the_value_of_the_whole() -> None:
    """The network's 250 pJ x cycles stands at both layers and is not added up."""
    whole: dict[str, Any] = {"objective": "network_edp", "objective_value": 250.0, "bound": 200.0}
    totals = _totals(
        _mapped("a", "b", energy=10.0, latency=3.0, **whole),
        _mapped("c", energy=5.0, latency=4.0, **whole),
    )
    assert (totals.objective_value, totals.bound) == (250.0, 200.0)


def test_no_layers_make_no_sums() -> None:
    totals = _totals()
    assert (totals.layers, totals.macs, totals.energy_pj, totals.edp) == (0, 0, None, None)
    assert totals.status == "OPTIMAL"


@pytest.mark.parametrize(
    ("value", "bound", "gap"),
    [
        (10.0, 8.0, 0.2),
        (10.0, 10.5, 0.0),
        (0.0, 0.0, 0.0),
        (None, 8.0, None),
        (10.0, None, None),
    ],
)
def test_relative_gap(value: float | None, bound: float | None, gap: float | None) -> None:
    assert relative_gap(value, bound) == (None if gap is None else pytest.approx(gap))


def test_the_product_in_joule_seconds() -> None:
    """25 pJ and 10 cycles: 25e-12 J times 10 periods of the clock."""
    totals = _totals(_mapped("a", energy=25.0, latency=10.0))
    assert totals.edp_js == pytest.approx(25e-12 * 10 * totals.tclk_ns * 1e-9)
    assert _totals(_layer(("a",), status="UNKNOWN")).edp_js is None
