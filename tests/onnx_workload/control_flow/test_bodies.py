"""Layers in the bodies of ``If`` and ``Loop``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.onnx_workload import Network, load_network

Load = Callable[..., Network]


def names_and_macs(network: Network) -> list[tuple[str, int]]:
    return [(layer.name, layer.macs) for layer in network.layers]


def left_out(network: Network) -> list[tuple[tuple[str, ...], str, int | None]]:
    return [(op.node_names, op.reason, op.macs) for op in network.unsupported]


# ------------------------------------------------------------------ branches
BRANCHES = """g (bool c, float[4,8] x) => (z) <float[8,16] w, float[8,16] u, float[16,2] v> {{
    a = Relu(x)
    [choice] y = If (c) <
        then_branch = t () => (float[4,16] p) {{ [one] m = MatMul(a, w) p = Relu(m) }},
        else_branch = e () => (float[4,16] q) {{ {other} }}
    >
    [head] z = MatMul(y, v) }}"""


def test_branches_that_agree_count_once(load: Load) -> None:
    network = load(BRANCHES.format(other="[two] q = MatMul(a, u)"))
    assert names_and_macs(network) == [("choice/one", 4 * 8 * 16), ("head", 4 * 16 * 2)]
    assert network.unsupported == ()
    assert network.edges == (("choice/one", "head"),)


def test_branches_that_differ_are_left_out_with_the_reason(load: Load) -> None:
    network = load(
        BRANCHES.format(other="[two] r = MatMul(a, u) [three] s = MatMul(r, v) q = Relu(r)")
    )
    assert names_and_macs(network) == [("head", 128)]
    reason = "the branches of If 'choice' differ: 512 or 640 MACs"
    names = ("choice/one", "choice/else/two", "choice/else/three")
    assert left_out(network) == [(names, reason, None)]


def test_a_branch_without_products_differs(load: Load) -> None:
    network = load(BRANCHES.format(other="[two] q = Concat<axis=1>(a, a)"))
    reason = "the branches of If 'choice' differ: 512 or 0 MACs"
    assert left_out(network) == [(("choice/one",), reason, None)]


@pytest.mark.parametrize(("holds", "macs"), [(True, 4 * 8 * 16), (False, 0)])
def test_a_constant_condition_chooses(load: Load, holds: bool, macs: int) -> None:
    text = BRANCHES.format(other="[two] q = Concat<axis=1>(a, a)").replace("bool c, ", "")
    model_text = text.replace(
        "a = Relu(x)", f"c = Constant<value = bool {{{int(holds)}}}>() a = Relu(x)"
    )
    network = load(model_text)
    assert network.unsupported == ()
    assert sum(layer.macs for layer in network.layers) == macs + 128


def test_a_model_is_left_as_it_is() -> None:
    model = looping(steps=2)
    before = model.SerializeToString()
    load_network(model)
    assert model.SerializeToString() == before


# ------------------------------------------------------------------ loops
def looping(
    steps: int | None, *, goes_on: bool = True, grows: bool = False, weight: bool = True
) -> onnx.ModelProto:
    """Return a model with a loop that multiplies its state by a matrix in every step."""
    flag = helper.make_tensor_value_info("on", TensorProto.BOOL, [])
    matrix = numpy_helper.from_array(np.ones((8, 8), np.float32), "w")
    nodes = [
        helper.make_node("Identity", ["go"], ["on"])
        if goes_on
        else helper.make_node("Not", ["go"], ["on"]),
        helper.make_node("MatMul", ["h", "w"], ["m"], name="step"),
        helper.make_node("Concat", ["m", "m"], ["next"], axis=0)
        if grows
        else helper.make_node("Tanh", ["m"], ["next"]),
        helper.make_node("ReduceSum", ["next"], ["sum"], keepdims=0),
    ]
    body = helper.make_graph(
        nodes,
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("h", TensorProto.FLOAT, None),
        ],
        [
            flag,
            helper.make_tensor_value_info("next", TensorProto.FLOAT, None),
            helper.make_tensor_value_info("sum", TensorProto.FLOAT, []),
        ],
        [matrix] if weight else [],
    )
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [4, 8])]
    stored = [
        numpy_helper.from_array(np.array(True), "yes"),
        numpy_helper.from_array(np.ones((8, 2), np.float32), "v"),
        numpy_helper.from_array(np.ones((8, 8), np.float32), "w"),
    ]
    if steps is None:
        inputs.append(helper.make_tensor_value_info("trips", TensorProto.INT64, []))
    else:
        stored.append(numpy_helper.from_array(np.array(steps, np.int64), "trips"))
    graph = helper.make_graph(
        [
            helper.make_node("Relu", ["x"], ["first"]),
            helper.make_node(
                "Loop", ["trips", "yes", "first"], ["last", "sums"], name="loop", body=body
            ),
            helper.make_node("MatMul", ["last", "v"], ["z"], name="head"),
        ],
        "g",
        inputs,
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, None)],
        stored if not weight else stored[:2] + stored[3:],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.mark.parametrize("weight", [True, False])
def test_a_loop_counts_as_often_as_it_runs(weight: bool) -> None:
    network = load_network(looping(steps=3, weight=weight))
    assert names_and_macs(network) == [
        ("loop/step.0", 256),
        ("loop/step.1", 256),
        ("loop/step.2", 256),
        ("head", 64),
    ]
    (group, _) = network.groups()
    assert group.count == 3
    assert group.layer.weight_dims == {"C", "K"}
    assert network.unsupported == ()
    assert network.edges[-1] == ("loop/step.2", "head")


@pytest.mark.parametrize("options", [{"steps": None}, {"steps": 3, "goes_on": False}])
def test_a_loop_that_the_data_end_is_left_out(options: dict[str, int]) -> None:
    network = load_network(looping(**options))  # type: ignore[arg-type]
    assert names_and_macs(network) == [("head", 64)]
    reason = "in the body of Loop 'loop', which runs as often as its data say, 256 MACs each time"
    assert left_out(network) == [(("loop/step",), reason, None)]
    assert not network.coverage.complete


def test_a_state_that_grows_is_left_out() -> None:
    network = load_network(looping(steps=3, grows=True))
    reason = "in the body of Loop 'loop', whose sizes change from step to step"
    assert left_out(network)[0] == (("loop/step",), reason, None)


def test_too_many_steps_are_left_out_with_their_products() -> None:
    network = load_network(looping(steps=1_000_000))
    reason = "in the body of Loop 'loop' of 1,000,000 steps"
    assert left_out(network) == [(("loop/step",), reason, 256_000_000)]
    assert names_and_macs(network) == [("head", 64)]


def test_no_step_at_all() -> None:
    assert names_and_macs(load_network(looping(steps=0))) == [("head", 64)]


def test_a_loop_in_a_branch(load: Load) -> None:
    """Both branches make the same number of equal products: one in a loop, one by one."""
    network = load("""g (bool c, float[4,8] x) => (y) <float[8,8] w> {
        n = Constant<value = int64 {2}>() t = Constant<value = bool {1}>()
        [choice] y = If (c) <
            then_branch = t1 () => (float[4,8] p) {
                [loop] p = Loop (n, t, x) <body = b (int64 i, bool go, float[4,8] h)
                    => (bool on, float[4,8] k) { on = Identity(go) [m] k = MatMul(h, w) }>
            },
            else_branch = e1 () => (float[4,8] q) { [a] r = MatMul(x, w) [b] q = MatMul(r, w) }
        > }""")
    assert names_and_macs(network) == [("choice/loop/m.0", 256), ("choice/loop/m.1", 256)]
    assert network.unsupported == ()


# ------------------------------------------------------------------ broken models
def _without_inputs(body: onnx.GraphProto) -> None:
    del body.input[:]


def _without_outputs(body: onnx.GraphProto) -> None:
    del body.output[:]


def _nameless_weight(body: onnx.GraphProto) -> None:
    body.initializer[0].name = ""


def _condition_of_itself(body: onnx.GraphProto) -> None:
    body.node[0].input[0] = body.node[0].output[0]


@pytest.mark.parametrize(
    "damage", [_without_inputs, _without_outputs, _nameless_weight, _condition_of_itself]
)
def test_broken_bodies_are_no_crash(damage: Callable[[onnx.GraphProto], None]) -> None:
    model = looping(steps=3)
    damage(model.graph.node[1].attribute[0].g)
    try:
        network = load_network(model)
    except WorkloadError:
        return
    assert "loop/step.0" not in [layer.name for layer in network.layers]


def test_a_loop_without_a_start_is_refused() -> None:
    model = looping(steps=3)
    del model.graph.node[1].input[:]
    with pytest.raises(WorkloadError, match="node 'loop/step'"):
        load_network(model)
