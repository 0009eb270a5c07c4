"""Convolutions in all their forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.layer import Layer, Window
from zigzag_imc.onnx_workload import Network, load_network

OnlyLayer = Callable[..., Layer]
Load = Callable[..., Network]


def sizes(layer: Layer) -> dict[str, int]:
    """Loops that do anything."""
    return {dim: size for dim, size in layer.loop_dims if size > 1}


def test_height_comes_first(only_layer: OnlyLayer) -> None:
    layer = only_layer("""g (float[2,3,20,9] x, float[8,3,5,2] w) => (y)
        { y = Conv <strides=[2,1], dilations=[1,3], pads=[1,0,2,0]> (x, w) }""")
    assert layer.operator == "Conv"
    assert sizes(layer) == {"B": 2, "K": 8, "C": 3, "OY": 10, "OX": 6, "FY": 5, "FX": 2}
    assert layer.windows == (Window("OY", "FY", 2, 1, 20), Window("OX", "FX", 1, 3, 9))
    assert layer.weight_dims == {"G", "K", "C", "FY", "FX"}
    assert layer.output_dims == {"B", "G", "K", "OY", "OX"}


def test_channels_count_per_group(only_layer: OnlyLayer) -> None:
    layer = only_layer(
        "g (float[1,6,8,8] x, float[9,2,3,3] w) => (y) { y = Conv <group=3> (x, w) }"
    )
    assert sizes(layer) == {"G": 3, "K": 3, "C": 2, "OY": 6, "OX": 6, "FY": 3, "FX": 3}


@pytest.mark.parametrize(("out_channels", "multiplier"), [(6, 1), (12, 2)])
def test_depthwise(only_layer: OnlyLayer, out_channels: int, multiplier: int) -> None:
    layer = only_layer(
        f"g (float[1,6,8,8] x, float[{out_channels},1,3,3] w) => (y) {{ y = Conv <group=6> (x, "
        "w) }"
    )
    assert (layer.sizes["G"], layer.sizes["K"], layer.sizes["C"]) == (6, multiplier, 1)


@pytest.mark.parametrize(
    ("auto_pad", "outputs"),
    [("SAME_UPPER", (5, 4)), ("SAME_LOWER", (5, 4)), ("VALID", (4, 2)), ("NOTSET", (4, 2))],
)
def test_auto_pad(only_layer: OnlyLayer, auto_pad: str, outputs: tuple[int, int]) -> None:
    layer = only_layer(f"""g (float[1,1,9,7] x, float[1,1,3,5] w) => (y)
        {{ y = Conv <auto_pad="{auto_pad}", strides=[2,2]> (x, w) }}""")
    assert (layer.sizes["OY"], layer.sizes["OX"]) == outputs


def test_one_axis_becomes_a_row(only_layer: OnlyLayer) -> None:
    layer = only_layer(
        "g (float[1,4,50] x, float[8,4,9] w) => (y) { y = Conv <strides=[2]> (x, w) }"
    )
    assert sizes(layer) == {"K": 8, "C": 4, "OX": 21, "FX": 9}
    assert layer.windows == (Window("OY", "FY", 1, 1, 1), Window("OX", "FX", 2, 1, 50))


@pytest.mark.parametrize(
    ("shape", "kernel", "expected"),
    [
        ("1,2,1,6,6", "1,3,3", {"K": 4, "C": 2, "OY": 4, "OX": 4, "FY": 3, "FX": 3}),
        ("1,2,5,6,6", "1,3,3", {"B": 5, "K": 4, "C": 2, "OY": 4, "OX": 4, "FY": 3, "FX": 3}),
        ("1,2,3,6,6", "3,3,3", {"K": 4, "C": 6, "OY": 4, "OX": 4, "FY": 3, "FX": 3}),
        ("1,2,6,1,6", "3,1,3", {"K": 4, "C": 2, "OY": 4, "OX": 4, "FY": 3, "FX": 3}),
    ],
    ids=["flat", "kernel of one is batch", "whole depth is channels", "flat height"],
)
def test_third_axis_folds(
    only_layer: OnlyLayer, shape: str, kernel: str, expected: dict[str, int]
) -> None:
    layer = only_layer(f"g (float[{shape}] x, float[4,2,{kernel}] w) => (y) {{ y = Conv (x, w) }}")
    assert sizes(layer) == expected


def test_more_axes_than_three_are_reported(load: Load) -> None:
    network = load(
        "g (float[1,2,6,6,6,6] x, float[4,2,3,3,3,3] w) => (y) { y = Conv (x, w) z = Relu(y) }"
    )
    assert network.layers == ()
    (left_out,) = network.unsupported
    assert (left_out.op_type, left_out.count, left_out.node_names) == ("Conv", 1, ("Conv_0",))
    assert "4 axes" in left_out.reason


def test_no_axis_at_all_is_reported(load: Load) -> None:
    network = load("g (float[1,2] x, float[4,2] w) => (y) { y = Conv (x, w) }")
    assert [operator.reason for operator in network.unsupported] == [
        "convolution without a spatial axis"
    ]


def test_padded_depth_does_not_fold(only_layer: OnlyLayer) -> None:
    layer = only_layer(
        "g (float[1,2,1,6,6] x, float[4,2,3,3,3] w) => (y) { y = Conv <pads=[1,0,0,1,0,0]> (x, w) }"
    )
    assert (layer.sizes["OZ"], layer.sizes["FZ"], layer.windows[0].size) == (1, 3, 1)


def test_quantized_forms(only_layer: OnlyLayer) -> None:
    expected = {"K": 5, "C": 3, "OY": 6, "OX": 6, "FY": 3, "FX": 3}
    integer = only_layer("g (uint8[1,3,8,8] x, uint8[5,3,3,3] w) => (y) { y = ConvInteger (x, w) }")
    assert (integer.operator, sizes(integer)) == ("ConvInteger", expected)
    linear = only_layer("""g (uint8[1,3,8,8] x, float s, uint8 z, uint8[5,3,3,3] w) => (y)
        { y = QLinearConv (x, s, z, w, s, z, s, z) }""")
    assert (linear.operator, sizes(linear)) == ("QLinearConv", expected)


@pytest.mark.parametrize(
    ("graph", "complaint"),
    [
        (
            "g (float[1,4,8,8] x, float[5,3,3,3] w) => (y) { y = Conv (x, w) }",
            "input has 4 channels, expected 3",
        ),
        (
            "g (float[1,3,8,8] x, float[5,3,3] w) => (y) { y = Conv (x, w) }",
            "weights have 3 dimensions, expected 4",
        ),
        (
            "g (float[1,4,8,8] x, float[5,2,3,3] w) => (y) { y = Conv <group=2> (x, w) }",
            "5 output channels in 2",
        ),
        (
            "g (float[1,3,8,2] x, float[5,3,3,3] w) => (y) { y = Conv (x, w) }",
            "does not fit in 2 inputs on axis 1",
        ),
        (
            "g (float[1,3,8,8] x, float[5,3,3,3] w) => (y) { y = Conv <strides=[2]> (x, w) }",
            "strides has 1 numbers",
        ),
        (
            "g (float[1,3,8,8] x, float[5,3,3,3] w) => (y) { y = Conv <strides=[0,1]> (x, w) }",
            "stride 0",
        ),
        (
            'g (float[1,3,8,8] x, float[5,3,3,3] w) => (y) { y = Conv <auto_pad="SAME"> (x, w) }',
            "auto_pad is 'SAME'",
        ),
        ("g (float[1,3,8,8] x) => (y) { y = Conv (x) }", "input 1 is missing"),
    ],
)
def test_contradictions(load: Load, graph: str, complaint: str) -> None:
    with pytest.raises(WorkloadError, match="node 'Conv_0'") as caught:
        load(graph)
    assert complaint in str(caught.value)


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]:
    """Shapes of input and weights, and attributes, of a convolution in which the filter fits."""
    axes = draw(st.integers(1, 2))
    kernel = [draw(st.integers(1, 4)) for _ in range(axes)]
    dilations = [draw(st.integers(1, 3)) for _ in range(axes)]
    strides = [draw(st.integers(1, 3)) for _ in range(axes)]
    groups, channels, filters = (draw(st.integers(1, 3)) for _ in range(3))
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    size = [draw(st.integers(r, r + 6)) for r in reach]
    attributes: dict[str, Any] = {"group": groups, "strides": strides, "dilations": dilations}
    # The reference evaluator pads SAME wrongly around dilated filters, so those two do not go
    # together.
    mode = draw(
        st.sampled_from(["NOTSET", "VALID"] + ["SAME_UPPER", "SAME_LOWER"] * (max(dilations) == 1))
    )
    attributes["auto_pad"] = mode
    if mode == "NOTSET":
        attributes["pads"] = [draw(st.integers(0, 3)) for _ in range(2 * axes)]
    batch = draw(st.integers(1, 2))
    return (batch, groups * channels, *size), (groups * filters, channels, *kernel), attributes


def convolution_model(
    shape: tuple[int, ...], weights: tuple[int, ...], attributes: dict[str, Any]
) -> onnx.ModelProto:
    node = helper.make_node("Conv", ["x", "w"], ["y"], **attributes)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)
        for name, dims in (("x", shape), ("w", weights))
    ]
    graph = helper.make_graph([node], "g", inputs, [helper.make_value_info("y", onnx.TypeProto())])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@settings(max_examples=120, deadline=None)
@given(convolutions())
def test_loops_count_what_running_the_node_does(
    case: tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]],
) -> None:
    """Ones everywhere: every output is the number of products that entered it, padding aside."""
    shape, weights, attributes = case
    model = convolution_model(shape, weights, attributes)
    (layer,) = load_network(model).layers
    feeds = {"x": np.ones(shape, np.float32), "w": np.ones(weights, np.float32)}
    (output,) = ReferenceEvaluator(model).run(None, feeds)
    result = np.asarray(output)

    def volume(operand: str) -> int:
        return int(np.prod([layer.sizes[dim] for dim in layer.relevant(operand)]))

    assert volume("O") == result.size
    assert volume("W") == np.prod(weights)
    assert layer.macs == result.size * np.prod(weights[1:])
    unpadded = attributes["auto_pad"] == "VALID" or not any(attributes.get("pads", [1]))
    assert result.sum() <= layer.macs
    if unpadded:
        assert result.sum() == layer.macs


@settings(max_examples=120, deadline=None)
@given(convolutions())
def test_windows_touch_the_inputs_that_matter(
    case: tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]],
) -> None:
    """The window of an axis reaches as many inputs as the loops do.

    Unless padding makes it more than there are.
    """
    shape, weights, attributes = case
    unpadded = {key: value for key, value in attributes.items() if key != "pads"} | {
        "auto_pad": "VALID"
    }
    (layer,) = load_network(convolution_model(shape, weights, unpadded)).layers
    for window, size in zip(reversed(layer.windows), reversed(shape[2:]), strict=False):
        positions = {
            o * window.stride + f * window.dilation
            for o in range(layer.sizes[window.output_dim])
            for f in range(layer.sizes[window.filter_dim])
        }
        assert window.size == size
        assert max(positions) < size
        assert window.extent(layer.sizes[window.output_dim], layer.sizes[window.filter_dim]) == len(
            positions
        )
