"""The method by which optima are proved, as it is asked for."""

from __future__ import annotations

from typing import Any, cast, get_args

import pytest

from tests.spaces import DIVIDING
from zigzag_imc import conv_layer, map_network, matmul_layer
from zigzag_imc.checking.prove import prove_result
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.objective import Method, Objective
from zigzag_imc.core.space import ANY_OUTERMOST, DIVISORS, Space
from zigzag_imc.core.tolerances import COARSEST, RESOLUTION
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.results.result import LayerResult

NETWORK = Network("one", (matmul_layer("tiny", rows=6, out_channels=20, in_channels=200),))


def mapped(method: Method, objective: Objective = "energy", **options: Any) -> LayerResult:
    """Map the network for the least of an objective."""
    options |= {"objective": objective, "method": method, "space": DIVISORS, "jobs": 1}
    return map_network(NETWORK, "dimc", **options).layers[0]


@pytest.mark.parametrize("objective", get_args(Objective))
def test_both_methods_prove_the_same_optimum(objective: Objective) -> None:
    auto, alone = mapped("auto", objective), mapped("cp-sat", objective)
    assert auto.status == alone.status == "OPTIMAL"
    assert alone.objective_value == pytest.approx(auto.objective_value, rel=COARSEST)
    assert auto.tie is not None
    assert alone.tie is not None
    assert alone.tie.objective == auto.tie.objective
    assert alone.tie.value == pytest.approx(auto.tie.value, rel=COARSEST)
    assert alone.tie.gap <= COARSEST


def test_a_gap_ends_the_search_with_what_is_certified() -> None:
    found = mapped("cp-sat", "latency", gap=0.9)
    assert found.gap is not None
    assert found.gap <= 0.9
    assert found.tie is None


def test_the_certificate_says_how() -> None:
    for method in get_args(Method):
        certificate = mapped(method).certificate
        assert certificate is not None
        assert certificate.method == method


@pytest.mark.parametrize("space", [DIVISORS, ANY_OUTERMOST])
def test_what_the_joint_model_proves_is_proved_again(space: Space) -> None:
    result = map_network(NETWORK, "dimc", objective="energy", method="cp-sat", space=space, jobs=1)
    (proof,) = prove_result(result, jobs=1).proofs
    assert (proof.method, proof.outcome) == ("joint", "proved")


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(OptionError, match="method: found 'cpsat', expected one of auto, cp-sat"):
        mapped(cast(Method, "cpsat"))


@pytest.mark.parametrize("asked", [{"pareto": True}, {"scope": "network"}])
def test_the_joint_model_alone_knows_no_fronts(asked: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="method: cp-sat alone knows no fronts"):
        map_network(NETWORK, "dimc", objective="edp", method="cp-sat", space=DIVISORS, **asked)


def test_both_methods_know_diagonals_and_constraints() -> None:
    layer = conv_layer("two", groups=2, out_channels=3, in_channels=2, output_size=6, filter_size=3)
    network = Network("two", (layer,))
    auto, alone = (
        map_network(
            network,
            "dimc",
            objective="energy",
            method=method,
            constraints="unroll OX on D1 >= 2",
            jobs=1,
            space=DIVIDING,
        ).layers[0]
        for method in get_args(Method)
    )
    assert auto.status == alone.status == "OPTIMAL"
    assert alone.objective_value == pytest.approx(auto.objective_value, rel=RESOLUTION)
    assert alone.spatial is not None
    assert alone.spatial["D1"]["OX"] >= 2


def test_both_methods_name_the_same_conflict() -> None:
    network = Network("one", (matmul_layer("tiny", rows=2, out_channels=4, in_channels=8),))
    asked = ["unroll K on D1 = 2", "order K > D", "allow nothing on D1"]
    auto, alone = (
        map_network(
            network,
            "dimc",
            objective="energy",
            method=method,
            constraints=asked,
            jobs=1,
            space=DIVIDING,
        ).layers[0]
        for method in get_args(Method)
    )
    assert auto.status == alone.status == "INFEASIBLE"
    assert auto.conflict == alone.conflict
    assert set(alone.conflict) == {"unroll K on D1 = 2", "allow nothing on D1"}
