"""Copies without weights."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from zigzag_imc.onnx_workload import load_network
from zigzag_imc.onnx_workload.slimming import slim_model


def model_with(weight: onnx.TensorProto, *, as_input: bool = False, ir: int = 8) -> onnx.ModelProto:
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 300])]
    if as_input:
        inputs.append(helper.make_tensor_value_info("w", TensorProto.FLOAT, weight.dims))
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["M", 10])
    shape = numpy_helper.from_array(np.array([-1, 10], np.int64), "shape")
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["a"]),
        helper.make_node("Reshape", ["a", "shape"], ["y"]),
    ]
    graph = helper.make_graph(nodes, "g", inputs, [output], [weight, shape])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=ir)


@pytest.mark.parametrize(("as_input", "ir"), [(True, 3), (True, 8), (False, 8)])
def test_weights_go_and_shape_numbers_stay(as_input: bool, ir: int) -> None:
    weight = numpy_helper.from_array(np.zeros((300, 20), np.float32), "w")
    model = model_with(weight, as_input=as_input, ir=ir)
    slim = slim_model(model)
    assert [tensor.name for tensor in slim.graph.initializer] == ["shape"]
    assert [value.name for value in slim.graph.input] == ["x", "w"]
    assert slim.ByteSize() < 1000 < model.ByteSize()
    assert load_network(model).total_macs == 300 * 20


def test_missing_external_data() -> None:
    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[300, 20])
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="/nonexistent/weights.bin")
    assert load_network(model_with(weight)).total_macs == 300 * 20


def test_weights_beyond_what_a_file_can_hold() -> None:
    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[300, 10**9])
    weight.data_location = TensorProto.EXTERNAL
    assert load_network(model_with(weight)).total_macs == 300 * 10**9


def test_weights_without_any_data() -> None:
    assert (
        load_network(model_with(TensorProto(name="w", data_type=1, dims=[300, 20]))).total_macs
        == 300 * 20
    )


def test_sparse_weights() -> None:
    model = model_with(numpy_helper.from_array(np.zeros((300, 20), np.float32), "w"))
    del model.graph.initializer[0]
    values = helper.make_tensor("w", TensorProto.FLOAT, [1], [1.0])
    indices = helper.make_tensor("w_indices", TensorProto.INT64, [1, 2], [7, 7])
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(values, indices, [300, 20]))
    onnx.checker.check_model(model)
    assert load_network(model).total_macs == 300 * 20


def test_large_constant_nodes_count_as_learned() -> None:
    """The weights, on the left here, are the output columns only if known to be learned."""
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [300, 2])]
    weight = numpy_helper.from_array(np.zeros((20, 300), np.float32), "value")
    nodes = [
        helper.make_node("Constant", [], ["w"], value=weight),
        helper.make_node("MatMul", ["w", "x"], ["y"]),
    ]
    graph = helper.make_graph(nodes, "g", inputs, [helper.make_tensor_value_info("y", 1, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    assert slim_model(model).ByteSize() < 1000
    (layer,) = load_network(model).layers
    assert layer.sizes == {"B": 1, "H": 1, "D": 2, "K": 20, "C": 300}
