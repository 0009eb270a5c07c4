"""Which layers feed which."""

from __future__ import annotations

from collections.abc import Callable

from zigzag_imc.onnx_workload import Network


def test_edges_look_through_everything_but_layers(load: Callable[..., Network]) -> None:
    network = load("""g (float[1,4,8,8] x) => (y) <float[4,4,1,1] w, float[3,4] f> {
        [first] a = Conv(x, w)
        r = Relu(a)
        [left] b = Conv(r, w)
        [right] c = Conv(r, w)
        m = MaxPool<kernel_shape=[1,1]>(c)
        s = Add(b, m)
        t = Add(s, r)
        p = GlobalAveragePool(t)
        q = Flatten(p)
        [last] y = Gemm<transB=1>(q, f)
    }""")
    assert network.edges == (
        ("first", "left"),
        ("first", "right"),
        ("first", "last"),
        ("left", "last"),
        ("right", "last"),
    )


def test_shapes_carry_no_data(load: Callable[..., Network]) -> None:
    network = load("""g (float[2,6] x, float[12] z) => (y) <float[6,6] w> {
        [first] a = MatMul(x, w) s = Shape(a) b = Reshape(z, s) [second] y = MatMul(b, w) }""")
    assert len(network.layers) == 2
    assert network.edges == ()


def test_edges_pass_bodies_and_unmapped_operators(load: Callable[..., Network]) -> None:
    network = load("""g (bool c, float[4,4] x) => (y) <float[4,4] w, float[4,4,1] v> {
        [first] a = MatMul(x, w)
        b = If (c) <
            then_branch = t () => (float[4,4] p) { p = Relu(a) },
            else_branch = e () => (float[4,4] q) { q = Neg(a) }
        >
        d = Einsum<equation="ij,jk,kl->il">(b, w, w)
        [second] y = MatMul(d, w)
    }""")
    assert network.edges == (("first", "second"),)
    assert [operator.op_type for operator in network.unsupported] == ["Einsum"]
