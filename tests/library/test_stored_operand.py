"""Products of two activations: either may be written into the array, and the better one is."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pytest

from tests.library.activation_products import AIMC, PRODUCTS, mapped, with_fronts
from tests.spaces import DIVIDING
from zigzag_imc import (
    Layer,
    NetworkResult,
    Precision,
    crosscheck_network,
    explain_layer,
    load_network,
    map_layer,
    map_network,
    matmul_layer,
    prove_result,
    search_layer,
    verify_result,
)
from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.stored_operand import Storing
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.models.mapspace.enumeration import best_by_enumeration, front_by_enumeration
from zigzag_imc.models.profile import IMC
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.solver.engines.loma import Loma
from zigzag_imc.solver.engines.random_draws import RandomDraws
from zigzag_imc.solver.engines.salsa import Salsa

OBJECTIVES: tuple[Objective, ...] = ("energy", "latency", "edp")


@cache
def least(layer: Layer, objective: Objective) -> float:
    """Least objective of all mappings of a layer; infinite where none fits."""
    best = best_by_enumeration(layer, AIMC, IMC, objective, DIVIDING)
    return math.inf if best is None else best[0]


def transposed(layer: Layer) -> Layer:
    """The product with its other operand stored, built anew: rows for columns, and all bits."""
    sizes = layer.sizes
    names = {"D": "K", "K": "D"}

    def renamed(dims: frozenset[str]) -> frozenset[str]:
        return frozenset(names.get(dim, dim) for dim in dims)

    bits = layer.precision
    return Layer(
        name=layer.name,
        operator=layer.operator,
        loop_dims=tuple((dim, sizes[names.get(dim, dim)]) for dim in ("B", "H", "D", "K", "C")),
        weight_dims=renamed(layer.input_dims),
        input_dims=renamed(layer.weight_dims),
        output_dims=renamed(layer.output_dims),
        precision=Precision(W=bits.I, I=bits.W, O=bits.O, O_final=bits.O_final),
    )


@pytest.fixture(params=PRODUCTS)
def product(request: pytest.FixtureRequest) -> Layer:
    """Return a small product of two activations."""
    return PRODUCTS[request.param]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_better_one_is_stored_and_said(product: Layer, objective: Objective) -> None:
    """As good as the better of all mappings of both; the graph's own order where both are."""
    found = map_layer(product, AIMC, objective=objective, space=DIVIDING)
    own, other = least(product, objective), least(transposed(product), objective)
    assert found.status == "OPTIMAL"
    assert found.objective_value == pytest.approx(min(own, other), rel=COARSEST)
    assert found.bound is not None
    assert found.bound <= min(own, other)
    stored = found.stored_operand
    assert stored is not None
    assert (stored.tensor, stored.streamed) == (("a", "b") if stored.swapped else ("b", "a"))
    assert stored.position == ("first" if stored.swapped else "second")
    if other < own * (1 - COARSEST):
        assert stored.swapped
    if own < other * (1 - COARSEST):
        assert not stored.swapped


def test_both_orders_occur() -> None:
    """Else the test above would say little: few columns of long rows are better off turned."""
    swapped = {
        name: stored.swapped
        for name in ("wide", "tall", "registers")
        if (stored := map_layer(PRODUCTS[name], AIMC, space=DIVIDING).stored_operand) is not None
    }
    assert swapped == {"wide": False, "tall": True, "registers": True}


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_one_can_be_asked_for(product: Layer, objective: Objective) -> None:
    """Then the optimum is that of this one alone, and the better of both is never above either."""
    best = map_layer(product, AIMC, objective=objective, space=DIVIDING)
    fixed: dict[Storing, float] = {
        "second": least(product, objective),
        "first": least(transposed(product), objective),
    }
    for position, expected in fixed.items():
        found = map_layer(product, AIMC, objective=objective, stored=position, space=DIVIDING)
        assert found.stored_operand is not None
        assert (found.stored_operand.position, found.stored_operand.free) == (position, False)
        assert best.objective_value is not None
        assert best.objective_value <= expected * (1 + COARSEST)
        if math.isinf(expected):
            assert found.status == "INFEASIBLE"
        else:
            assert found.objective_value == pytest.approx(expected, rel=COARSEST)


def test_ties_go_to_the_order_of_the_graph() -> None:
    """A product of squares costs the same either way."""
    square = matmul_layer(
        "square", rows=4, out_channels=4, in_channels=2, activations=("a", "b"), weight_batched=True
    )
    for objective in OBJECTIVES:
        stored = map_layer(square, AIMC, objective=objective, space=DIVIDING).stored_operand
        assert stored is not None
        assert not stored.swapped


def test_swapping_twice_changes_nothing(product: Layer) -> None:
    """And once exchanges the bits, too."""
    swapped = product.swapped()
    assert (swapped.precision.W, swapped.precision.I) == (product.precision.I, product.precision.W)
    assert swapped.swapped() == product
    assert swapped.swapped().stored == product.stored
    assert swapped.macs == product.macs


@pytest.fixture(scope="module")
def result() -> NetworkResult:
    """Return all products, with their fronts."""
    return with_fronts()


def test_fronts_are_of_both(result: NetworkResult) -> None:
    """Every point says what it stores."""
    positions = set()
    for record, product in zip(result.layers, PRODUCTS.values(), strict=True):
        points = sorted(
            [
                *front_by_enumeration(product, AIMC, IMC, DIVIDING),
                *front_by_enumeration(transposed(product), AIMC, IMC, DIVIDING),
            ]
        )
        expected: list[tuple[float, float]] = []
        for latency, energy in points:
            if not expected or energy < expected[-1][1] * (1 - 1e-9):
                expected.append((latency, energy))
        assert record.pareto is not None
        found = [(point.latency_cycles, point.energy_pj) for point in record.pareto]
        assert found == [pytest.approx(point, rel=1e-9) for point in expected]
        positions |= {point.stored for point in record.pareto}
    assert positions == {"first", "second"}


def test_the_result_holds_by_checker_and_proof(result: NetworkResult) -> None:
    """Both operands are proved again, by enumeration and by the solver."""
    assert verify_result(result, exhaustive=True).problems == ()
    assert prove_result(result, jobs=1).holds
    together = mapped(objective="edp", scope="network")
    assert verify_result(together).problems == ()
    assert prove_result(together, jobs=1).holds
    assert any(record.stored_operand.swapped for record in together.layers if record.stored_operand)


def test_an_optimum_of_one_operand_is_no_optimum_of_both() -> None:
    """What was proved of the second alone and claims to be of both, a second proof refutes."""
    fixed = mapped(stored="second", layers=["tall"])
    (record,) = fixed.layers
    assert verify_result(fixed).problems == ()
    assert record.stored_operand is not None
    assert record.certificate is not None
    free = record.stored_operand.model_copy(update={"free": True})
    both = map_layer(PRODUCTS["tall"], AIMC, objective="energy", space=DIVIDING).certificate
    forged = fixed.model_copy(
        update={
            "layers": (record.model_copy(update={"stored_operand": free, "certificate": both}),)
        }
    )
    assert verify_result(forged).problems == ()
    assert not prove_result(forged, jobs=1).holds
    assert verify_result(forged, exhaustive=True).problems != ()


_ONE_NAME: Any = ("a",)


def test_only_pairs_of_names_are_activations() -> None:
    """In one line."""
    with pytest.raises(WorkloadError, match="expected the names of two tensors"):
        matmul_layer("m", rows=1, out_channels=1, in_channels=1, activations=_ONE_NAME)


@pytest.mark.parametrize(
    "engine", ["exhaustive", Loma(factors=4), Salsa(iterations=50), RandomDraws(samples=50)]
)
def test_engines_search_both(engine: object) -> None:
    """The exhaustive one proves the same, the others find at best that."""
    product = PRODUCTS["tall"]
    best = map_layer(product, AIMC, objective="latency", space=DIVIDING)
    asked: dict[str, Any] = {"objective": "latency", "space": DIVIDING}
    found = search_layer(product, AIMC, engine, **asked)  # type: ignore[arg-type]
    assert found.objective_value is not None
    assert best.objective_value is not None
    assert found.objective_value >= best.objective_value * (1 - COARSEST)
    assert found.stored_operand is not None
    if engine == "exhaustive":
        assert found.status == "OPTIMAL"
        assert found.objective_value == pytest.approx(best.objective_value)
        assert found.stored_operand == best.stored_operand


def test_crosschecks_find_no_contradiction() -> None:
    """Each method is judged by the operand it stores."""
    network = Network("products", tuple(PRODUCTS.values()))
    found = crosscheck_network(
        network, AIMC, engines=("exhaustive", "random"), zigzag=False, jobs=1, space=DIVIDING
    )
    assert found.contradictions == ()
    tall = next(layer for layer in found.layers if layer.name == "tall")
    assert tall.methods[0].stored == tall.methods[1].stored == "first"


def test_explanations_are_of_the_operand_that_is_stored(result: NetworkResult) -> None:
    """Costs are those of the result, and more hardware is tried with both."""
    told = explain_layer(result, "tall", jobs=1)
    assert told.energy_pj == pytest.approx(result["tall"].energy_pj)
    assert told.what_if_base == result["tall"].objective_value
    tried = [one for one in told.what_ifs if one.gain is not None]
    assert tried
    assert {one.status for one in tried} == {"OPTIMAL"}


def test_time_limits_are_shared() -> None:
    """Neither alternative starves the other, and both end in time."""
    large = matmul_layer(
        "large",
        heads=7,
        rows=720,
        out_channels=840,
        in_channels=960,
        activations=("a", "b"),
        weight_batched=True,
    )
    found = map_layer(large, AIMC, time_limit=2.0, space=DIVIDING)
    assert found.energy_pj is not None
    assert found.solve_seconds < 6
    report = verify_result(_alone(large, time_limit=2.0))
    assert report.problems == ()


def _alone(layer: Layer, **options: Any) -> NetworkResult:
    return map_network(Network("n", (layer,)), AIMC, jobs=1, **options, space=DIVIDING)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_attention_of_a_network_is_never_above_either(objective: Objective) -> None:
    """And names the tensor of the graph that it stores."""
    network = load_network("vit_tiny")
    chosen = ["blocks.0.attn.qk", "blocks.0.attn.av"]
    best, *fixed = (
        map_network(
            network, AIMC, objective=objective, layers=chosen, stored=wish, jobs=1, space=DIVIDING
        )
        for wish in ("best", "first", "second")
    )
    for name in chosen:
        values = [one[name].objective_value or math.inf for one in fixed]
        assert (best[name].objective_value or math.inf) <= min(values) * (1 + COARSEST)
    stored = [one["blocks.0.attn.qk"].stored_operand for one in fixed]
    assert [one and one.tensor for one in stored] == [
        "blocks.0.attn.q",
        "blocks.0.attn.k_transposed",
    ]
