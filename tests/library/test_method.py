"""The method by which optima are proved, as it is asked for."""

from __future__ import annotations

from typing import cast, get_args

import pytest

from zigzag_imc import map_network, matmul_layer
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.objective import Method, Objective
from zigzag_imc.core.space import DIVISORS, Space
from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.results.result import LayerResult

NETWORK = Network("one", (matmul_layer("tiny", rows=6, out_channels=20, in_channels=200),))


def mapped(method: Method) -> LayerResult:
    """Map the network for the least energy."""
    found = map_network(NETWORK, "dimc", objective="energy", method=method, space=DIVISORS, jobs=1)
    return found.layers[0]


def test_both_methods_prove_the_same_optimum() -> None:
    auto, alone = mapped("auto"), mapped("cp-sat")
    assert auto.status == alone.status == "OPTIMAL"
    assert alone.objective_value == pytest.approx(auto.objective_value, rel=RESOLUTION)


def test_the_certificate_says_how() -> None:
    for method in get_args(Method):
        certificate = mapped(method).certificate
        assert certificate is not None
        assert certificate.method == method


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(OptionError, match="method: found 'cpsat', expected one of auto, cp-sat"):
        mapped(cast(Method, "cpsat"))


@pytest.mark.parametrize("objective", ["latency", "edp"])
def test_the_joint_model_alone_knows_the_energy(objective: Objective) -> None:
    with pytest.raises(OptionError, match="method: cp-sat alone proves the objective energy"):
        map_network(NETWORK, "dimc", objective=objective, method="cp-sat")


@pytest.mark.parametrize("space", [None, Space(diagonals=True)])
def test_the_joint_model_alone_knows_no_diagonals(space: Space | None) -> None:
    with pytest.raises(OptionError, match="method: cp-sat alone knows no diagonals"):
        map_network(NETWORK, "dimc", objective="energy", method="cp-sat", space=space)
