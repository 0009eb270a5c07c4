"""Fronts are proved again; one that lacks a point, or has a worse one, is refuted."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest

from tests.solver.small_cases import case
from tests.spaces import dividing
from zigzag_imc import map_network
from zigzag_imc.checking.proofs import ProofReport
from zigzag_imc.checking.prove import prove_result
from zigzag_imc.core.objective import Scope
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings
from zigzag_imc.models.profile import profile_named
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.report.terminal.verification import verification_of
from zigzag_imc.results.parts import ParetoRecord, mapping_from
from zigzag_imc.results.records import mapping_fields
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.verification import VerificationResult

METHODS = pytest.mark.parametrize("small", [20_000, 0], ids=["enumeration", "solver"])


@lru_cache(maxsize=4)
def _result(scope: Scope = "layer") -> NetworkResult:
    """Map a layer of 8 points and a smaller one, both small enough to enumerate."""
    drawn = case(78, 1500)
    smaller = tuple(
        (dim, min(size, 2) if dim == "K" else size) for dim, size in drawn.layer.loop_dims
    )
    layers = (
        drawn.layer.replace(name="first"),
        drawn.layer.replace(name="second", loop_dims=smaller),
    )
    return map_network(
        Network("drawn", layers),
        drawn.accelerator,
        cost_model=drawn.profile.name,
        scope=scope,
        pareto=True,
        jobs=1,
        space=dividing(drawn.profile),
    )


def _with_front(result: NetworkResult, **changed: Any) -> NetworkResult:
    first, *others = result.layers
    return result.model_copy(update={"layers": (first.model_copy(update=changed), *others)})


def _front(result: NetworkResult) -> tuple[ParetoRecord, ...]:
    front = result.layers[0].pareto
    assert front is not None
    assert len(front) == 8
    return front


def _outcomes(result: NetworkResult) -> list[str]:
    """Prove a result, and return what came of the claims about fronts."""
    return _of_fronts(prove_result(result, jobs=1))


def _of_fronts(report: ProofReport) -> list[str]:
    """Return what came of the claims about fronts."""
    assert report.checks.holds, report.checks.problems
    proofs = [proof for proof in report.proofs if proof.objective == "front"]
    assert report.holds == all(proof.outcome == "proved" for proof in report.proofs)
    return [proof.outcome for proof in proofs]


@METHODS
@pytest.mark.parametrize("scope", ["layer", "network"])
def test_whole_fronts_are_proved_again(
    monkeypatch: pytest.MonkeyPatch, scope: Scope, small: int
) -> None:
    monkeypatch.setattr("zigzag_imc.checking.prove.SMALL", small)
    assert _outcomes(_result(scope)) == ["proved", "proved"]


@METHODS
@pytest.mark.parametrize(
    ("scope", "missing"),
    [*(("layer", missing) for missing in range(8)), ("network", 0), ("network", 4)],
)
def test_a_missing_point_is_seen(
    monkeypatch: pytest.MonkeyPatch, scope: Scope, small: int, missing: int
) -> None:
    """Unless the checks see that the mapping of the layer beats the front already."""
    monkeypatch.setattr("zigzag_imc.checking.prove.SMALL", small)
    result = _result(scope)
    front = _front(result)
    lacking = _with_front(result, pareto=(*front[:missing], *front[missing + 1 :]))
    report = prove_result(lacking, jobs=1)
    if not report.checks.holds:
        assert front[missing].mapping() == result.layers[0].mapping()
        return
    assert _of_fronts(report) == ["refuted", "proved"]


@METHODS
def test_a_dominated_point_is_seen(monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    """Instead of the point that dominates it, so that the order of the points shows nothing."""
    monkeypatch.setattr("zigzag_imc.checking.prove.SMALL", small)
    result = _result()
    front = _front(result)
    worse = _dominated(result.layers[0], front, result)
    report = prove_result(_with_front(result, pareto=worse), jobs=1)
    assert report.checks.holds
    refuted = [proof for proof in report.proofs if proof.outcome == "refuted"]
    (proof,) = refuted
    assert (proof.layer, proof.objective, proof.floor) == ("first", "front", None)
    assert proof.cheaper is not None
    model = _model(result.layers[0], result)
    cost = model.evaluate(proof.cheaper)
    assert not any(
        point.energy_pj <= cost.energy_pj and point.latency_cycles <= cost.latency_cycles
        for point in worse
    )
    assert f"{float(cost.energy_pj)!r}" in (proof.reason or "")

    told = verification_of("worse.json", report.checks, report)
    told = VerificationResult.model_validate_json(told.model_dump_json(by_alias=True), strict=True)
    (written,) = [one for one in told.proofs or () if one.outcome == "refuted"]
    assert (written.claim, written.floor, written.value, written.points) == (
        "no mapping below the front of 8 points",
        None,
        None,
        8,
    )
    assert mapping_from(written.spatial, written.temporal) == proof.cheaper


def _model(record: LayerResult, result: NetworkResult) -> CostModel:
    accelerator = accelerator_from_dict(result.accelerator.description, "test")
    return CostModel(record.layer(), accelerator, profile_named(result.cost_model))


def _dominated(
    record: LayerResult, front: tuple[ParetoRecord, ...], result: NetworkResult
) -> tuple[ParetoRecord, ...]:
    """Put a dominated mapping in the place of a point, still in order with its neighbours."""
    model = _model(record, result)
    for mapping in enumerate_mappings(record.layer(), model.accelerator, model.profile):
        cost = model.evaluate(mapping)
        for at in range(1, 7):
            faster, point, slower = front[at - 1 : at + 2]
            is_between = (
                faster.latency_cycles < cost.latency_cycles < slower.latency_cycles
                and slower.energy_pj < cost.energy_pj < faster.energy_pj
            )
            is_own = point.mapping() == record.mapping()
            if is_between and cost.energy_pj > point.energy_pj * 1.0001 and not is_own:
                other = ParetoRecord(
                    **mapping_fields(mapping),
                    energy_pj=float(cost.energy_pj),
                    latency_cycles=float(cost.latency_cycles),
                )
                return (*front[:at], other, *front[at + 1 :])
    raise AssertionError("no mapping is dominated by one point alone")


def test_a_false_point_is_no_matter_for_proofs() -> None:
    """It does not cost what is said, or is not legal, which the checks see before."""
    result = _result()
    front = _front(result)
    cheaper = front[3].model_copy(update={"energy_pj": front[3].energy_pj * 0.999})
    report = prove_result(_with_front(result, pareto=(*front[:3], cheaper, *front[4:])), jobs=1)
    assert report.proofs == ()
    assert any("pareto[3]" in problem for problem in report.checks.problems)


def test_fronts_that_claim_nothing_are_not_proved() -> None:
    result = _result()
    lacking = _with_front(result, pareto=_front(result)[:4], pareto_proved=False)
    assert _outcomes(lacking) == ["proved"]  # that of the other layer


def test_a_layer_without_a_mapping_has_no_front() -> None:
    result = _result()
    unmapped = dict.fromkeys(
        ("spatial", "temporal", "objective_value", "bound", "gap", "energy_pj", "latency_cycles")
    )
    unmapped |= dict.fromkeys(("edp", "edp_js", "utilization", "breakdown", "tie"))
    wrong = _with_front(result, **unmapped, status="UNKNOWN", reason="no time")
    problems = prove_result(wrong, jobs=1).checks.problems
    assert any("status is UNKNOWN, but pareto is given" in problem for problem in problems)


def test_limits_leave_fronts_open() -> None:
    result = map_network("resnet8", "aimc", layers=["fc"], pareto=True, jobs=1)
    report = prove_result(result, jobs=1, time_limit=1e-6)
    (proof,) = [proof for proof in report.proofs if proof.objective == "front"]
    assert (report.holds, proof.outcome) == (False, "not proved")
    assert proof.reason
