"""Layers in the bodies of ``Scan``, and of ``Loop`` where shapes say how often it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.onnx_workload import Network, load_network

Load = Callable[..., Network]


def info(name: str, shape: list[int | str] | None = None) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def names_and_macs(network: Network) -> list[tuple[str, int]]:
    return [(layer.name, layer.macs) for layer in network.layers]


def scanning(
    sequence: list[int | str], *, grows: bool = False, opset: int = 17, **attributes: Any
) -> onnx.ModelProto:
    """Return a model that goes through a sequence and multiplies its state in every step."""
    body = helper.make_graph(
        [
            helper.make_node("MatMul", ["part", "w"], ["p"], name="in"),
            helper.make_node("MatMul", ["h", "u"], ["r"], name="state"),
            helper.make_node("Add", ["p", "r"], ["s"]),
            helper.make_node("Concat", ["s", "s"], ["next"], axis=0)
            if grows
            else helper.make_node("Tanh", ["s"], ["next"]),
            helper.make_node("Identity", ["s"], ["out"]),
        ],
        "body",
        [info("h"), info("part")],
        [info("next"), info("out")],
        [numpy_helper.from_array(np.ones((8, 8), np.float32), "u")],
    )
    graph = helper.make_graph(
        [
            helper.make_node(
                "Scan",
                ["start", "x"],
                ["last", "all"],
                name="scan",
                body=body,
                num_scan_inputs=1,
                **attributes,
            ),
            helper.make_node("MatMul", ["last", "v"], ["z"], name="head"),
        ],
        "g",
        [info("x", sequence), info("start", [4, 8])],
        [info("z"), info("all")],
        [
            numpy_helper.from_array(np.ones((6, 8), np.float32), "w"),
            numpy_helper.from_array(np.ones((8, 2), np.float32), "v"),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


STEPS = [
    (f"scan/{name}.{step}", macs)
    for name, macs in (("in", 192), ("state", 256))
    for step in range(3)
]


@pytest.mark.parametrize(
    ("sequence", "attributes"),
    [
        ([3, 4, 6], {}),
        ([4, 3, 6], {"scan_input_axes": [1]}),
        ([4, 6, 3], {"scan_input_axes": [-1], "scan_output_axes": [2]}),
        ([3, 4, 6], {"scan_input_directions": [1]}),
    ],
)
def test_a_scan_counts_as_often_as_its_sequence_is_long(
    sequence: list[int | str], attributes: dict[str, Any]
) -> None:
    network = load_network(scanning(sequence, **attributes))
    assert names_and_macs(network) == [*STEPS, ("head", 4 * 8 * 2)]
    assert network.unsupported == ()
    assert all("C" in layer.weight_dims for layer in network.layers)


def test_an_open_length_is_asked_for_and_then_counts() -> None:
    model = scanning(["length", 4, 6])
    with pytest.raises(WorkloadError, match="length"):
        load_network(model)
    network = load_network(model, dims={"length": 3})
    assert names_and_macs(network) == [*STEPS, ("head", 64)]


def test_a_state_that_grows_is_left_out() -> None:
    network = load_network(scanning([3, 4, 6], grows=True))
    reasons = {op.reason for op in network.unsupported}
    assert "in the body of Scan 'scan', whose sizes change from step to step" in reasons
    assert [layer.name for layer in network.layers] in ([], ["head"])


def test_a_long_sequence_is_left_out_with_its_products() -> None:
    network = load_network(scanning([1_000_000, 4, 6]))
    (left_out,) = network.unsupported
    assert left_out.reason == "in the body of Scan 'scan' of 1,000,000 steps"
    assert left_out.macs == 1_000_000 * (192 + 256)
    assert names_and_macs(network) == [("head", 64)]


def test_what_comes_out_has_its_sizes(load: Load) -> None:
    """Of the part of a step; the number of steps stands on the axis that is asked for."""
    network = load("""g (float[3,4,6] x, float[4,8] s) => (z) <float[6,8] w, float[8,2] v> {
        [scan] h, y = Scan <num_scan_inputs = 1, body = b (float[4,8] c, float[4,6] p)
            => (float[4,8] n, float[4,8] o) { [m] o = MatMul(p, w) n = Identity(c) }>(s, x)
        [head] z = MatMul(h, v) }""")
    assert [macs for _, macs in names_and_macs(network)] == [192, 192, 192, 64]


def test_weights_that_are_gone_through_stay_weights(load: Load) -> None:
    """Such as one matrix for each block of a network."""
    network = load("""g (float[4,8] x) => (z) <float[5,8,8] w> {
        [scan] z = Scan <num_scan_inputs = 1, body = b (float[4,8] h, float[8,8] part)
            => (float[4,8] n) { [m] n = MatMul(h, part) }>(x, w) }""")
    assert names_and_macs(network) == [(f"scan/m.{step}", 256) for step in range(5)]
    assert all(layer.weight_dims == {"C", "K"} for layer in network.layers)


@pytest.mark.parametrize(
    "damage",
    [
        lambda node: node.input.pop(),
        lambda node: node.attribute.remove(node.attribute[-1]),
        lambda node: node.attribute[0].g.input.pop(),
        lambda node: node.attribute.append(helper.make_attribute("scan_input_axes", [7])),
        lambda node: node.attribute.append(helper.make_attribute("scan_input_axes", [0, 0])),
    ],
)
def test_broken_scans_are_no_crash(damage: Callable[[onnx.NodeProto], None]) -> None:
    model = scanning([3, 4, 6])
    damage(model.graph.node[0])
    try:
        network = load_network(model)
    except WorkloadError:
        return
    assert "scan/in.0" not in [layer.name for layer in network.layers]


# ------------------------------------------------------------------ computed numbers of steps
LOOP = """g (float[6,4,8] x, float[4,8] s{more}) => (z) <float[8,8] w> {{
    {trips}
    [loop] z = Loop (n, t, s) <body = b (int64 i, bool go, float[4,8] h)
        => (bool on, float[4,8] k) {{ on = Identity(go) [m] k = MatMul(h, w) }}> }}"""
TRUE = "t = Constant<value = bool {1}>() "
SIZE = "size = Shape(x) zero = Constant<value_ints = [0]>() first = Gather(size, zero) "


@pytest.mark.parametrize(
    ("trips", "steps"),
    [
        (TRUE + "n = Constant<value_int = 2>()", 2),
        (TRUE + "a = Constant<value_int = 2>() n = Add(a, a)", 4),
        (TRUE + SIZE + "n = Squeeze(first)", 6),
        (TRUE + SIZE + "two = Constant<value_int = 2>() n = Div(first, two)", 3),
        (SIZE + "n = Squeeze(first) t = Cast<to = 9>(n)", 6),
        (SIZE + "n = Squeeze(first) f = Constant<value = bool {1}>() t = Not(f)", 0),
    ],
)
def test_a_number_of_steps_is_computed(load: Load, trips: str, steps: int) -> None:
    network = load(LOOP.format(trips=trips, more=""))
    expected = ["loop/m"] if steps == 1 else [f"loop/m.{step}" for step in range(steps)]
    assert [layer.name for layer in network.layers] == expected
    assert network.unsupported == ()


@pytest.mark.parametrize(("rows", "macs"), [(4, 512), (5, 0)])
def test_a_condition_is_computed_from_sizes(load: Load, rows: int, macs: int) -> None:
    network = load(f"""g (float[{rows},8] x) => (z) <float[8,16] w, float[16,2] v> {{
        size = Shape(x) zero = Constant<value_int = 0>() rows = Gather(size, zero)
        four = Constant<value_int = 4>() is_four = Equal(rows, four)
        [choice] y = If (is_four) <
            then_branch = t () => (float[{rows},16] p) {{ [one] p = MatMul(x, w) }},
            else_branch = e () => (float[{rows},16] q) {{ q = Concat<axis = 1>(x, x) }}
        >
        [head] z = MatMul(y, v) }}""")
    assert sum(layer.macs for layer in network.layers) == macs + rows * 16 * 2
    assert network.unsupported == ()


def test_a_number_of_steps_from_data_is_none(load: Load) -> None:
    network = load(LOOP.format(trips=TRUE + "n = Abs(count)", more=", int64 count"))
    assert network.layers == ()
    (left_out,) = network.unsupported
    assert "runs as often as its data say" in (left_out.reason or "")


def test_a_weight_by_the_number_of_the_step_stays_a_weight(load: Load) -> None:
    network = load("""g (float[4,8] x) => (z) <float[2,8,8] w> {
        n = Constant<value = int64 {2}>() t = Constant<value = bool {1}>()
        [loop] z = Loop (n, t, x) <body = b (int64 i, bool go, float[4,8] h)
            => (bool on, float[4,8] k) {
                on = Identity(go) part = Gather(w, i) [m] k = MatMul(h, part) }> }""")
    assert names_and_macs(network) == [("loop/m.0", 256), ("loop/m.1", 256)]
    assert all(layer.weight_dims == {"C", "K"} for layer in network.layers)


def test_messages_name_the_node_itself(load: Load) -> None:
    """Not what stands for its end in the flat graph."""
    with pytest.raises(WorkloadError) as raised:
        load("""g (int64 n, float[4,8] x) => (z) <float[8,8] w, float[8,2] v> {
            t = Constant<value = bool {1}>()
            [loop] y, all = Loop (n, t, x) <body = b (int64 i, bool go, float[4,8] h)
                => (bool on, float[4,8] k, float[4,8] o) {
                    on = Identity(go) [m] k = MatMul(h, w) o = Relu(k) }>
            [head] z = MatMul(all, v) }""")
    assert "the output of node 'loop' ('Loop') is the first" in str(raised.value)
