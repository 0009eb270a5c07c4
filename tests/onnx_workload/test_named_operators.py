"""Operators that models of vendors are full of.

Each is a layer of the right sizes, or passes shapes on to the layer behind it.
"""

from __future__ import annotations

from collections.abc import Callable

import onnx
import pytest

from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload import load_network

Parse = Callable[..., onnx.ModelProto]

# ------------------------------------------------------------------ operators that are layers
CONV = "float[1,4,10,9] x"
CONV_SIZES = {"K": 8, "C": 4, "OY": 8, "OX": 7, "FY": 3, "FX": 3}
ROWS = "float[2,8,64] x"
ROWS_SIZES = {"B": 2, "D": 8, "K": 16, "C": 64}

# Inputs, weights, node, and the sizes of the layers it is.
LAYERS: dict[str, tuple[str, str, str, list[dict[str, int]]]] = {
    "FusedConv": (
        CONV,
        "float[8,4,3,3] w, float[8] b",
        'com.microsoft.FusedConv<activation="Relu">(x, w, b)',
        [CONV_SIZES],
    ),
    "QLinearConv": (
        "uint8[1,4,10,9] x",
        "int8[8,4,3,3] w, float s, uint8 z, int8 v",
        "QLinearConv(x, s, z, w, s, v, s, z)",
        [CONV_SIZES],
    ),
    "channels last": (
        "float[1,10,9,4] x",
        "float[8,4,3,3] w",
        "qonnx.custom_op.channels_last.Conv<kernel_shape=[3,3]>(x, w)",
        [CONV_SIZES],
    ),
    "ConvTranspose": (
        CONV,
        "float[4,8,2,2] w",
        "ConvTranspose<strides=[2,2]>(x, w)",
        [{"K": 32, "C": 4, "OY": 10, "OX": 9}],
    ),
    "Conv over three axes": (
        "float[1,4,5,10,9] x",
        "float[8,4,3,3,3] w",
        "Conv<strides=[2,1,1]>(x, w)",
        [CONV_SIZES | {"OZ": 2, "FZ": 3}],
    ),
    "FusedMatMul": (
        ROWS,
        "float[16,64] w",
        "com.microsoft.FusedMatMul<transB=1>(x, w)",
        [ROWS_SIZES],
    ),
    "QLinearMatMul": (
        "uint8[2,8,64] x",
        "int8[64,16] w, float s, uint8 z, int8 v",
        "QLinearMatMul(x, s, z, w, s, v, s, z)",
        [ROWS_SIZES],
    ),
    "MatMulNBits": (
        ROWS,
        "uint8[16,2,16] w, float[16,2] s",
        "com.microsoft.MatMulNBits<K=64, N=16, bits=4, block_size=32>(x, w, s)",
        [ROWS_SIZES],
    ),
    "FusedGemm": (
        "float[8,64] x",
        "float[16,64] w, float[16] b",
        'com.microsoft.FusedGemm<transB=1, activation="Relu">(x, w, b)',
        [{"D": 8, "K": 16, "C": 64}],
    ),
    "QGemm": (
        "uint8[8,64] x",
        "int8[64,16] w, float s, uint8 z, int8 v",
        "com.microsoft.QGemm(x, s, z, w, s, v)",
        [{"D": 8, "K": 16, "C": 64}],
    ),
    "Einsum": (
        "float[2,8,4,16] x, float[2,9,4,16] y",
        "float s",
        'Einsum<equation="bqhd,bkhd->bhqk">(x, y)',
        [{"B": 2, "H": 4, "D": 8, "K": 9, "C": 16}],
    ),
    "MultiHeadAttention": (
        "float[2,8,64] x, float[2,9,64] k, float[2,9,64] v",
        "float s",
        "com.microsoft.MultiHeadAttention<num_heads=4>(x, k, v)",
        [
            {"B": 2, "H": 4, "D": 8, "K": 9, "C": 16},
            {"B": 2, "H": 4, "D": 8, "K": 16, "C": 9},
        ],
    ),
    "Attention of ONNX Runtime": (
        ROWS,
        "float[64,192] w, float[192] b",
        "com.microsoft.Attention<num_heads=4>(x, w, b)",
        [
            {"B": 2, "D": 8, "K": 192, "C": 64},
            {"B": 2, "H": 4, "D": 8, "K": 8, "C": 16},
            {"B": 2, "H": 4, "D": 8, "K": 16, "C": 8},
        ],
    ),
    "Attention of ONNX": (
        "float[2,8,64] x, float[2,9,32] k, float[2,9,32] v",
        "float s",
        "Attention<q_num_heads=4, kv_num_heads=2>(x, k, v)",
        # Two heads share their keys: twice the rows.
        [
            {"B": 2, "H": 2, "D": 16, "K": 9, "C": 16},
            {"B": 2, "H": 2, "D": 16, "K": 16, "C": 9},
        ],
    ),
    "LSTM": (
        "float[3,2,10] x",
        "float[1,32,10] w, float[1,32,8] r",
        "LSTM<hidden_size=8>(x, w, r)",
        [{"D": 6, "K": 32, "C": 10}, *[{"D": 2, "K": 32, "C": 8}] * 3],
    ),
    "GRU": (
        "float[3,2,10] x",
        "float[2,24,10] w, float[2,24,8] r",
        'GRU<hidden_size=8, direction="bidirectional">(x, w, r)',
        [{"D": 6, "K": 24, "C": 10}, *[{"D": 2, "K": 24, "C": 8}] * 3] * 2,
    ),
}


def sizes(layer: Layer) -> dict[str, int]:
    """Return the loops of more than one step."""
    return {dim: size for dim, size in layer.sizes.items() if size > 1}


def parsed(parse: Parse, inputs: str, weights: str, nodes: str) -> onnx.ModelProto:
    """Return a model, whose domains are those that its nodes need."""
    model = parse(f"g ({inputs}) => (out) <{weights}> {{ {nodes} }}", opset=23, ir=11)
    known = {entry.domain for entry in model.opset_import}
    for domain in sorted({node.domain for node in model.graph.node} - known):
        model.opset_import.append(onnx.helper.make_opsetid(domain, 1))
    return model


@pytest.mark.parametrize("name", LAYERS)
def test_layers_of_an_operator(parse: Parse, name: str) -> None:
    inputs, weights, node, expected = LAYERS[name]
    network = load_network(parsed(parse, inputs, weights, f"out = {node}"))
    assert network.unsupported == ()
    assert [sizes(layer) for layer in network.layers] == expected


# ------------------------------------------------------------------ operators between layers
IMAGES = {
    "QLinearAdd": "com.microsoft.QLinearAdd(a, s, z, a, s, z, s, z)",
    "QLinearMul": "com.microsoft.QLinearMul(a, s, z, a, s, z, s, z)",
    "QLinearConcat": "com.microsoft.QLinearConcat<axis=1>(s, z, a, s, z, a, s, z)",
    "QLinearGlobalAveragePool": "com.microsoft.QLinearGlobalAveragePool(a, s, z, s, z)",
    "Quant": "qonnx.custom_op.general.Quant(a, s, s, n)",
    "BipolarQuant": "qonnx.custom_op.general.BipolarQuant(a, s)",
    "Trunc": "qonnx.custom_op.general.Trunc(a, s, s, n, n)",
    "MultiThreshold": "qonnx.custom_op.general.MultiThreshold(a, t)",
    "Quant of Brevitas": "onnx.brevitas.Quant(a, s, s, n)",
}
IMAGE_SIZES = {"QLinearConcat": (12, 8), "QLinearGlobalAveragePool": (6, 1)}


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_passes(parse: Parse, name: str) -> None:
    """Six channels of 8 x 8 go in; a layer behind sees channels and size."""
    channels, size = IMAGE_SIZES.get(name, (6, 8))
    weights = (
        f"float[6,4,3,3] w, float[5,{channels},1,1] v, float s, float n, uint8 z, float[6,3] t"
    )
    nodes = f"a = Conv(x, w) b = {IMAGES[name]} [behind] out = Conv(b, v)"
    network = load_network(parsed(parse, "float[1,4,10,10] x", weights, nodes))
    assert network.unsupported == ()
    layer = network.layers[-1]
    assert (layer.name, layer.sizes["C"], layer.sizes["OY"]) == ("behind", channels, size)


TOKENS = {
    "BiasGelu": "com.microsoft.BiasGelu(a, b)",
    "FastGelu": "com.microsoft.FastGelu(a, b)",
    "SkipLayerNormalization": "com.microsoft.SkipLayerNormalization(a, a, b, b)",
    "MultiHeadAttention": "com.microsoft.MultiHeadAttention<num_heads=4>(a, a, a)",
    "Attention of ONNX": "Attention<q_num_heads=4, kv_num_heads=4>(a, a, a)",
    "Attention of ONNX Runtime": "com.microsoft.Attention<num_heads=4>(a, p, q)",
    "MatMulNBits": "com.microsoft.MatMulNBits<K=16, N=16, bits=4, block_size=16>(a, n, b)",
    "FusedMatMul": "com.microsoft.FusedMatMul<transB=1>(a, m)",
}


@pytest.mark.parametrize("name", TOKENS)
def test_rows_pass(parse: Parse, name: str) -> None:
    """Two sequences of 8 rows of 16 go in and come out."""
    weights = (
        "float[10,16] w, float[16] b, float[16,48] p, float[48] q, uint8[16,1,8] n, "
        "float[16,16] m, float[16,3] v"
    )
    nodes = f"a = MatMul(x, w) c = {TOKENS[name]} [behind] out = MatMul(c, v)"
    network = load_network(parsed(parse, "float[2,8,10] x", weights, nodes))
    assert network.unsupported == ()
    assert sizes(network.layers[-1]) == {"B": 2, "D": 8, "K": 3, "C": 16}


def test_embeddings_pass(parse: Parse) -> None:
    weights = "float[99,16] words, float[16] g, float[16,3] v"
    node = "e, m = com.microsoft.EmbedLayerNormalization(x, , words, words, , g, g)"
    network = load_network(
        parsed(parse, "int32[2,8] x", weights, f"{node} [behind] out = MatMul(e, v)")
    )
    assert [sizes(layer) for layer in network.layers] == [{"B": 2, "D": 8, "K": 3, "C": 16}]
