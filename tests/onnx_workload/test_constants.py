"""Which tensors are known before any input arrives."""

from __future__ import annotations

from collections.abc import Callable

import onnx
from onnx import parser

from zigzag_imc.onnx_workload import load_network
from zigzag_imc.onnx_workload.constants import constant_tensors, read_tensors


def test_constants_spread_through_operators(parse: Callable[..., onnx.ModelProto]) -> None:
    nodes = parse("""g (float[4] x) => (y) <float[4] w> {
        a = Neg(w) b = Add(a, w) c = Add(b, x) d = Neg(c)
        k = Constant<value_float=1.0>() e = Mul(k, b)
        s = Shape(x) t = ConstantOfShape(s) r = RandomNormal<shape=[4]>()
        u = RandomNormalLike(w) y = Add(r, u)
    }""").graph.node
    assert constant_tensors(nodes, ["w"]) == {"w", "a", "b", "k", "e", "s", "t"}


def test_bodies_read_from_outside(parse: Callable[..., onnx.ModelProto]) -> None:
    (node,) = parse("""g (bool c, float[4] x, float[4] z) => (y) {
        y = If (c) <then_branch = t () => (p) { q = Neg(x) p = Add(q, q) },
            else_branch = e () => (z) { u = Neg(z) }>
    }""").graph.node
    assert set(read_tensors(node)) == {"c", "x", "z"}


def test_products_of_constants_alone_are_not_left_out() -> None:
    """They are computed once, before any input arrives: neither a layer nor missing from one."""
    model = parser.parse_model("""<ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>
        g (float[3,4] x) => (y) <float[4,4] w = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}> {
        a = Einsum<equation="ij,jk,kl->il">(w, w, w) b = com.microsoft.FusedMatMul(a, w)
        c = com.microsoft.LongformerAttention(b) [layer] y = MatMul(x, c) }""")
    network = load_network(model)
    assert [layer.name for layer in network.layers] == ["layer"]
    assert network.unsupported == ()
