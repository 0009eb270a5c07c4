"""Small products of two activations, mapped."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.spaces import DIVIDING
from zigzag_imc import NetworkResult, load_accelerator, map_network, matmul_layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.onnx_workload.network import Network

AIMC = load_accelerator("aimc")

PRODUCTS = {
    "wide": matmul_layer(
        "wide", rows=2, out_channels=9, in_channels=3, activations=("a", "b"), weight_batched=True
    ),
    "tall": matmul_layer(
        "tall", rows=9, out_channels=2, in_channels=3, activations=("a", "b"), weight_batched=True
    ),
    "heads": matmul_layer(
        "heads",
        heads=2,
        rows=5,
        out_channels=1,
        in_channels=2,
        activations=("a", "b"),
        weight_batched=True,
    ),
    "shared": matmul_layer(
        "shared", heads=2, rows=1, out_channels=4, in_channels=2, activations=("a", "b")
    ),
    "bits": matmul_layer(
        "bits",
        rows=3,
        out_channels=3,
        in_channels=2,
        activations=("a", "b"),
        weight_batched=True,
        precision="W=4,I=8",
    ),
    "registers": matmul_layer(
        "registers",
        rows=3,
        out_channels=2,
        in_channels=2,
        activations=("a", "b"),
        weight_batched=True,
        precision="W=8,I=16",
    ),
}
"""The second of them gains by storing its first operand; inputs as wide as those of the last do not
fit the registers of the array, as weights they do, in two columns."""


def mapped(*, objective: Objective = "energy", **options: Any) -> NetworkResult:
    """Map all products."""
    network = Network("products", tuple(PRODUCTS.values()))
    return map_network(network, AIMC, objective=objective, jobs=1, space=DIVIDING, **options)


@cache
def with_fronts() -> NetworkResult:
    """Return all products, with their fronts."""
    return mapped(objective="edp", pareto=True)
