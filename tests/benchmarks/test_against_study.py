"""The comparison with the mappings of a study."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.against_study import Compared, compared, page, problems, scored
from benchmarks.study_points import Point, points
from zigzag_imc.results.result import NetworkResult

POINTS = points()


@pytest.fixture(scope="module", params=POINTS, ids=lambda point: point.title)
def found(request: pytest.FixtureRequest) -> tuple[Point, NetworkResult, tuple[Compared, ...]]:
    point: Point = request.param
    return (point, *compared(point))


def test_no_layer_costs_more_than_it_may(
    found: tuple[Point, NetworkResult, tuple[Compared, ...]],
) -> None:
    point, best, layers = found
    assert list(problems(point, best, layers)) == []
    assert best.totals.status == "OPTIMAL"
    for one in layers:
        assert one.search_pj <= 1e-6 * one.recorded.energy_pj, "no mapping beats a proved optimum"


def test_every_layer_that_costs_more_is_explained(
    found: tuple[Point, NetworkResult, tuple[Compared, ...]],
) -> None:
    """By inputs that slide, but for what columns of a diagonal share, and a word of outputs."""
    point, _, layers = found
    for one in layers:
        if not point.accelerator.array.analog:
            assert one.array_pj <= 0
        else:
            assert abs(one.array_pj) < 1e-6 * one.recorded.array_pj
        if one.ratio > 1:
            assert one.rest_pj < 0.002 * one.recorded.energy_pj
        if one.ratio > 1.003:
            assert one.sliding_pj > 0


def test_what_costs_too_much_is_said(
    found: tuple[Point, NetworkResult, tuple[Compared, ...]],
) -> None:
    point, best, layers = found
    cheaper = tuple(
        replace(one, energy_pj=one.energy_pj / 5, array_pj=one.array_pj / 5) for one in point.layers
    )
    dear = [replace(one, recorded=of) for one, of in zip(layers, cheaper, strict=True)]
    said = list(problems(replace(point, layers=cheaper), best, dear))
    depthwise = sum(one.best.loop_dims.get("G", 1) > 1 for one in layers)
    assert len(said) == 1 + depthwise


def test_the_page_has_a_row_for_every_point_and_dear_layer(
    found: tuple[Point, NetworkResult, tuple[Compared, ...]],
) -> None:
    text = page([found])
    network, array = found[0].title.split(", ")
    assert f"| {array} | {network} |" in text
    names = {one.best.name for one in found[2] if one.ratio > 1.001}
    assert all(f"| {network} {name} |" in text for name in names)


def test_recorded_diagonals_can_be_evaluated() -> None:
    """Outputs of one channel along the columns, its taps along the rows, 64 rows by 8 columns."""
    point = POINTS[0]
    record = scored(point).record_of("block1.depthwise")
    assert record.spatial == {"D1": {"OY": 7}, "D2": {"FX": 3, "FY": 3}}
    assert record.energy_pj is not None
    assert record.energy_pj > 0
