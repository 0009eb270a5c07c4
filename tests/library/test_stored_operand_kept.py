"""Products of two activations: mappings keep the operand they store, in whatever form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.library.activation_products import AIMC, PRODUCTS, with_fronts
from zigzag_imc import (
    NetworkResult,
    evaluate,
    loopnest_text,
    map_layer,
    matmul_layer,
    save_result,
    verify_result,
    write_zigzag_folder,
)
from zigzag_imc.core.errors import MappingError, ResultError, WorkloadError
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.results.parts import RelevanceRecord


@pytest.fixture(scope="module")
def result() -> NetworkResult:
    """Return all products, with their fronts."""
    return with_fronts()


def test_a_mapping_of_the_other_operand_is_not_legal(result: NetworkResult) -> None:
    """The checker sees where a result says the wrong one, and fronts that may not store it."""
    record = result["tall"]
    assert record.stored_operand is not None
    turned = record.model_copy(update={"relevance": _exchanged(record.relevance)})
    assert _problems(result, turned)
    fixed = record.stored_operand.model_copy(update={"free": False})
    assert record.pareto is not None
    points = tuple(point.model_copy(update={"stored": "second"}) for point in record.pareto)
    one_only = record.model_copy(update={"stored_operand": fixed, "pareto": points})
    assert any("which the layer may not store" in said for said in _problems(result, one_only))


def _exchanged(relevance: RelevanceRecord) -> RelevanceRecord:
    return relevance.model_copy(update={"W": relevance.I, "I": relevance.W})


def _problems(result: NetworkResult, record: object) -> tuple[str, ...]:
    return verify_result(result.model_copy(update={"layers": (record,)})).problems


def _as_json(result: NetworkResult, folder: Path) -> Path:
    save_result(result, folder / "r.json")
    return folder / "r.json"


def _as_loops(result: NetworkResult, folder: Path) -> Path:
    (folder / "r.txt").write_text(loopnest_text(result))
    return folder / "r.txt"


def _as_dumps(result: NetworkResult, folder: Path) -> Path:
    write_zigzag_folder(result, folder / "dumps")
    return folder / "dumps"


@pytest.mark.parametrize("written", [_as_json, _as_loops, _as_dumps])
def test_mappings_come_back_with_the_operand_they_store(
    result: NetworkResult, tmp_path: Path, written: Callable[[NetworkResult, Path], Path]
) -> None:
    """Whatever the form: the same costs."""
    network = Network("products", tuple(PRODUCTS.values()))
    again = evaluate(network, AIMC, written(result, tmp_path), objective="edp")
    for before, after in zip(result.layers, again.layers, strict=True):
        assert after.energy_pj == pytest.approx(before.energy_pj)
        assert after.latency_cycles == pytest.approx(before.latency_cycles)
        assert before.stored_operand is not None
        assert after.stored_operand is not None
        assert after.stored_operand.position == before.stored_operand.position
    assert verify_result(again).problems == ()


def test_layers_with_constant_weights_store_these(result: NetworkResult, tmp_path: Path) -> None:
    """They have no choice, and no mapping may claim one."""
    plain = matmul_layer("tall", rows=9, out_channels=2, in_channels=3, weight_batched=True)
    found = map_layer(plain, AIMC, stored="first")
    assert found.stored_operand is None
    with pytest.raises(MappingError, match="stored_operand: found 'first', expected none"):
        evaluate(Network("n", (plain,)), AIMC, result.only(["tall"]))
    with pytest.raises(WorkloadError, match="its weights are no activation"):
        plain.swapped()
    path = tmp_path / "nest.txt"
    path.write_text("loopnest 1\nlayer tall\n  stored third\n")
    with pytest.raises(ResultError, match="expected 'stored first' or 'stored second'"):
        evaluate(Network("n", (plain,)), AIMC, path)
