"""Constraints from Python: which layers keep them, and what results, checks and proofs say."""

from __future__ import annotations

import pytest

from zigzag_imc import (
    Accelerator,
    evaluate,
    explain_layer,
    load_accelerator,
    map_layer,
    map_network,
    matmul_layer,
    prove_result,
    search_network,
    verify_result,
)
from zigzag_imc.core.constraints import FixedUnrolling
from zigzag_imc.core.errors import MappingError, OptionError
from zigzag_imc.models.hardware.files import accelerator_from_dict, accelerator_to_dict
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.results.result import NetworkResult

FIRST = matmul_layer("first", rows=4, out_channels=24, in_channels=96).replace(operator="Gemm")
TWIN = FIRST.replace(name="twin")
OTHER = matmul_layer("other", rows=2, out_channels=8, in_channels=16).replace(operator="MatMul")
NETWORK = Network("net", (FIRST, TWIN, OTHER))
TEXT = "unroll K on D1 = 8"


@pytest.fixture(scope="module")
def aimc() -> Accelerator:
    return load_accelerator("aimc")


@pytest.fixture(scope="module")
def constrained(aimc: Accelerator) -> NetworkResult:
    return map_network(NETWORK, aimc, constraints=[f"first: {TEXT}", "MatMul: even"], jobs=1)


def test_identical_layers_fall_apart_where_constraints_differ(constrained: NetworkResult) -> None:
    first, twin, other = constrained.layers
    assert (first.names, first.constraints) == (("first",), (TEXT,))
    assert (twin.names, twin.constraints) == (("twin",), ())
    assert (other.names, other.constraints) == (("other",), ("even",))
    assert first.spatial is not None
    assert first.spatial["D1"] == {"K": 8}
    assert all(layer.status == "OPTIMAL" for layer in constrained.layers)
    assert first.asked() == (FixedUnrolling("K", "D1", "=", 8),)


def test_a_result_that_keeps_them_holds_and_is_proved_again(constrained: NetworkResult) -> None:
    assert verify_result(constrained, exhaustive=True).holds
    assert prove_result(constrained, jobs=1).holds


def test_fields_are_left_out_where_nothing_is_asked(constrained: NetworkResult) -> None:
    first, twin, _ = constrained.model_dump(mode="json")["layers"]
    assert first["constraints"] == [TEXT]
    assert "constraints" not in twin
    assert "conflict" not in first


def test_verify_names_the_constraint_that_is_broken(constrained: NetworkResult) -> None:
    first, twin, other = constrained.layers
    changed = twin.model_copy(update={"constraints": (TEXT,)})
    report = verify_result(constrained.model_copy(update={"layers": (first, changed, other)}))
    assert not report.holds
    assert any(f"does not keep the constraint {TEXT!r}" in said for said in report.problems)


@pytest.mark.parametrize("text", ["unrol K", "unroll K on D9 = 2", "stationary W in sram"])
def test_verify_names_a_constraint_that_is_none(constrained: NetworkResult, text: str) -> None:
    first, *rest = constrained.layers
    changed = first.model_copy(update={"constraints": (text,)})
    report = verify_result(constrained.model_copy(update={"layers": (changed, *rest)}))
    assert any(text in said for said in report.problems)


def test_a_forged_bound_within_constraints_is_refuted(constrained: NetworkResult) -> None:
    """The proof of one set of constraints is none under fewer of them."""
    first, *rest = constrained.layers
    freed = first.model_copy(update={"constraints": ()})
    assert verify_result(constrained.model_copy(update={"layers": (freed, *rest)})).problems
    assert freed.certificate is not None
    free_twin = rest[0].certificate
    assert free_twin is not None
    counts = freed.certificate.model_copy(
        update={
            "spatial_mappings": free_twin.spatial_mappings,
            "mapspace_size": free_twin.mapspace_size,
            "last_word": None,
        }
    )
    freed = freed.model_copy(update={"certificate": counts})
    report = prove_result(constrained.model_copy(update={"layers": (freed, *rest)}), jobs=1)
    assert not report.holds
    assert next(iter(report.proofs)).outcome == "refuted"


def test_a_conflict_is_in_the_result(aimc: Accelerator) -> None:
    asked = ["even", "allow nothing on D1", TEXT]
    found = map_layer(FIRST, aimc, constraints=asked)
    assert found.status == "INFEASIBLE"
    assert found.conflict == ("allow nothing on D1", TEXT)
    assert found.constraints == tuple(asked)
    result = map_network(Network("net", (FIRST,)), aimc, constraints=asked, jobs=1)
    assert verify_result(result).holds
    assert prove_result(result, jobs=1).holds


@pytest.mark.parametrize("scope", ["layer", "network"])
def test_fronts_and_the_network_as_a_whole(aimc: Accelerator, scope: str) -> None:
    result = map_network(
        NETWORK,
        aimc,
        scope=scope,  # type: ignore[arg-type]
        pareto=True,
        constraints=TEXT,
        jobs=1,
    )
    assert verify_result(result).holds
    for layer in result.layers:
        assert layer.pareto
        assert all(point.spatial["D1"] == {"K": 8} for point in layer.pareto)
    if scope == "network":
        assert prove_result(result, jobs=1).holds


def test_engines_from_python(aimc: Accelerator) -> None:
    result = search_network(NETWORK, aimc, "loma", constraints=TEXT, jobs=1)
    assert all(layer.spatial and layer.spatial["D1"] == {"K": 8} for layer in result.layers)
    assert verify_result(result).holds


def test_evaluate_refuses_a_mapping_that_breaks_them(aimc: Accelerator) -> None:
    free = map_network(NETWORK, aimc, jobs=1)
    assert evaluate(NETWORK, aimc, free, constraints="utilization >= 0").layers[0].constraints
    with pytest.raises(MappingError, match="does not keep the constraint 'unroll K on D1 = 8'"):
        evaluate(NETWORK, aimc, free, constraints=TEXT)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("frst: even", "did you mean 'first'?"),
        ("unroll KK on D1 = 2", "no loop dimension 'KK' (did you mean 'K'?)"),
        ("unroll K on D4 = 2", "no array dimension 'D4'"),
        ("stationary W in cels", "no memory 'cels' (did you mean 'cells'?)"),
        ("stationary W in sram_256KB", "no memory of W 'sram_256KB'"),
        ("even in sram_256", "no memory 'sram_256' (did you mean 'sram_256KB'?)"),
        ("order K > Q", "no loop dimension 'Q'"),
        ("inner Q *", "no loop dimension 'Q'"),
        ("allow Q on D1", "no loop dimension 'Q'"),
    ],
)
def test_wrong_names(aimc: Accelerator, wish: str, said: str) -> None:
    with pytest.raises(OptionError) as found:
        map_network(NETWORK, aimc, constraints=wish, jobs=1)
    assert said in str(found.value)


def test_dataflows_of_an_accelerator_file_are_constraints(aimc: Accelerator) -> None:
    flows = accelerator_from_dict(
        accelerator_to_dict(aimc) | {"dataflows": [{"D1": ["K, 8"]}]}, "flows"
    )
    assert flows == aimc
    found = map_layer(FIRST, flows)
    assert found.constraints == ("allow K on D1", TEXT)
    assert found.spatial is not None
    assert found.spatial["D1"] == {"K": 8}
    assert map_layer(OTHER, flows, constraints="even").constraints[0] == "even"


def test_explain_says_what_each_constraint_costs(constrained: NetworkResult) -> None:
    told = explain_layer(constrained, "first", jobs=1)
    (cost,) = told.constraints
    free = constrained["twin"].objective_value
    assert free is not None
    assert told.what_if_base is not None
    assert cost.constraint == TEXT
    assert cost.status == "OPTIMAL"
    assert cost.without == pytest.approx(free, rel=1e-6)
    assert cost.cost == pytest.approx(told.what_if_base / free - 1, rel=1e-6)
    assert cost.cost is not None
    assert cost.cost > 0.01
    assert all(
        change.spatial is None or change.spatial["D1"] == {"K": 8} for change in told.what_ifs
    )
    (untold,) = explain_layer(constrained, "first", what_if=False).constraints
    assert untold.status is None
