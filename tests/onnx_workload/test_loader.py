"""Whole models: versions, bodies, precision, errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.layer import Precision
from zigzag_imc.onnx_workload import Network, load_network

NEWEST = onnx.defs.onnx_opset_version()


@pytest.mark.parametrize("opset", [*range(7, NEWEST + 1), NEWEST + 9])
def test_operator_sets(opset: int) -> None:
    """From the first opset of the customer's range to one that this ONNX does not know yet."""
    rng = {"w": (8, 3, 3, 3), "f": (10, 8 * 6 * 6), "c": (10,), "m": (10, 4)}
    weights = [
        numpy_helper.from_array(np.zeros(shape, np.float32), name) for name, shape in rng.items()
    ]
    weights.append(numpy_helper.from_array(np.array([-1, 288], np.int64), "flat"))
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3, 8, 8])]
    if opset < 9:  # IR version 3 lists weights among the inputs
        inputs += [helper.make_tensor_value_info(w.name, w.data_type, w.dims) for w in weights]
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], kernel_shape=[3, 3]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Reshape", ["b", "flat"], ["d"]),
        helper.make_node("Gemm", ["d", "f", "c"], ["e"], transB=1),
        helper.make_node("MatMul", ["e", "m"], ["y"]),
    ]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 4])
    graph = helper.make_graph(nodes, "g", inputs, [output], weights)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=3 if opset < 9 else 8
    )
    if opset <= NEWEST:
        onnx.checker.check_model(model)
    network = load_network(model, batch=2)
    assert [layer.name for layer in network.layers] == ["Conv_0", "Gemm_0", "MatMul_0"]
    assert [layer.macs for layer in network.layers] == [2 * 8 * 36 * 27, 2 * 10 * 288, 2 * 10 * 4]


def test_precision_reaches_every_layer(parse: Callable[..., onnx.ModelProto]) -> None:
    precision = Precision(W=4, I=5, O=20, O_final=6)
    network = load_network(
        parse("g (float[2,3] x) => (y) <float[3,3] w> { a = MatMul(x, w) y = Gemm(a, w) }"),
        precision=precision,
    )
    assert [layer.precision for layer in network.layers] == [precision, precision]


def test_name_of_the_network(parse: Callable[..., onnx.ModelProto], tmp_path: Path) -> None:
    model = parse("inner (float[2,3] x) => (y) <float[3,3] w> { y = MatMul(x, w) }")
    assert load_network(model).name == "inner"
    onnx.save(model, tmp_path / "outer.v2.onnx")
    assert load_network(str(tmp_path / "outer.v2.onnx")).name == "outer.v2"


def test_no_layers_is_no_error(load: Callable[..., Network]) -> None:
    network = load("g (float[2,3] x) => (y) { y = Relu(x) }")
    assert (network.layers, network.unsupported, network.edges, network.total_macs) == (
        (),
        (),
        (),
        0,
    )


def test_products_of_constants_are_done_beforehand(load: Callable[..., Network]) -> None:
    network = load("g (float[2,3] x) => (y) <float[3,3] w> { m = MatMul(w, w) y = MatMul(x, m) }")
    assert [layer.name for layer in network.layers] == ["MatMul_1"]


def test_a_model_without_inputs_keeps_its_layers(load: Callable[..., Network]) -> None:
    network = load("g () => (y) <float[3,4] w, float[2,3] x> { y = MatMul(x, w) }")
    assert network.layers[0].sizes == {"B": 1, "H": 1, "D": 2, "K": 4, "C": 3}


def test_unsupported_operators_are_counted_and_named(load: Callable[..., Network]) -> None:
    network = load("""g (float[1,4,8,8] x, float[5,1,4] z) => (y)
        <float[4,4,3,3] w> {
        [up] a = Einsum<equation="abcd,ac,bd->ab">(x, w, w)
        [up] b = Einsum<equation="abcd,ac,bd->ab">(x, w, w)
        y = Conv(x, w)
        k = com.microsoft.SparseAttention(x, w)
        v = my.domain.Sharpen(x)
    }""")
    assert len(network.layers) == 1
    assert [(u.op_type, u.count, u.node_names) for u in network.unsupported] == [
        ("Einsum", 2, ("up", "up#2")),
        ("com.microsoft::SparseAttention", 1, ("SparseAttention_0",)),
    ]


def test_bodies_are_reported(load: Callable[..., Network]) -> None:
    network = load("""g (bool c, float[4,4] x) => (y) <float[4,4] w> {
        [choice] y = If (c) <
            then_branch = t () => (float[4,4] p) { [inner] p = MatMul(x, w) },
            else_branch = e () => (float[4,4] q) {
                q = If (c) <then_branch = t2 () => (float[4,4] r) { r = Gemm(x, w) },
                            else_branch = e2 () => (float[4,4] s) { s = Relu(x) }>
            }
        >
    }""")
    assert network.layers == ()
    differ = "the branches of If"
    assert [(u.op_type, u.node_names, u.reason) for u in network.unsupported] == [
        ("MatMul", ("choice/inner",), f"{differ} 'choice' differ: 64 or unknown MACs"),
        ("Gemm", ("choice/else/If_0/Gemm_0",), f"{differ} 'choice/else/If_0' differ: 64 or 0 MACs"),
    ]


def test_standard_domain_by_its_long_name(parse: Callable[..., onnx.ModelProto]) -> None:
    model = parse("g (float[2,3] x) => (y) <float[3,3] w> { a = Relu(x) y = MatMul(a, w) }")
    for node in model.graph.node:
        node.domain = "ai.onnx"
    model.opset_import[0].domain = "ai.onnx"
    assert load_network(model).total_macs == 18


def test_domain_that_is_not_declared(parse: Callable[..., onnx.ModelProto]) -> None:
    model = parse(
        "g (float[2,3] x) => (y) <float[3,3] w> { a = MatMul(x, w) y = my.domain.Sharpen(a) }"
    )
    del model.opset_import[1]
    assert load_network(model).total_macs == 18


def test_missing_operator_set(parse: Callable[..., onnx.ModelProto]) -> None:
    model = parse("g (float[2,3] x) => (y) <float[3,3] w> { y = MatMul(x, w) }")
    model.ClearField("opset_import")
    with pytest.raises(WorkloadError, match="declares no operator set"):
        load_network(model)


def test_nodes_out_of_order(parse: Callable[..., onnx.ModelProto]) -> None:
    model = parse("g (float[2,3] x) => (y) <float[3,3] w> { a = Relu(x) y = MatMul(a, w) }")
    first, second = model.graph.node
    nodes = [onnx.NodeProto.FromString(node.SerializeToString()) for node in (second, first)]
    model.graph.ClearField("node")
    model.graph.node.extend(nodes)
    with pytest.raises(
        WorkloadError, match="'MatMul_0' reads 'a', which node 'Relu_0' makes later"
    ):
        load_network(model)


def test_errors_name_the_file(parse: Callable[..., onnx.ModelProto], tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    onnx.save(parse("g (float[N,seq,4] x) => (y) <float[4,3] w> { [proj] y = MatMul(x, w) }"), path)
    expected = re.escape(
        f"{path}: node 'proj' (MatMul): dimension 1 of its input 'x' is the symbol 'seq'"
    )
    with pytest.raises(WorkloadError, match=f"^{expected}"):
        load_network(path)
