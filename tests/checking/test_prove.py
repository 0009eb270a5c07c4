"""A second proof agrees with what is true, and finds what is not.

Results that look right in every field.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.commands.networks import CONV_MAPPING, GEMM_MAPPING, mapping_file, small_model
from tests.small_results import scored
from tests.solver.small_cases import case
from tests.spaces import dividing
from zigzag_imc import evaluate, map_network
from zigzag_imc.checking.prove import prove_result
from zigzag_imc.checking.verify import verify_result
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings
from zigzag_imc.models.profile import CostProfile, profile_named
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.report.terminal.verification import verification_of
from zigzag_imc.results.parts import mapping_from
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.totals import relative_gap, totals_of
from zigzag_imc.results.verification import VerificationResult


def _with(result: NetworkResult, layers: tuple[LayerResult, ...]) -> NetworkResult:
    """Return a result with other layers, and totals that fit."""
    accelerator = _accelerator(result)
    profile = profile_named(result.cost_model)
    totals = totals_of(layers, accelerator, result.totals.seconds, profile)
    return result.model_copy(update={"layers": layers, "totals": totals})


def _accelerator(result: NetworkResult) -> Accelerator:
    return accelerator_from_dict(result.accelerator.description, "test")


def _worse(result: NetworkResult, factor: float = 1.0) -> NetworkResult:
    """Return a result whose first layer is mapped worse and said to be optimal all the same.

    Worse by at least the factor.
    """
    (record, *others) = result.layers
    accelerator, layer = _accelerator(result), record.layer()
    assert record.objective_value is not None
    objective: Any = record.objective
    model = CostModel(layer, accelerator, _profile(result))
    mapping = next(
        mapping
        for mapping in enumerate_mappings(layer, accelerator, model.profile)
        if model.evaluate(mapping).value(objective) > record.objective_value * max(factor, 1 + 1e-5)
    )
    (worse,) = scored([(layer, mapping)], accelerator, _profile(result)).layers
    value = model.evaluate(mapping).value(objective)
    claims = {
        "names": record.names,
        "count": record.count,
        "status": "OPTIMAL",
        "certificate": record.certificate,
    }
    claims |= {
        "objective": objective,
        "objective_value": float(value),
        "bound": float(value),
        "gap": 0.0,
    }
    return _with(result, (worse.model_copy(update=claims), *others))


def _profile(result: NetworkResult) -> CostProfile:
    return profile_named(result.cost_model)


def _small_result(seed: int, objective: Objective) -> NetworkResult:
    """Map one layer whose mapspace is small enough to enumerate."""
    drawn = case(seed, 3000)
    network = Network("drawn", (drawn.layer,))
    return map_network(
        network,
        drawn.accelerator,
        objective=objective,
        cost_model=drawn.profile.name,
        jobs=1,
        space=dividing(drawn.profile),
    )


SEEDS = ((3, "energy"), (4, "latency"), (5, "edp"), (6, "energy"), (8, "edp"))


@pytest.mark.parametrize(("seed", "objective"), SEEDS)
@pytest.mark.parametrize("small", [20_000, 0], ids=["enumeration", "solver"])
def test_what_is_true_is_proved_and_what_is_not_is_refuted(
    monkeypatch: pytest.MonkeyPatch, seed: int, objective: Objective, small: int
) -> None:
    monkeypatch.setattr("zigzag_imc.checking.prove.SMALL", small)
    result = _small_result(seed, objective)
    assert result.layers[0].status == "OPTIMAL"
    report = prove_result(result, jobs=1)
    (proof,) = report.proofs
    assert (report.holds, proof.outcome, proof.method) == (
        True,
        "proved",
        "enumeration" if small else "joint",
    )

    worse = _worse(result)
    assert verify_result(worse).holds  # every field agrees with every other one
    report = prove_result(worse, jobs=1)
    (proof,) = report.proofs
    assert (report.holds, proof.outcome) == (False, "refuted")
    assert proof.cheaper is not None
    assert proof.cheaper_value is not None
    optimum, claimed = result.layers[0].objective_value, worse.layers[0].objective_value
    assert optimum is not None
    assert claimed is not None
    assert optimum * (1 - 1e-6) <= proof.cheaper_value < claimed
    model = CostModel(result.layers[0].layer(), _accelerator(result), _profile(result))
    assert model.evaluate(proof.cheaper).value(objective) == proof.cheaper_value

    told = verification_of("worse.json", report.checks, report)
    told = VerificationResult.model_validate_json(told.model_dump_json(by_alias=True), strict=True)
    assert told.proofs is not None
    (written,) = told.proofs
    assert (told.holds, told.problems, written.outcome) == (False, (), "refuted")
    assert (written.objective, written.floor, written.value) == (
        objective,
        claimed,
        proof.cheaper_value,
    )
    cheaper = mapping_from(written.spatial, written.temporal)
    assert cheaper is not None
    assert model.evaluate(cheaper).value(objective) == proof.cheaper_value


@pytest.mark.parametrize("small", [20_000, 0], ids=["enumeration", "solver"])
def test_the_bound_of_a_mapping_that_is_not_optimal_is_proved(
    monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    """A bound below the optimum holds.

    One above it does not, although the mapping costs more still.
    """
    monkeypatch.setattr("zigzag_imc.checking.prove.SMALL", small)
    result = _small_result(5, "edp")
    optimum = result.layers[0].objective_value
    assert optimum is not None
    worse = _worse(result, 1.2).layers[0]
    for factor, outcome in ((0.9, "proved"), (1 - 1e-7, "proved"), (1.1, "refuted")):
        bound = optimum * factor
        record = worse.model_copy(
            update={
                "status": "FEASIBLE",
                "bound": bound,
                "gap": relative_gap(worse.objective_value, bound),
            }
        )
        report = prove_result(_with(result, (record,)), jobs=1)
        assert report.checks.holds
        assert [proof.outcome for proof in report.proofs] == [outcome]


@pytest.mark.parametrize("small", [20_000, 0], ids=["enumeration", "solver"])
def test_that_nothing_fits_is_proved(monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    monkeypatch.setattr("zigzag_imc.checking.prove.SMALL", small)
    seed = next(seed for seed in range(200) if next(_mappings(seed), None) is None)
    result = _small_result(seed, "energy")
    assert result.layers[0].status == "INFEASIBLE"
    report = prove_result(result, jobs=1)
    (proof,) = report.proofs
    assert (proof.outcome, proof.claim) == ("proved", "no mapping fits")
    (written,) = verification_of("none.json", report.checks, report).proofs or ()
    assert (written.claim, written.floor) == ("no mapping fits", None)


def test_counts_of_what_does_not_fit_are_checked() -> None:
    seed = next(seed for seed in range(200) if next(_mappings(seed), None) is None)
    result = _small_result(seed, "energy")
    assert verify_result(result).holds
    certificate = result.layers[0].certificate
    assert certificate is not None
    assert certificate.mapspace_size is not None
    wrong = certificate.model_copy(update={"mapspace_size": certificate.mapspace_size + 1})
    record = result.layers[0].model_copy(update={"certificate": wrong})
    report = prove_result(_with(result, (record,)), jobs=1)
    assert not report.holds
    assert report.proofs == ()
    (problem,) = report.checks.problems
    assert "certificate.mapspace_size is" in problem


def _mappings(seed: int) -> Any:
    drawn = case(seed, 3000)
    return enumerate_mappings(drawn.layer, drawn.accelerator, drawn.profile)


def test_a_network_is_proved_together(tmp_path: Path) -> None:
    result = map_network(small_model(), "aimc", scope="network", jobs=1)
    (proof,) = prove_result(result, jobs=1).proofs
    assert (proof.layer, proof.method, proof.outcome) == ("small", "fronts", "proved")

    halves = [["OX", 6], ["OY", 6], ["K", 2]]  # half of the array is used, twice as often
    conv = CONV_MAPPING | {
        "spatial": {"D1": {"K": 4}, "D2": {"C": 8, "FY": 3, "FX": 3}},
        "temporal": {"W": [halves[:2], halves[2:]], "I": [[], halves, []], "O": [[], halves, []]},
    }
    by_hand = evaluate(small_model(), "aimc", mapping_file(tmp_path, conv, GEMM_MAPPING))
    value = by_hand.totals.edp
    claims = {
        "status": "OPTIMAL",
        "objective": "network_edp",
        "objective_value": value,
        "bound": value,
        "gap": 0.0,
    }
    layers = tuple(
        record.model_copy(update=claims | {"certificate": optimal.certificate})
        for record, optimal in zip(by_hand.layers, result.layers, strict=True)
    )
    worse = _with(result, layers)
    assert verify_result(worse).holds
    report = prove_result(worse, jobs=1)
    (proof,) = report.proofs
    assert (report.holds, proof.outcome) == (False, "refuted")
    assert proof.cheaper_value == pytest.approx(result.totals.edp)


@pytest.mark.parametrize("first", ["low", "high"])
def test_layers_of_a_whole_claim_the_same(first: str) -> None:
    """A bound that holds, of one layer, does not cover for one that does not, of another."""
    result = map_network(small_model(), "aimc", scope="network", jobs=1)
    value = result.totals.edp
    assert value is not None
    low = {"status": "FEASIBLE", "bound": value / 100, "gap": relative_gap(value, value / 100)}
    one, other = result.layers
    if first == "low":
        one = one.model_copy(update=low)
    else:
        other = other.model_copy(update=low)
    report = prove_result(_with(result, (one, other)), jobs=1)
    assert not report.holds
    assert any("both are of the network as a whole" in said for said in report.checks.problems)


def test_a_layer_without_a_mapping_claims_no_bound_of_the_whole() -> None:
    result = map_network(small_model(), "aimc", scope="network", jobs=1)
    one, other = result.layers
    unmapped = dict.fromkeys(
        (
            "spatial",
            "temporal",
            "objective_value",
            "gap",
            "energy_pj",
            "latency_cycles",
            "edp",
            "utilization",
            "breakdown",
        )
    )
    unknown = one.model_copy(update={**unmapped, "status": "UNKNOWN", "reason": "no time"})
    checks = verify_result(_with(result, (unknown, other)))
    assert any("bound is given, but there is no mapping" in said for said in checks.problems)


def test_limits_leave_claims_open(monkeypatch: pytest.MonkeyPatch) -> None:
    result = map_network("resnet8", "aimc", layers=["stack1.conv1", "stack2.conv2"], jobs=1)
    report = prove_result(result, jobs=1, time_limit=1e-6)
    assert not report.holds
    assert {proof.outcome for proof in report.proofs} == {"not proved"}
    assert all(proof.reason for proof in report.proofs)


def test_what_does_not_hold_is_not_proved() -> None:
    result = _small_result(3, "energy")
    value = result.layers[0].objective_value
    assert value is not None
    record = result.layers[0].model_copy(update={"objective_value": value * 1.5})
    report = prove_result(result.model_copy(update={"layers": (record,)}))
    assert not report.checks.holds
    assert not report.holds
    assert report.proofs == ()
