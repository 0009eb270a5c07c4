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


@pytest.mark.parametrize("first", ["Shape(x)", "Constant<value_ints=[1, 2]>()"])
def test_vectors_that_double_are_not_followed(load: Load, first: str) -> None:
    """Forty times: more numbers than any memory holds."""
    doubled = " ".join(f"v{n + 1} = Concat<axis=0>(v{n}, v{n})" for n in range(40))
    network = load(
        f"""g (float[2,3] x) => (y) <float[3,3] w> {{
        v0 = {first} {doubled} r = Reshape(x, v40)
        [first] a = MatMul(x, w) y = MatMul(r, w) }}"""
    )
    assert [layer.name for layer in network.layers] == ["first"]


def test_vectors_that_are_joined_a_few_times_are_followed(load: Load) -> None:
    """Also where vectors of other numbers, such as biases, are long."""
    network = load(
        """g (float[2,3,4] x) => (y) <float[4] b, float[12,6] w> {
        c = Add(x, b) s = Shape(c) i = Constant<value_ints=[0]>() n = Gather(s, i)
        m = Constant<value_ints=[-1]>() t = Concat<axis=0>(n, m) f = Reshape(c, t)
        [first] y = MatMul(f, w) }"""
    )
    assert network.layers[0].sizes["C"] == 12


def test_what_may_take_memory_inside_is_not_computed(load: Load) -> None:
    """A pool over four numbers here; it may be one over four numbers and a billion of padding."""
    network = load(
        """g (float[2,3] x) => (y) <float[3,3] w, float[6,4] v> {
        c = Constant<value = float[1,1,4] {6.0, 1.0, 1.0, 1.0}>()
        p = MaxPool<kernel_shape=[4]>(c) t = Cast<to=7>(p)
        l = Constant<value_ints=[-1]>() s = Reshape(t, l) r = Reshape(x, s)
        [first] a = MatMul(x, w) y = MatMul(r, v) }"""
    )
    assert [layer.name for layer in network.layers] == ["first"]
