"""Claims of the solver, of engines and of ZigZag about a layer, held against each other."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace

import pytest

from tests.commands.networks import small_layer
from tests.locality.small_networks import random_accelerator, random_network
from zigzag_imc import crosscheck_network, map_layer
from zigzag_imc.checking.findings import Finding, scored_by_zigzag
from zigzag_imc.checking.judge import Judge
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.core.space import DIVISORS
from zigzag_imc.library.query import Query
from zigzag_imc.models.hardware.files import (
    accelerator_from_dict,
    accelerator_to_dict,
    load_accelerator,
)
from zigzag_imc.models.profile import IMC, ZIGZAG, CostProfile
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.report.terminal.crosscheck_table import csv_text, markdown_text
from zigzag_imc.results.crosscheck import CrosscheckResult, LayerCheck
from zigzag_imc.solver.engines.catalogue import engine_named
from zigzag_imc.solver.search import solve

AIMC = load_accelerator("aimc")
LAYER = small_layer()
RANDOM = engine_named("random", {"samples": 40}).search(LAYER, AIMC, IMC, "energy")
OTHER = Finding("random", "FEASIBLE", RANDOM.mapping, RANDOM.objective_value)
TOO_MANY_COLUMNS = LayerMapping(
    SpatialMapping.of({"D1": {"K": 12}, "D2": {"K": 2}}),
    TemporalMapping((("D", 4), ("C", 6)), ((0,), (0, 0), (0, 0))),
)


def _solved(profile: CostProfile) -> Finding:
    found = solve(LAYER, AIMC, profile, "energy")
    return Finding("solver", "OPTIMAL", found.mapping, found.objective_value, found.bound)


def _judged(*findings: Finding, cost_model: str = "imc") -> LayerCheck:
    query = Query(objective="energy", cost_model=cost_model)
    return Judge(LAYER, AIMC, query).check(("small", "also"), findings)


BEST = _solved(IMC)


def test_true_findings_agree() -> None:
    found = _judged(BEST, OTHER)
    assert found.contradictions == ()
    solver, random = found.methods
    assert solver.value == BEST.value
    assert solver.above_bound == pytest.approx(0.0, abs=1e-7)
    assert random.above_bound is not None
    assert random.above_bound >= 0
    assert (random.in_mapspace, random.bound, random.zigzag_value) == (True, None, None)
    assert (found.count, found.names) == (2, ("small", "also"))


def test_a_bound_a_bit_too_high_is_caught() -> None:
    assert BEST.bound is not None
    said = _judged(
        replace(BEST, bound=BEST.bound * (1 + 1e-8)), replace(BEST, method="loma", bound=None)
    ).contradictions
    assert len(said) == 2, "by the mapping of the solver itself, and by the one of the engine"
    assert all("which is below the bound" in one for one in said)


def test_a_finding_that_is_too_cheap_is_caught() -> None:
    assert OTHER.value is not None
    costs, below = _judged(BEST, replace(OTHER, value=OTHER.value * 0.5)).contradictions
    assert costs.startswith("random claims ")
    assert below.startswith("random claims ")
    assert "below the bound" in below


def test_mappings_that_should_not_exist_are_caught() -> None:
    (said,) = _judged(BEST, replace(OTHER, mapping=TOO_MANY_COLUMNS)).contradictions
    assert said.startswith("the mapping of random is not legal: spatial")
    (said,) = _judged(Finding("solver", "INFEASIBLE"), OTHER).contradictions
    assert said == "random found a mapping, where solver says that none fits"


def test_spatial_mappings_outside_the_mapspace() -> None:
    """Seven columns for twelve channels take two steps, like six: the mapspace has only the six."""
    assert OTHER.mapping is not None
    wide = LayerMapping(
        SpatialMapping.of({"D1": {"K": 7}}),
        TemporalMapping((("K", 2), ("D", 4), ("C", 6)), ((0,), (0, 0), (0, 0))),
    )
    (said,) = _judged(BEST, replace(OTHER, mapping=wide, value=None)).contradictions
    assert said == "the mapping of random is not one of the mapspace"
    theirs = _judged(
        _solved(ZIGZAG), Finding("zigzag", "FEASIBLE", wide, zigzag_value=1.0), cost_model="zigzag"
    )
    assert theirs.contradictions == ()
    assert theirs.methods[1].in_mapspace is False
    assert theirs.methods[1].value is not None
    assert theirs.methods[1].above_bound is None
    assert "the bound does not cover it" in (theirs.methods[1].note or "")


def test_zigzags_own_scores_count_under_its_profile_only() -> None:
    cheap = Finding("zigzag", "FEASIBLE", RANDOM.mapping, zigzag_value=1.0)
    (said,) = _judged(_solved(ZIGZAG), cheap, cost_model="zigzag").contradictions
    assert said.startswith("zigzag by its own cost model found 1, which is below the bound")
    found = _judged(BEST, cheap)
    assert found.contradictions == ()
    assert found.methods[1].zigzag_value == 1.0
    assert found.methods[1].value == RANDOM.objective_value


def test_illegal_mappings_of_zigzag_are_noted() -> None:
    found = _judged(BEST, Finding("zigzag", "FEASIBLE", TOO_MANY_COLUMNS, zigzag_value=1.0))
    assert found.contradictions == ()
    assert found.methods[1].value is None
    assert (found.methods[1].note or "").startswith("its mapping is not legal here: spatial")


# ---------------------------------------------------------------- the whole, with ZigZag itself
@pytest.fixture(scope="module")
def checked() -> CrosscheckResult:
    layer = conv_layer(
        "conv", out_channels=32, in_channels=4, output_size=(4, 4), filter_size=(3, 3)
    )
    network = Network("two", (layer, matmul_layer("tiny", rows=2, out_channels=4, in_channels=3)))
    return crosscheck_network(
        network,
        AIMC,
        engines=["loma", engine_named("exhaustive")],
        zigzag=True,
        objective="energy",
        cost_model="zigzag",
        jobs=1,
    )


def test_zigzag_searches_and_scores_the_same(checked: CrosscheckResult) -> None:
    assert checked.contradictions == ()
    assert checked.zigzag_version == "3.9.1"
    assert list(checked.methods) == ["solver", "loma", "exhaustive", "zigzag"]
    for layer in checked.layers:
        solver, loma, exhaustive, zigzag = layer.methods
        assert solver.status == "OPTIMAL"
        assert solver.zigzag_value == pytest.approx(solver.value, rel=1e-9)
        assert zigzag.zigzag_value == pytest.approx(zigzag.value, rel=1e-9)
        assert zigzag.in_mapspace
        assert solver.bound is not None
        for found in (solver, loma, zigzag):
            assert found.value is not None
            assert found.value >= solver.bound
            assert found.note is None
        if layer.name == "conv":
            assert (exhaustive.status, exhaustive.note) == (
                "UNKNOWN",
                "the layer is too large for it",
            )
        else:
            assert exhaustive.status == "OPTIMAL"
            assert exhaustive.bound == pytest.approx(solver.value, rel=1e-9)


def test_results_survive_a_file(checked: CrosscheckResult) -> None:
    again = CrosscheckResult.model_validate_json(
        checked.model_dump_json(by_alias=True), strict=True
    )
    assert again == checked


def test_rows_for_a_spreadsheet(checked: CrosscheckResult) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text([checked]))))
    assert [(row["layer"], row["method"]) for row in rows] == [
        (layer, method) for layer in ("conv", "tiny") for method in checked.methods
    ]
    assert float(rows[0]["value"]) == checked.layers[0].methods[0].value
    assert rows[2]["value"] == ""


def test_markdown(checked: CrosscheckResult) -> None:
    text = markdown_text([checked])
    assert "| layer | solver | loma | exhaustive | zigzag |" in text
    assert "**energy by the cost model of ZigZag 3.9.1**" in text
    assert "- nothing that was compared beats a bound" in text
    assert "- not compared, without a mapping by exhaustive: conv" in text  # too large for it
    for line in text.splitlines():
        if line.startswith("| conv"):
            assert line.count("|") in (6, 7)


def test_engines_are_named_once() -> None:
    with pytest.raises(OptionError, match="named twice"):
        crosscheck_network(Network("one", (LAYER,)), AIMC, engines=["loma", "loma"], zigzag=False)


def test_zigzag_does_not_score_diagonal_blocks() -> None:
    """To it, the unrollings of a group along both lines multiply."""
    layer = conv_layer(
        "c", groups=4, out_channels=1, in_channels=1, output_size=(1, 1), filter_size=(1, 1)
    )
    spatial = SpatialMapping.of({"D1": {"G": 2}, "D2": {"G": 2}})
    mapping = LayerMapping(spatial, TemporalMapping((("G", 2),), ((0,), (0, 0), (0, 0))))
    found = scored_by_zigzag(
        Finding("solver", "OPTIMAL", mapping), layer, AIMC, Query(objective="energy")
    )
    assert found.zigzag_value is None
    assert found.note == "ZigZag multiplies the unrollings of a diagonal block"


def test_bounds_within_constraints_cover_no_other_mapping() -> None:
    """What breaks a constraint may well cost less; it is no contradiction, but to be told."""
    flows = accelerator_from_dict(
        accelerator_to_dict(AIMC) | {"dataflows": {"D1": ["K, 2"]}}, "flows"
    )
    result = crosscheck_network(
        Network("net", (LAYER,)), flows, engines=("loma", "random"), zigzag=False, jobs=1
    )
    assert not result.contradictions
    free = map_layer(LAYER, AIMC, objective="energy")
    asked = map_layer(LAYER, flows, objective="energy")
    assert free.objective_value is not None
    assert asked.bound is not None
    assert free.objective_value < asked.bound
    cheaper = Finding("random", "FEASIBLE", free.mapping(), free.objective_value, None)
    prover = Finding("solver", asked.status, asked.mapping(), asked.objective_value, asked.bound)
    judge = Judge(LAYER, AIMC, Query(objective="energy"), flows.dataflows)
    (said,) = judge.check(("small",), [prover, cheaper]).contradictions
    assert said == "the mapping of random is not one of the mapspace"


@pytest.fixture(scope="module")
def kept() -> CrosscheckResult:
    """A small network whose layers find tensors on chip."""
    draw = random.Random(5)
    network, accelerator = random_network(draw), random_accelerator(draw)
    return crosscheck_network(
        network,
        accelerator,
        engines=["exhaustive", "random"],
        objective="energy",
        locality="best",
        space=DIVISORS,
        jobs=1,
    )


def test_engines_search_layers_as_they_find_the_chip(kept: CrosscheckResult) -> None:
    assert kept.contradictions == ()
    assert any(layer.situation is not None and layer.situation.kept for layer in kept.layers)
    assert "kept on chip" in markdown_text([kept])
    for layer in kept.layers:
        solver, exhaustive = layer.method("solver"), layer.method("exhaustive")
        assert solver is not None
        assert exhaustive is not None
        assert exhaustive.value == pytest.approx(solver.value, rel=1e-6)


def test_zigzag_takes_no_part_where_tensors_stay() -> None:
    with pytest.raises(OptionError, match="zigzag: found True with locality='best'"):
        crosscheck_network("ds_cnn", AIMC, zigzag=True, locality="best")
