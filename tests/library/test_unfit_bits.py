"""Bits that do not fit the array: the layer that has them is infeasible, the others are mapped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from zigzag_imc import (
    Accelerator,
    Precision,
    crosscheck_network,
    evaluate,
    explain_layer,
    load_accelerator,
    load_result,
    loopnest_text,
    map_layer,
    map_network,
    matmul_layer,
    prove_result,
    save_result,
    search_network,
    verify_result,
)
from zigzag_imc.core.errors import MappingError, OptionError
from zigzag_imc.core.objective import Scope
from zigzag_imc.models.array.slicing import misfit
from zigzag_imc.models.mapspace.enumeration import (
    best_by_enumeration,
    enumerate_mappings,
    front_by_enumeration,
    is_small,
)
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import IMC, ZIGZAG
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.solver.pareto import pareto_front

DIMC = load_accelerator("dimc")
"""16 columns of cells of 8 bits."""

PLAIN = matmul_layer("plain", rows=2, out_channels=2, in_channels=3)


def _narrow_cells() -> Accelerator:
    """Cells that take and give half a weight of 8 bits a cycle."""
    ports = tuple(replace(port, bandwidth_min=4, bandwidth_max=4) for port in DIMC.cells.ports)
    cells = replace(DIMC.cells, ports=ports)
    others = (memory for memory in DIMC.memories if memory is not DIMC.cells)
    return DIMC.replace(memories=(cells, *others))


CASES = {
    "columns": (
        DIMC,
        Precision(W=136),
        "weights of 136 bits take 17 columns of 8 bits each, D1 has 16; expected weights of at "
        "most 128 bits, or D1 of at least 17",
    ),
    "port": (
        _narrow_cells(),
        Precision(W=3),
        "weights of 3 bits do not pass port rw_port_1 of memory cells: it moves 4 to 4 bits of "
        "cells of 8 bits a cycle, no whole number of bits of such weights; expected weights of a "
        "multiple of 2 bits, or widths that are multiples of 8 bits",
    ),
}

Case = tuple[Accelerator, Network, str]


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    """Return an accelerator, a network one layer of which does not fit it, and the reason."""
    accelerator, precision, reason = CASES[request.param]
    unfit = PLAIN.replace(name="unfit", precision=precision)
    return accelerator, Network("two", (PLAIN, unfit)), reason


@pytest.mark.parametrize("scope", ["layer", "network"])
@pytest.mark.parametrize("pareto", [False, True])
def test_only_the_layer_is_infeasible(case: Case, scope: Scope, pareto: bool) -> None:
    """The other one is mapped, and the result holds, by a second proof, too."""
    accelerator, network, reason = case
    result = map_network(network, accelerator, scope=scope, pareto=pareto, jobs=1)
    plain, unfit = result.layers
    assert plain.energy_pj is not None
    assert (unfit.status, unfit.reason, unfit.pareto) == ("INFEASIBLE", reason, None)
    assert verify_result(result).problems == ()
    assert prove_result(result, jobs=1).holds
    assert reason in loopnest_text(result)


@pytest.mark.parametrize("engine", ["exhaustive", "loma", "salsa", "random"])
def test_engines_say_the_same(case: Case, engine: str) -> None:
    """No engine has to search for that."""
    accelerator, network, reason = case
    heard: list[str] = []
    result = search_network(network, accelerator, engine, announce=heard.append, jobs=1)
    plain, unfit = result.layers
    assert plain.energy_pj is not None
    assert (unfit.status, unfit.reason) == ("INFEASIBLE", reason)
    assert verify_result(result).problems == ()


def test_crosschecks_find_no_contradiction(case: Case) -> None:
    """All methods agree."""
    accelerator, network, reason = case
    found = crosscheck_network(
        network, accelerator, engines=("exhaustive", "random"), zigzag=False, jobs=1
    )
    assert found.contradictions == ()
    assert {(one.status, one.note) for one in found.layers[1].methods} == {("INFEASIBLE", reason)}


def test_mappings_for_it_are_not_legal(case: Case) -> None:
    """Whoever brings one is told the rule; who brings none, too."""
    accelerator, network, reason = case
    fitting = Network(
        "two", tuple(layer.replace(precision=Precision()) for layer in network.layers)
    )
    mapped = map_network(fitting, accelerator, jobs=1)
    with pytest.raises(MappingError) as caught:
        evaluate(network, accelerator, mapped)
    assert str(caught.value) == f"the result: layer 'plain': {reason}"
    unmapped = map_network(network, accelerator, jobs=1)
    scored = evaluate(network, accelerator, unmapped)
    assert [layer.status for layer in scored.layers] == ["FEASIBLE", "INFEASIBLE"]
    assert scored.layers[1].reason == reason
    assert verify_result(scored).problems == ()


def test_the_checker_refuses_a_mapping_for_it(case: Case) -> None:
    """A result that claims one does not hold."""
    accelerator, network, reason = case
    mapped = map_network(Network("one", (PLAIN,)), accelerator, jobs=1)
    (record,) = mapped.layers
    bits = record.precision.model_copy(update={"W": network.layers[1].precision.W})
    forged = record.model_copy(update={"precision": bits})
    report = verify_result(mapped.model_copy(update={"layers": (forged,)}))
    assert f"layer 'plain': not legal: {reason}" in report.problems


def test_there_is_nothing_to_explain(case: Case, tmp_path: Path) -> None:
    """But why there is no mapping."""
    accelerator, network, reason = case
    path = tmp_path / "result.json"
    save_result(map_network(network, accelerator, jobs=1), path)
    with pytest.raises(OptionError, match="has no mapping to explain, it is INFEASIBLE") as caught:
        explain_layer(path, "unfit")
    assert reason in str(caught.value)


def test_the_mapspace_is_empty(case: Case) -> None:
    """For enumeration and solver alike."""
    accelerator, network, reason = case
    unfit = network.layers[1]
    assert len(SpatialSpace.of(unfit, accelerator, IMC)) == 0
    assert is_small(unfit, accelerator, IMC, limit=0)
    assert list(enumerate_mappings(unfit, accelerator, IMC)) == []
    assert best_by_enumeration(unfit, accelerator, IMC, "edp") is None
    assert front_by_enumeration(unfit, accelerator, IMC) == []
    front = pareto_front(unfit, accelerator, IMC)
    assert (front.points, front.proved, front.reason) == ((), True, reason)


def _fitting(accelerator: Accelerator, bits: range) -> list[int]:
    return [width for width in bits if misfit(accelerator, Precision(W=width), IMC) is None]


def test_what_is_said_to_fit_does() -> None:
    """Up to 128 bits take at most 16 columns; half a cell is whole bits of even weights."""
    assert _fitting(DIMC, range(1, 200)) == list(range(1, 129))
    assert _fitting(_narrow_cells(), range(1, 9)) == [2, 4, 6, 8]
    for accelerator, width in ((DIMC, 128), (_narrow_cells(), 2)):
        layer = PLAIN.replace(precision=Precision(W=width))
        assert map_layer(layer, accelerator, objective="energy").status == "OPTIMAL"


def test_the_reference_never_cuts_weights() -> None:
    """Under its profile all bits fit."""
    assert misfit(DIMC, Precision(W=136), ZIGZAG) is None


def test_the_result_can_be_read_again(case: Case, tmp_path: Path) -> None:
    """Written and read, it is the same."""
    accelerator, network, _ = case
    result = map_network(network, accelerator, jobs=1)
    save_result(result, tmp_path / "r.json")
    assert load_result(tmp_path / "r.json") == result
