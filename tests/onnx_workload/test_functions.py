"""Functions that a model brings along."""

from __future__ import annotations

from collections.abc import Callable

import onnx
import pytest

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.onnx_workload import Network
from zigzag_imc.onnx_workload.functions import functions_with_products, inline_functions

CALLS = (
    "g (float[2,4] x) => (y) <float[4,4] w> { a = my.domain.dense(x, w) y = my.domain.dense(a, w) }"
)
DENSE = (
    '<domain: "my.domain", opset_import: ["" : %d]> dense (p, q) => (s) { r = MatMul(p, q) '
    "s = Relu(r) }"
)


@pytest.mark.parametrize("opset", [13, 17])
def test_bodies_take_the_place_of_calls(load: Callable[..., Network], opset: int) -> None:
    """Bodies of the model's own operator set and of an older one."""
    network = load(CALLS, functions=DENSE % opset)
    assert [layer.sizes["D"] for layer in network.layers] == [2, 2]
    assert network.unsupported == ()
    first, second = (layer.name for layer in network.layers)
    assert network.edges == ((first, second),)


def test_models_without_functions_stay(parse: Callable[..., onnx.ModelProto]) -> None:
    model = parse("g (float[2,3] x) => (y) { y = Relu(x) }")
    assert inline_functions(model, "m") is model


def test_calls_that_stay_are_reported(
    load: Callable[..., Network], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> onnx.ModelProto:
        raise RuntimeError("cannot convert")

    monkeypatch.setattr("onnx.inliner.inline_local_functions", fail)
    network = load(CALLS, functions=DENSE % 17)
    assert network.layers == ()
    assert [(u.op_type, u.count) for u in network.unsupported] == [("my.domain::dense", 2)]


def test_products_are_found_through_calls(parse: Callable[..., onnx.ModelProto]) -> None:
    header = '<domain: "my.domain", opset_import: ["" : 17, "my.domain" : 1]>'
    functions = f"""{header} outer (p, q) => (s) {{ r = my.domain.inner(p, q) s = Relu(r) }}
        {header} inner (p, q) => (s) {{ s = MatMul(p, q) }}
        {header} plain (p) => (s) {{ s = Relu(p) }}"""
    model = parse(
        "g (float[2,4] x) => (y) <float[4,4] w> { y = my.domain.outer(x, w) }", functions=functions
    )
    assert functions_with_products(model) == {("my.domain", "outer"), ("my.domain", "inner")}


def test_recursion_is_refused(load: Callable[..., Network]) -> None:
    recursive = (
        '<domain: "my.domain", opset_import: ["my.domain" : 1]> dense (p, q) => (s) { s '
        "= my.domain.dense(p, q) }"
    )
    with pytest.raises(WorkloadError, match=r"shape inference of ONNX failed: .*recursive"):
        load(CALLS, functions=recursive)
