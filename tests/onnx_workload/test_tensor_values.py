"""A tensor whose data do not fit has no known value; what does not need it is read all the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from zigzag_imc.onnx_workload.loader import load_network
from zigzag_imc.onnx_workload.tensor_values import values_of


def _too_few(tensor: TensorProto) -> None:
    tensor.dims[0] += 1


def _no_bytes(tensor: TensorProto) -> None:
    tensor.raw_data = b""


def _odd_bytes(tensor: TensorProto) -> None:
    tensor.raw_data = b"123"


def _unknown_type(tensor: TensorProto) -> None:
    tensor.data_type = 99


def _out_of_range(tensor: TensorProto) -> None:
    tensor.ClearField("raw_data")
    tensor.data_type = TensorProto.UINT8
    tensor.int32_data[:] = [300, -7]


def _elsewhere(tensor: TensorProto) -> None:
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL


BROKEN = (_too_few, _no_bytes, _odd_bytes, _unknown_type, _elsewhere)


def test_what_fits_is_read() -> None:
    values = values_of(numpy_helper.from_array(np.array([1, 2], dtype=np.int64)))
    assert values is not None
    assert values.tolist() == [1, 2]


@pytest.mark.parametrize("damage", BROKEN)
def test_broken_data_have_no_value(damage: Callable[[TensorProto], None]) -> None:
    tensor = numpy_helper.from_array(np.array([1, 2], dtype=np.int64))
    damage(tensor)
    assert values_of(tensor) is None


@pytest.mark.parametrize("damage", [*BROKEN, _out_of_range])
@pytest.mark.parametrize("place", ["constant", "initializer", "condition"])
def test_a_layer_beside_broken_data_is_mapped(
    damage: Callable[[TensorProto], None], place: str
) -> None:
    tensor = numpy_helper.from_array(np.array([1, 2], dtype=np.int64), "broken")
    damage(tensor)
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"], name="product")]
    stored = [numpy_helper.from_array(np.zeros((4, 3), np.float32), "w")]
    if place == "constant":
        nodes.append(helper.make_node("Constant", [], ["c"], value=tensor))
    elif place == "initializer":
        stored.append(tensor)
    else:
        inner = helper.make_graph(
            [helper.make_node("MatMul", ["x", "w"], ["z"])],
            "branch",
            [],
            [helper.make_tensor_value_info("z", TensorProto.FLOAT, None)],
        )
        nodes.append(helper.make_node("Constant", [], ["c"], value=tensor))
        nodes.append(helper.make_node("If", ["c"], ["i"], then_branch=inner, else_branch=inner))
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        stored,
    )
    network = load_network(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]))
    assert network.layers[0].name == "product"
    assert network.layers[0].macs == 24
