"""A vendor's operator between two layers: the second one's sizes tell the shape behind it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from zigzag_imc.onnx_workload import Network

Load = Callable[..., Network]


@pytest.mark.parametrize(
    ("node", "channels", "size"),
    [
        ("my.domain.Quant(a, s, s, s)", 8, 6),
        ("my.domain.BipolarQuant(a, s)", 8, 6),
        ("my.domain.MultiThreshold(a, s)", 8, 6),
        ("com.microsoft.QuantizeLinear(a, s, s)", 8, 6),
        ("com.microsoft.QLinearAdd(a, s, s, a, s, s, s, s)", 8, 6),
        ("com.microsoft.QLinearMul(a, s, s, s, s, s, s, s)", 8, 6),
        ("com.microsoft.QLinearLeakyRelu(a, s, s, s, s)", 8, 6),
        ("com.microsoft.QLinearConcat<axis=1>(s, s, a, s, s, a, s, s)", 16, 6),
        ("com.microsoft.QLinearGlobalAveragePool(a, s, s, s, s)", 8, 1),
        (
            "my.domain.QLinearAveragePool<kernel_shape=[2,2], strides=[2,2]>(a, s, s, s)",
            8,
            3,
        ),
        ("com.microsoft.FusedConv(a, v)", 5, 4),
        ("my.domain.Relu(a)", 8, 6),
        ("my.domain.MaxPool<kernel_shape=[2,2], strides=[2,2]>(a)", 8, 3),
        ("my.domain.Transpose<perm=[0,1,3,2]>(a)", 8, 6),
        ("my.domain.Sharpen(a)", 8, 6),
    ],
)
def test_images(load: Load, node: str, channels: int, size: int) -> None:
    """An image of 8 channels and 6 x 6 goes in."""
    network = load(f"""g (float[1,4,8,8] x) => (y)
        <float[8,4,3,3] w, float[5,8,3,3] v, float[7,{channels},1,1] h, float s>
        {{ a = Conv(x, w) b = {node} [last] y = Conv(b, h) }}""")
    last = network.layers[-1]
    assert (last.name, last.sizes["OY"], last.sizes["C"]) == ("last", size, channels)


@pytest.mark.parametrize(
    ("node", "width"),
    [
        ("com.microsoft.FastGelu(a, s)", 16),
        ("com.microsoft.BiasGelu(a, s)", 16),
        ("com.microsoft.SkipLayerNormalization(a, a, s)", 16),
        ("com.microsoft.SkipSimplifiedLayerNormalization(a, a, s)", 16),
        ("com.microsoft.BiasSplitGelu(a, s)", 8),
        ("com.microsoft.MatMulNBits<K=16, N=24, bits=4>(a, w4, s)", 24),
        ("com.microsoft.FusedMatMul<transB=1>(a, t)", 20),
        ("com.microsoft.MultiHeadAttention<num_heads=2>(a, a, a)", 16),
        ("com.microsoft.GroupQueryAttention<num_heads=2, kv_num_heads=1>(a)", 8),
        ("com.microsoft.Attention<num_heads=2>(a, qkv, s)", 12),
    ],
)
def test_rows(load: Load, node: str, width: int) -> None:
    """Three rows of 16 go in."""
    network = load(f"""g (float[1,3,8] x) => (y)
        <float[8,16] w, uint8[24,1,8] w4, float[20,16] t, float[16,36] qkv, float[{width},7] h,
         float s> {{ a = MatMul(x, w) b = {node} [last] y = MatMul(b, h) }}""")
    last = network.layers[-1]
    assert (last.name, last.sizes["D"], last.sizes["C"]) == ("last", 3, width)


def test_embedding(load: Load) -> None:
    network = load("""g (int32[2,9] ids) => (y) <float[100,16] words, float[16] g, float[16,7] h> {
        e, m = com.microsoft.EmbedLayerNormalization(ids, , words, words, , g, g)
        y = MatMul(e, h) }""")
    assert network.total_macs == 2 * 9 * 16 * 7


def test_channels_last_domain(load: Load) -> None:
    network = load(
        """g (float[1,8,8,4] x) => (y) <float[5,4,3,3] w, float[5,7] h> {
        a = com.ms.internal.nhwc.Conv(x, w)
        b = com.ms.internal.nhwc.MaxPool<kernel_shape=[2,2], strides=[2,2]>(a)
        [last] y = MatMul(b, h) }"""
    )
    assert network.layers[-1].macs == 3 * 3 * 5 * 7


def test_lowered_convolution(load: Load) -> None:
    """Windows of 3 x 3 x 4 as rows, times a matrix: the convolution it was."""
    network = load("""g (float[1,8,8,4] x) => (y) <float[36,5] w> {
        a = my.domain.Im2Col<kernel_size=[3,3], stride=[1,1]>(x) y = MatMul(a, w) }""")
    assert network.total_macs == 6 * 6 * 36 * 5


def test_a_guess_is_said(load: Load) -> None:
    network = load("""g (float[2,3] x) => (y) <float[3,3] w> {
        [odd] a = my.domain.Sharpen(x) y = MatMul(a, w) }""")
    assert network.notices == (
        "my.domain::Sharpen is not known and supposed to keep the shape of its input: 'odd'",
    )


def test_a_wrong_guess_stops_nothing(load: Load) -> None:
    network = load("""g (float[2,3] x) => (y) <float[3,3] w, float[5,4] v> {
        [first] c = MatMul(x, w) a = my.domain.Strange(c) [second] y = MatMul(a, v) }""")
    assert [layer.name for layer in network.layers] == ["first"]
    assert network.unsupported[0].node_names == ("second",)
