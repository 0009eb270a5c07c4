"""Filling in the batch."""

from __future__ import annotations

from collections.abc import Callable

import onnx
import pytest

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.onnx_workload import Network, load_network

CONV = "g (float[{}] x) => (float[N,K,H,W] y) <float[4,3,3,3] w> {{ y = Conv(x, w) }}"


def batch_of(model: onnx.ModelProto, batch: int | None) -> int:
    (layer,) = load_network(model, batch=batch).layers
    return layer.sizes["B"]


def test_symbol(parse: Callable[..., onnx.ModelProto]) -> None:
    model = parse(CONV.format("N,3,8,8"))
    before = model.SerializeToString()
    assert [batch_of(model, batch) for batch in (None, 1, 5)] == [1, 1, 5]
    assert model.SerializeToString() == before, "the caller's model must not change"


@pytest.mark.parametrize("written", [0, -1, None])
def test_other_ways_to_leave_it_open(
    parse: Callable[..., onnx.ModelProto], written: int | None
) -> None:
    model = parse(CONV.format("N,3,8,8"))
    dim = model.graph.input[0].type.tensor_type.shape.dim[0]
    dim.Clear()
    if written is not None:
        dim.dim_value = written
    assert [batch_of(model, batch) for batch in (None, 5)] == [1, 5]


def test_fixed(parse: Callable[..., onnx.ModelProto]) -> None:
    model = parse(CONV.format("2,3,8,8"))
    assert [batch_of(model, batch) for batch in (None, 2)] == [2, 2]
    with pytest.raises(
        WorkloadError, match="input 'x' has a fixed batch of 2, found batch 4; expected 2"
    ):
        load_network(model, batch=4)


def test_weights_as_inputs_have_no_say_in_a_fixed_batch(
    parse: Callable[..., onnx.ModelProto],
) -> None:
    model = parse("g (float[4,3,3,3] w, float[2,3,8,8] x) => (y) { y = Conv(x, w) }")
    assert batch_of(model, 2) == 2
    with pytest.raises(WorkloadError, match="input 'x' has a fixed batch of 2, found batch 4"):
        load_network(model, batch=4)


def test_the_same_symbol_elsewhere_is_replaced(load: Callable[..., Network]) -> None:
    network = load("g (float[N,5] x, float[7,N] z) => (y) { y = MatMul(z, x) }", batch=3)
    assert network.layers[0].sizes == {"B": 1, "H": 1, "D": 7, "K": 5, "C": 3}


def test_stale_shapes_in_the_model_do_not_matter(parse: Callable[..., onnx.ModelProto]) -> None:
    """Exporters record the shapes of the batch they traced with."""
    model = parse("""g (float[N,5] x) => (float[1,2] y) <float[5,4] w, float[4,2] v, float[1,4] a> {
        a = MatMul(x, w) y = MatMul(a, v) }""")
    assert [value.name for value in model.graph.value_info] == ["a"]
    model.graph.output.append(model.graph.value_info[0])
    assert [layer.sizes["D"] for layer in load_network(model, batch=6).layers] == [6, 6]


@pytest.mark.parametrize("batch", [0, -3, 1.5, True, "2"])
def test_senseless_batches(parse: Callable[..., onnx.ModelProto], batch: object) -> None:
    with pytest.raises(
        WorkloadError, match=r"batch: found .*, expected a whole number, at least 1"
    ):
        load_network(parse(CONV.format("N,3,8,8")), batch=batch)  # type: ignore[arg-type]
