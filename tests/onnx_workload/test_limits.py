"""Small files that would cost much time: each is read, or refused, at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.onnx_workload import Network, load_network

Load = Callable[..., Network]


def test_functions_that_multiply(load: Load) -> None:
    """Six levels of ten calls: a million operators."""
    calls = " ".join(f"a{n + 1} = my.domain.f{{}}(a{n})" for n in range(10))
    functions = "".join(
        f'<domain: "my.domain", opset_import: ["" : 17, "my.domain" : 1]> f{level} (a0) => (a10) '
        f"{{ {calls.replace('{}', str(level + 1))} }} "
        for level in range(6)
    )
    functions += (
        '<domain: "my.domain", opset_import: ["" : 17]> f6 (a0) => (a10) { a10 = Relu(a0) } '
    )
    with pytest.raises(WorkloadError, match="functions that call each other too often"):
        load("g (float[2,3] x) => (y) { y = my.domain.f0(x) }", functions=functions)


def test_texts_are_not_searched(load: Load) -> None:
    """A pattern that takes ages on a text of forty letters."""
    network = load(
        """g (float[2,3] x) => (y) <float[3,3] w, float[4,4] v> {
        t = Constant<value_string="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!">()
        m = RegexFullMatch<pattern="(a+)+$">(t) c = Cast<to=7>(m) r = ConstantOfShape(c)
        [first] a = MatMul(x, w) y = MatMul(r, v) }""",
        opset=20,
    )
    assert [layer.name for layer in network.layers] == ["first"]


def test_values_of_long_vectors_are_not_followed() -> None:
    long = onnx.TensorProto(name="b", data_type=onnx.TensorProto.INT64, dims=[2**24])
    stored = [
        numpy_helper.from_array(np.array([4], np.int64), "a"),
        numpy_helper.from_array(np.ones((4, 4), np.float32), "w"),
        long,
    ]
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["y"], name="first"),
        helper.make_node("Concat", ["a", "b"], ["s"], axis=0),
        helper.make_node("Reshape", ["y", "s"], ["r"]),
        helper.make_node("MatMul", ["r", "w"], ["z"]),
    ]
    inputs = [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [4, 4])]
    outputs = [helper.make_value_info("z", onnx.TypeProto())]
    graph = helper.make_graph(nodes, "g", inputs, outputs, stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    assert [layer.name for layer in load_network(model).layers] == ["first"]


def test_a_shape_of_nothing(load: Load) -> None:
    network = load("""g (float[2,3] x) => (y) <float[3,3] w> {
        s = Shape() r = Reshape(x, s) [first] a = MatMul(x, w) y = MatMul(r, w) }""")
    assert [layer.name for layer in network.layers] == ["first"]
