"""Fused attention as its products."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload import Network

Load = Callable[..., Network]

SCORES = {"B": 2, "H": 4, "D": 8, "K": 9, "C": 16}
CONTEXT = {"B": 2, "H": 4, "D": 8, "K": 16, "C": 9}


def sizes(layer: Layer) -> dict[str, int]:
    return {dim: size for dim, size in layer.sizes.items() if size > 1}


@pytest.mark.parametrize(
    ("inputs", "node"),
    [
        ("float[2,4,8,16] q, float[2,4,9,16] k, float[2,4,9,16] v", "Attention(q, k, v)"),
        (
            "float[2,8,64] q, float[2,9,64] k, float[2,9,64] v",
            "Attention<q_num_heads=4, kv_num_heads=4>(q, k, v)",
        ),
        (
            "float[2,8,64] q, float[2,9,64] k, float[2,9,64] v",
            "com.microsoft.MultiHeadAttention<num_heads=4>(q, k, v)",
        ),
        (
            "float[2,8,64] q, float[2,4,9,16] k, float[2,4,9,16] v",
            "com.microsoft.MultiHeadAttention<num_heads=4>(q, k, v)",
        ),
        (
            "float[2,8,64] q, float[2,9,4,2,16] k",
            "com.microsoft.MultiHeadAttention<num_heads=4>(q, k)",
        ),
    ],
)
def test_products_of_queries_keys_and_values(load: Load, inputs: str, node: str) -> None:
    """Two sequences of 8 queries on 9 keys, 4 heads of 16."""
    network = load(f"g ({inputs}) => (y) {{ [a] y = {node} }}", opset=23)
    assert [layer.name for layer in network.layers] == ["a.scores", "a.context"]
    assert [sizes(layer) for layer in network.layers] == [SCORES, CONTEXT]
    assert network.edges == (("a.scores", "a.context"),)
    stored = [layer.stored for layer in network.layers]
    assert [one and one.streamed for one in stored] == ["q", "a.scores"]
    separate = ("k", "v") if "v)" in node else ("keys", "values")
    assert tuple(one and one.tensor for one in stored) == separate


def test_heads_that_share_keys(load: Load) -> None:
    """Four heads on two of keys: each pair is 16 rows of the same product."""
    network = load(
        """g (float[2,4,8,16] q, float[2,2,9,16] k, float[2,2,9,16] v) => (y)
        { y = Attention(q, k, v) }""",
        opset=23,
    )
    assert [sizes(layer) for layer in network.layers] == [
        {"B": 2, "H": 2, "D": 16, "K": 9, "C": 16},
        {"B": 2, "H": 2, "D": 16, "K": 16, "C": 9},
    ]


def test_past_keys_count(load: Load) -> None:
    network = load(
        """g (float[2,4,1,16] q, float[2,4,1,16] k, float[2,4,1,16] v,
            float[2,4,8,16] pk, float[2,4,8,16] pv) => (y)
        { y, nk, nv = Attention(q, k, v, , pk, pv) }""",
        opset=23,
    )
    assert [layer.macs for layer in network.layers] == [2 * 4 * 9 * 16] * 2


def test_projection_of_the_input(load: Load) -> None:
    network = load("""g (float[2,8,64] x) => (y) <float[64,192] w, float[192] b, float[64,10] h> {
        [a] c = com.microsoft.Attention<num_heads=4>(x, w, b)
        [head] y = MatMul(c, h) }""")
    assert [sizes(layer) for layer in network.layers] == [
        {"B": 2, "D": 8, "K": 192, "C": 64},
        {"B": 2, "H": 4, "D": 8, "K": 8, "C": 16},
        {"B": 2, "H": 4, "D": 8, "K": 16, "C": 8},
        {"B": 2, "D": 8, "K": 10, "C": 64},
    ]
    assert network.edges[-1] == ("a.context", "head")
