"""Multiply-accumulates under other names than those of ONNX, each as the layer it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload import Network

OnlyLayer = Callable[..., Layer]
Load = Callable[..., Network]

CONV = {"K": 5, "C": 4, "OY": 6, "OX": 7, "FY": 3, "FX": 3}
PRODUCT = {"D": 8, "K": 16, "C": 64}


def sizes(layer: Layer) -> dict[str, int]:
    return {dim: size for dim, size in layer.sizes.items() if size > 1}


@pytest.mark.parametrize(
    "node",
    [
        "com.microsoft.FusedConv(x, w)",
        "com.microsoft.NhwcConv(last, w)",
        "com.microsoft.NhwcFusedConv(last, v)",
        "com.microsoft.QLinearConv<channels_last=1>(last, s, s, w, s, s, s, s)",
        "my.domain.Conv(x, w)",
    ],
)
def test_convolutions(only_layer: OnlyLayer, node: str) -> None:
    """An image of 8 x 9 with channels second or last; filters likewise (w, v)."""
    layer = only_layer(f"""g (float[1,4,8,9] x, float[1,8,9,4] last) => (y)
        <float[5,4,3,3] w, float[5,3,3,4] v, float s> {{ y = {node} }}""")
    assert sizes(layer) == CONV


@pytest.mark.parametrize(
    "node",
    [
        "com.microsoft.FusedMatMul(x, w)",
        "com.microsoft.FusedMatMul<transB=1>(x, t)",
        "com.microsoft.FusedMatMul<transA=1>(t1, w)",
        "com.microsoft.TransposeMatMul<transB=1>(x, t)",
        "com.microsoft.FusedGemm<transB=1>(x, t)",
        "com.microsoft.QGemm(x, s, s, w, s, s)",
        "com.microsoft.DynamicQuantizeMatMul(x, w, s)",
        "com.microsoft.MatMulIntegerToFloat(x, w, s, s)",
        "my.domain.XnorPopcountMatMul(x, w)",
        "my.domain.MatrixVectorActivation(x, w)",
        'Einsum<equation="ti,io->to">(x, w)',
        'Einsum<equation="ti, oi -> to">(x, t)',
        'Einsum<equation="...i,io">(x, w)',
        'Einsum<equation="io,ti->to">(w, x)',
    ],
)
def test_products(only_layer: OnlyLayer, node: str) -> None:
    layer = only_layer(f"""g (float[8,64] x, float[64,8] t1) => (y)
        <float[64,16] w, float[16,64] t, float s> {{ y = {node} }}""")
    assert sizes(layer) == PRODUCT


def test_rows_before_the_stack(only_layer: OnlyLayer) -> None:
    """8 rows, a stack of 3: ``transBatchA`` moves the stack to the front."""
    layer = only_layer("""g (float[8,3,64] x, float[3,64,16] k) => (y)
        { y = com.microsoft.FusedMatMul<transBatchA=1>(x, k) }""")
    assert sizes(layer) == {"B": 3} | PRODUCT


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_packed_weights_keep_their_bits(only_layer: OnlyLayer, bits: int) -> None:
    layer = only_layer(f"""g (float[1,8,64] x) => (y) <uint8[16,2,16] w, float[32] s>
        {{ y = com.microsoft.MatMulNBits<K=64, N=16, bits={bits}, block_size=32>(x, w, s) }}""")
    assert sizes(layer) == PRODUCT
    assert (bits, 8) == (layer.precision.W, layer.precision.I)


@pytest.mark.parametrize(
    ("equation", "left", "right", "expected"),
    [
        ("bhid,bhjd->bhij", "2,4,8,16", "2,4,9,16", {"B": 2, "H": 4, "D": 8, "K": 9, "C": 16}),
        ("bhij,bhjd->bhid", "2,4,8,9", "2,4,9,16", {"B": 2, "H": 4, "D": 8, "K": 16, "C": 9}),
        ("bqhd,bkhd->bhqk", "2,8,4,16", "2,9,4,16", {"B": 2, "H": 4, "D": 8, "K": 9, "C": 16}),
        ("abc,cd", "2,8,16", "16,5", {"B": 2, "D": 8, "K": 5, "C": 16}),
        ("ij,jk", "8,16", "16,5", {"D": 8, "K": 5, "C": 16}),
    ],
)
def test_contractions(
    only_layer: OnlyLayer, equation: str, left: str, right: str, expected: dict[str, int]
) -> None:
    layer = only_layer(f"""g (float[{left}] x, float[{right}] k) => (y)
        {{ y = Einsum<equation="{equation}">(x, k) }}""")
    assert sizes(layer) == expected


def test_equations_that_sum_no_products_are_no_layers(load: Load) -> None:
    network = load("""g (float[8] x, float[9] z) => (y)
        { a = Einsum<equation="i,j->ij">(x, z) y = Einsum<equation="ij->ji">(a) }""")
    assert (network.layers, network.unsupported) == ((), ())


def test_other_equations_are_counted(load: Load) -> None:
    """The axis ``k`` of 3 is summed over in one tensor alone: 2 x 4 x 5 x 3 products."""
    network = load("""g (float[2,4,3] x, float[4,5] z) => (y)
        { y = Einsum<equation="ijk,jl->il">(x, z) }""")
    assert [operator.macs for operator in network.unsupported] == [2 * 4 * 5 * 3]


@pytest.mark.parametrize(
    ("attributes", "kernel", "expected"),
    [
        # A stride that is the filter: every output uses one tap.
        ("strides=[2,2]", "2,2", {"K": 20, "C": 4, "OY": 8, "OX": 8}),
        # Two of four taps per axis meet at each output.
        (
            "strides=[2,2], pads=[1,1,1,1]",
            "4,4",
            {"K": 20, "C": 4, "OY": 8, "OX": 8, "FY": 2, "FX": 2},
        ),
        # A convolution with the filter turned around.
        ("pads=[1,1,1,1]", "3,3", {"K": 5, "C": 4, "OY": 8, "OX": 8, "FY": 3, "FX": 3}),
        # No stride divides the filter: nine products per input and channel, then they overlap.
        ("strides=[2,2]", "3,3", {"K": 45, "C": 4, "OY": 8, "OX": 8}),
    ],
)
def test_transposed_convolutions(
    only_layer: OnlyLayer, attributes: str, kernel: str, expected: dict[str, int]
) -> None:
    """An image of 8 x 8 with 4 channels, 5 output channels."""
    layer = only_layer(f"""g (float[1,4,8,8] x) => (y) <float[4,5,{kernel}] w>
        {{ y = ConvTranspose<{attributes}>(x, w) }}""")
    assert sizes(layer) == expected


def test_deformable_convolutions_are_counted(load: Load) -> None:
    network = load(
        """g (float[1,4,8,8] x, float[1,18,6,6] o) => (y) <float[5,4,3,3] w>
        { y = DeformConv(x, w, o) }""",
        opset=22,
    )
    assert [operator.macs for operator in network.unsupported] == [6 * 6 * 5 * 4 * 9]


def test_windows_of_frames_that_do_not_overlap_fold(only_layer: OnlyLayer) -> None:
    """Two of six frames at a time, in steps of two: three images with twice the channels."""
    layer = only_layer("""g (float[1,4,6,8,8] x) => (y) <float[5,4,2,3,3] w>
        { y = Conv<strides=[2,1,1]>(x, w) }""")
    assert sizes(layer) == {"B": 3, "K": 5, "C": 8, "OY": 6, "OX": 6, "FY": 3, "FX": 3}


def test_overlapping_frames_are_a_third_axis(only_layer: OnlyLayer) -> None:
    layer = only_layer("""g (float[1,4,6,8,8] x) => (y) <float[5,4,3,3,3] w>
        { y = Conv<pads=[1,0,0,1,0,0], dilations=[2,1,1]>(x, w) }""")
    expected = CONV | {"OZ": 4, "OX": 6, "FZ": 3}
    assert sizes(layer) == expected
    depth = layer.windows[0]
    assert (depth.output_dim, depth.filter_dim, depth.dilation, depth.size) == ("OZ", "FZ", 2, 6)
    assert layer.weight_dims == {"G", "K", "C", "FZ", "FY", "FX"}


def test_a_third_axis_of_a_transposed_convolution(only_layer: OnlyLayer) -> None:
    """Each of three axes has twice the outputs, each made by one of two taps."""
    layer = only_layer("""g (float[1,4,3,3,3] x) => (y) <float[4,5,4,4,4] w>
        { y = ConvTranspose<strides=[2,2,2], pads=[1,1,1,1,1,1]>(x, w) }""")
    taps = {"FZ": 2, "FY": 2, "FX": 2}
    assert sizes(layer) == {"K": 40, "C": 4, "OZ": 3, "OY": 3, "OX": 3} | taps


def test_four_axes_are_counted(load: Load) -> None:
    network = load("""g (float[1,4,6,8,8,8] x) => (y) <float[5,4,3,3,3,3] w> { y = Conv(x, w) }""")
    assert [operator.macs for operator in network.unsupported] == [4 * 6 * 6 * 6 * 5 * 4 * 81]
