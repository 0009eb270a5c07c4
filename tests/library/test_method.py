"""The method by which optima are proved, as it is asked for."""

from __future__ import annotations

from typing import Any, cast, get_args

import pytest

from zigzag_imc import map_network, matmul_layer
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.objective import Method, Objective
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.core.tolerances import COARSEST
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


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(OptionError, match="method: found 'cpsat', expected one of auto, cp-sat"):
        mapped(cast(Method, "cpsat"))


@pytest.mark.parametrize("asked", [{"pareto": True}, {"scope": "network"}])
def test_the_joint_model_alone_knows_no_fronts(asked: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="method: cp-sat alone knows no fronts"):
        map_network(NETWORK, "dimc", objective="edp", method="cp-sat", space=DIVISORS, **asked)


@pytest.mark.parametrize("space", [None, Space(diagonals=True)])
def test_the_joint_model_alone_knows_no_diagonals(space: Space | None) -> None:
    with pytest.raises(OptionError, match="method: cp-sat alone knows no diagonals"):
        map_network(NETWORK, "dimc", objective="energy", method="cp-sat", space=space)
