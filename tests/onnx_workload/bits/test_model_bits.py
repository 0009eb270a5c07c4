"""Bits that a model says itself become the precision of its layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from zigzag_imc.core.bits import Bits
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.onnx_workload import NETWORKS, Network, load_network

Parse = Callable[..., onnx.ModelProto]

QDQ = """g (float[1,4,10,10] x) => (z)
    <float s, {inputs} xz, {weights}[8,4,3,3] w, {weights} wz, {outputs} yz> {{
    xq = QuantizeLinear(x, s, xz) xd = DequantizeLinear(xq, s, xz)
    wd = DequantizeLinear(w, s, wz)
    [conv] y = Conv(xd, wd)
    r = Relu(y) yq = QuantizeLinear(r, s, yz) z = DequantizeLinear(yq, s, yz) }}"""


def only(model: onnx.ModelProto, precision: Precision | Bits | None = None) -> Layer:
    """Return the one layer of a model."""
    (layer,) = load_network(model, precision=precision).layers
    return layer


@pytest.mark.parametrize(
    ("inputs", "weights", "outputs", "bits"),
    [
        ("uint8", "int8", "uint8", (8, 8, 8)),
        ("int16", "int4", "int8", (4, 16, 8)),
        ("uint4", "uint4", "uint4", (4, 4, 4)),
        ("float8e4m3fn", "float8e5m2", "float8e4m3fn", (8, 8, 8)),
        ("uint2", "int2", "uint16", (2, 2, 16)),
    ],
)
def test_pairs_around_a_layer(
    parse: Parse, inputs: str, weights: str, outputs: str, bits: tuple[int, int, int]
) -> None:
    model = parse(QDQ.format(inputs=inputs, weights=weights, outputs=outputs), opset=25, ir=11)
    layer = only(model)
    weight_bits, input_bits, output_bits = bits
    assert layer.given_bits == Bits(W=weight_bits, I=input_bits, O_final=output_bits)
    sums = max(16, weight_bits + input_bits)
    assert layer.precision == Precision(W=weight_bits, I=input_bits, O=sums, O_final=output_bits)


@pytest.mark.parametrize("said", [Bits(W=2), Precision(W=2, I=3, O=5, O_final=6)])
def test_the_user_comes_first(parse: Parse, said: Bits | Precision) -> None:
    model = parse(QDQ.format(inputs="int16", weights="int4", outputs="int8"), opset=21, ir=10)
    precision = only(model, said).precision
    assert precision.W == 2
    assert (16 if isinstance(said, Bits) else 3) == precision.I


def test_an_output_that_is_not_quantized_wherever_it_goes_has_no_bits(parse: Parse) -> None:
    text = QDQ.format(inputs="int8", weights="int8", outputs="uint4")
    both = text.replace("=> (z)", "=> (z, y)")
    assert only(parse(both, opset=21, ir=10)).given_bits == Bits(W=8, I=8)
    twice = text.replace("r = Relu(y)", "r = Relu(y) e = Softmax(y)").replace("(z)", "(z, e)")
    assert only(parse(twice, opset=21, ir=10)).given_bits == Bits(W=8, I=8)


# ------------------------------------------------------------------ quantizers of vendors
def quantized(
    weight_op: str,
    weight_bits: list[float],
    input_op: str = "Quant",
    input_bits: list[float] | None = None,
    domain: str = "qonnx.custom_op.general",
    **attributes: Any,
) -> onnx.ModelProto:
    """Return a convolution whose input and weights pass quantizers with numbers of bits."""
    stored = {"w": np.zeros((8, 4, 3, 3), np.float32), "s": np.float32(0.5), "z": np.float32(0)}
    names: dict[str, list[str]] = {}
    for which, bits in (("w", weight_bits), ("x", input_bits or [])):
        names[which] = [f"{which}_bits{number}" for number in range(len(bits))]
        stored |= {name: np.float32(value) for name, value in zip(names[which], bits, strict=True)}
    inputs = ["x", "s", "z", *names["x"]]
    nodes = [helper.make_node(input_op, inputs, ["xq"], domain=domain, **attributes)]
    weights = ["w", "s"] if weight_op == "BipolarQuant" else ["w", "s", "z", *names["w"]]
    nodes += [
        helper.make_node(weight_op, weights, ["wq"], domain=domain),
        helper.make_node("Conv", ["xq", "wq"], ["y"], name="conv"),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4, 10, 10])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in stored.items()],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(domain, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


@pytest.mark.parametrize("domain", ["qonnx.custom_op.general", "onnx.brevitas"])
def test_quant_has_its_bits_as_an_input(domain: str) -> None:
    layer = only(quantized("Quant", [3], "Quant", [5], domain))
    assert layer.given_bits == Bits(W=3, I=5)


def test_bipolar_weights_have_one_bit() -> None:
    assert only(quantized("BipolarQuant", [], "Quant", [2])).given_bits == Bits(W=1, I=2)


def test_truncation_to_the_last_number() -> None:
    assert only(quantized("Quant", [8], "Trunc", [16, 6])).given_bits == Bits(W=8, I=6)


def test_floating_point_of_few_bits() -> None:
    """A sign, four bits of exponent, three of mantissa."""
    model = quantized("Quant", [4.0], "FloatQuant", [3, 7, 1])
    model.graph.node[0].input[2] = "w_bits0"  # four: no zero point stands there
    assert only(model).given_bits == Bits(W=4, I=8)


@pytest.mark.parametrize(
    ("text", "bits"),
    [("UINT4", 4), ("BIPOLAR", 1), ("BINARY", 1), ("TERNARY", 2), ("INT32", 32), ("FLOAT32", None)],
)
def test_thresholds_have_a_type_as_text(text: str, bits: int | None) -> None:
    layer = only(quantized("Quant", [4], "MultiThreshold", [], out_dtype=text))
    assert layer.given_bits == Bits(W=4, I=bits)


def test_bits_that_are_computed_are_not_known() -> None:
    model = quantized("Quant", [4], "Quant", [8])
    del model.graph.initializer[-1]
    model.graph.input.append(helper.make_tensor_value_info("x_bits0", TensorProto.FLOAT, []))
    assert only(model).given_bits == Bits(W=4)


def test_annotations_of_types() -> None:
    model = quantized("Quant", [4], "Quant", [8])
    model.graph.node[2].input[1] = "w"
    entry = onnx.StringStringEntryProto(key="finn_datatype", value="INT2")
    model.graph.quantization_annotation.append(
        onnx.TensorAnnotation(tensor_name="w", quant_parameter_tensor_names=[entry])
    )
    assert only(model).given_bits == Bits(W=2, I=8)


# ------------------------------------------------------------------ quantized operators
QUANTIZED_OPERATORS = {
    "convolution": (
        """g (uint8[1,4,10,10] x) => (y) <float s, uint8 z, int8[8,4,3,3] w, int8 wz>
        { [n] y = QLinearConv(x, s, z, w, s, wz, s, z) }""",
        Bits(W=8, I=8, O_final=8),
    ),
    "product": (
        """g (uint8[8,64] x) => (y) <float s, uint8 z, int8[64,16] w, int8 wz>
        { [n] y = QLinearMatMul(x, s, z, w, s, wz, s, z) }""",
        Bits(W=8, I=8, O_final=8),
    ),
    "integers": (
        """g (float[8,64] x) => (y) <int8[64,16] w>
        { q, s, z = DynamicQuantizeLinear(x) [n] y = MatMulInteger(q, w, z) }""",
        Bits(W=8, I=8),
    ),
    "gemm": (
        """g (uint8[8,64] x) => (y) <float s, uint8 z, int8[64,16] w, int8 wz>
        { [n] y = com.microsoft.QGemm(x, s, z, w, s, wz, , s, z) }""",
        Bits(W=8, I=8, O_final=8),
    ),
    "packed": (
        """g (float[8,64] x) => (y) <uint8[16,2,16] w, float[16,2] s>
        { [n] y = com.microsoft.MatMulNBits<K=64, N=16, bits=2, block_size=32>(x, w, s) }""",
        Bits(W=2),
    ),
    "packed by default": (
        """g (float[8,64] x) => (y) <uint8[16,2,16] w, float[16,2] s>
        { [n] y = com.microsoft.MatMulNBits<K=64, N=16, block_size=32>(x, w, s) }""",
        Bits(W=4),
    ),
    "transposed weights": (
        """g (float[8,64] x) => (y) <float s, int4[16,64] w> {
        d = DequantizeLinear(w, s) t = Transpose<perm=[1,0]>(d) [n] y = MatMul(x, t) }""",
        Bits(W=4),
    ),
    "weights on the left": (
        """g (float[64,8] x) => (y) <float s, int4[16,64] w, uint8 z> {
        d = DequantizeLinear(w, s) q = QuantizeLinear(x, s, z) e = DequantizeLinear(q, s, z)
        [n] y = MatMul(d, e) }""",
        Bits(W=4, I=8),
    ),
    "after a pool and a residual": (
        """g (uint8[1,4,12,12] x) => (y) <float s, uint8 z, int8[8,4,3,3] w, int8 wz> {
        a = com.microsoft.QLinearAdd(x, s, z, x, s, z, s, z)
        p = MaxPool<kernel_shape=[1,1]>(a)
        [n] y = QLinearConv(p, s, z, w, s, wz, s, z) }""",
        Bits(W=8, I=8, O_final=8),
    ),
    "bits of the standard's attention": (
        """g (float[1,4,8,16] q, float[1,4,8,16] k, float[1,4,8,16] v) => (y) <float s, int4 z> {
        kq = QuantizeLinear(k, s, z) kd = DequantizeLinear(kq, s, z)
        [n] y = Attention(q, kd, v) }""",
        None,
    ),
}


@pytest.mark.parametrize("case", QUANTIZED_OPERATORS)
def test_quantized_operators(parse: Parse, case: str) -> None:
    text, bits = QUANTIZED_OPERATORS[case]
    layers = load_network(parse(text, opset=23, ir=11)).layers
    found = {layer.name: layer.given_bits for layer in layers}
    expected = {"n": bits} if bits else {"n.scores": Bits(W=4), "n.context": Bits()}
    assert found == expected


# ------------------------------------------------------------------ what is said
def test_it_is_said_once(parse: Parse) -> None:
    two = """g (float[1,64] x) => (z) <float s, int4[64,64] w, int8[64,64] v, float[64,64] f> {
        a = DequantizeLinear(w, s) b = DequantizeLinear(v, s)
        m = MatMul(x, a) n = MatMul(m, a) o = MatMul(n, b) z = MatMul(o, f) }"""
    model = parse(two, opset=21, ir=10)
    assert notices(load_network(model)) == ["bits read from the model: 2 layers W=4, 1 layer W=8"]
    assert notices(load_network(model, precision=Bits(W=8))) == []
    assert notices(load_network(model, precision=Bits(I=8))) == notices(load_network(model))


def notices(network: Network) -> list[str]:
    """Return what is said of bits."""
    return [said for said in network.notices if said.startswith("bits")]


@pytest.mark.parametrize("name", NETWORKS)
def test_shipped_networks_say_nothing(name: str) -> None:
    network = load_network(name)
    assert {layer.precision for layer in network.layers} == {Precision()}
    assert {layer.given_bits for layer in network.layers} == {Bits()}
    assert network.notices == ()
