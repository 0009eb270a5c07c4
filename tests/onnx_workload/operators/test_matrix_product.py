"""Matrix products: which operand becomes the weights, and where batches go."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.stored_operand import StoredOperand
from zigzag_imc.onnx_workload import Network, load_network

OnlyLayer = Callable[..., Layer]
Load = Callable[..., Network]


def product(
    only_layer: OnlyLayer, left: str, right: str, learned: str = ""
) -> tuple[dict[str, int], bool]:
    """Loops of ``left @ right`` and whether the weights differ per batch.

    ``learned`` names the stored operands.
    """
    shapes = {"a": left, "b": right}
    inputs = [
        "float[1] unused",
        *(f"float[{shape}] {name}" for name, shape in shapes.items() if name not in learned),
    ]
    stored = ", ".join(
        f"float[{shape}] {name}" for name, shape in shapes.items() if name in learned
    )
    body = f"<{stored}>" if stored else ""
    layer = only_layer(f"g ({', '.join(inputs)}) => (y) {body} {{ y = MatMul(a, b) }}")
    return {dim: size for dim, size in layer.loop_dims if size > 1}, "B" in layer.weight_dims


def test_learned_weights_serve_every_batch(only_layer: OnlyLayer) -> None:
    assert product(only_layer, "2,7,5", "5,3", "b") == ({"B": 2, "D": 7, "K": 3, "C": 5}, False)


def test_plain_matrices_have_rows_and_no_batch(only_layer: OnlyLayer) -> None:
    assert product(only_layer, "7,5", "5,3", "b") == ({"D": 7, "K": 3, "C": 5}, False)


def test_attention_has_batch_heads_and_weights_of_its_own(only_layer: OnlyLayer) -> None:
    assert product(only_layer, "2,4,7,5", "2,4,5,3") == (
        {"B": 2, "H": 4, "D": 7, "K": 3, "C": 5},
        True,
    )


def test_dimensions_before_the_heads_multiply_into_the_batch(only_layer: OnlyLayer) -> None:
    assert product(only_layer, "2,3,4,7,5", "2,3,4,5,8") == (
        {"B": 6, "H": 4, "D": 7, "K": 8, "C": 5},
        True,
    )


def test_weights_on_the_left_change_sides(only_layer: OnlyLayer) -> None:
    assert product(only_layer, "7,5", "5,3", "a") == ({"D": 3, "K": 7, "C": 5}, False)
    assert product(only_layer, "7,5", "2,5,3", "a") == ({"B": 2, "D": 3, "K": 7, "C": 5}, False)


def test_one_computed_matrix_for_a_stack_is_weights(only_layer: OnlyLayer) -> None:
    assert product(only_layer, "7,5", "2,5,3") == ({"B": 2, "D": 3, "K": 7, "C": 5}, False)


def test_learned_weights_that_differ_per_batch(only_layer: OnlyLayer) -> None:
    assert product(only_layer, "4,7,5", "4,5,3", "b") == ({"B": 4, "D": 7, "K": 3, "C": 5}, True)


def test_weights_per_expert_for_one_input_are_more_columns(only_layer: OnlyLayer) -> None:
    assert product(only_layer, "7,5", "4,5,3", "b") == ({"D": 7, "K": 12, "C": 5}, False)


def test_weights_per_head_shared_by_the_batch(only_layer: OnlyLayer) -> None:
    assert product(only_layer, "2,4,7,5", "4,5,3", "b") == ({"H": 4, "D": 14, "K": 3, "C": 5}, True)


def test_vectors(only_layer: OnlyLayer) -> None:
    assert product(only_layer, "5", "5,3", "b") == ({"K": 3, "C": 5}, False)
    assert product(only_layer, "7,5", "5", "b") == ({"D": 7, "C": 5}, False)
    assert product(only_layer, "5", "5", "b") == ({"C": 5}, False)
    assert product(only_layer, "2,7,5", "5", "b") == ({"B": 2, "D": 7, "C": 5}, False)


def test_quantized_forms(only_layer: OnlyLayer) -> None:
    expected = {"D": 7, "K": 3, "C": 5}
    integer = only_layer("g (uint8[7,5] a) => (y) <uint8[5,3] b> { y = MatMulInteger(a, b) }")
    linear = only_layer("""g (uint8[7,5] a) => (y) <uint8[5,3] b, float s, uint8 z>
        { y = QLinearMatMul(a, s, z, b, s, z, s, z) }""")
    for layer, operator in ((integer, "MatMulInteger"), (linear, "QLinearMatMul")):
        assert layer.operator == operator
        assert {dim: size for dim, size in layer.loop_dims if size > 1} == expected


@pytest.mark.parametrize(
    "chain",
    [
        "v = DequantizeLinear(w, s, z)",
        "d = DequantizeLinear(w, s, z) v = Identity(d)",
        "d = DequantizeLinear(w, s, z) i = Transpose(d) j = Transpose(i) v = Cast<to=1>(j)",
        "shape = Constant<value_ints=[7, 5]>() v = Reshape(f, shape)",
        "shape = Constant<value_ints=[7, 5]>() v = ConstantOfShape(shape)",
        "v = Constant<value = float[7,5] {0}>()",
    ],
)
def test_weights_behind_constant_operators_are_learned(only_layer: OnlyLayer, chain: str) -> None:
    """Only a learned left operand changes sides: seven output columns tell it was recognized."""
    if "value = float" in chain:
        chain = f"v = Constant<value = float[7,5] {{{', '.join('0' * 35)}}}>()"
    layer = only_layer(
        f"g (float[5,3] x) => (y) <uint8[7,5] w, float s, uint8 z, float[35] f> {{ {chain} y = "
        "MatMul(v, x) }"
    )
    assert (layer.sizes["D"], layer.sizes["K"]) == (3, 7)


@pytest.mark.parametrize(
    ("left", "right", "complaint"),
    [
        ("7,5", "4,3", "left has 5 columns, right 4 rows"),
        ("2,7,5", "3,5,4", r"cannot broadcast batches \[2\] and \[3\]"),
        ("", "5,3", "an operand is a scalar"),
    ],
)
def test_contradictions(load: Load, left: str, right: str, complaint: str) -> None:
    scalar = f"float[{left}]" if left else "float"
    with pytest.raises(WorkloadError, match=rf"node 'MatMul_0' \(MatMul\): .*{complaint}"):
        load(f"g ({scalar} a, float[{right}] b) => (y) {{ y = MatMul(a, b) }}")


stacks = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(["both", "left", "right"])), max_size=3
)


@settings(max_examples=150, deadline=None)
@given(
    stack=stacks,
    dropped=st.tuples(st.booleans(), st.booleans()),
    rows=st.integers(1, 4),
    inner=st.integers(1, 4),
    columns=st.integers(1, 4),
    learned=st.sampled_from(["", "a", "b"]),
)
def test_every_operand_keeps_its_size(
    stack: list[tuple[int, str]],
    dropped: tuple[bool, bool],
    rows: int,
    inner: int,
    columns: int,
    learned: str,
) -> None:
    """However batches broadcast, each operand has as many elements in the layer as in the graph."""

    def shape(side: str, *matrix: int) -> tuple[int, ...]:
        return (*(size if kind in ("both", side) else 1 for size, kind in stack), *matrix)

    shapes = {"a": shape("left", rows, inner), "b": shape("right", inner, columns)}
    for name, drop in zip("ab", dropped, strict=True):
        # Leading ones may be left out; broadcasting puts them back.
        while drop and len(shapes[name]) > 2 and shapes[name][0] == 1:
            shapes[name] = shapes[name][1:]
    inputs = [helper.make_tensor_value_info("unused", TensorProto.FLOAT, [1])]
    inputs += [
        helper.make_tensor_value_info(n, TensorProto.FLOAT, s)
        for n, s in shapes.items()
        if n != learned
    ]
    stored = [
        numpy_helper.from_array(np.zeros(s, np.float32), n)
        for n, s in shapes.items()
        if n == learned
    ]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["a", "b"], ["y"])], "g", inputs, [output], stored
    )
    (layer,) = load_network(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    ).layers

    result = np.matmul(np.zeros(shapes["a"]), np.zeros(shapes["b"]))
    volume = {op: math.prod(layer.sizes[dim] for dim in layer.relevant(op)) for op in "WIO"}
    assert layer.macs == result.size * inner
    assert volume["O"] == result.size
    in_graph = {math.prod(shapes["a"]), math.prod(shapes["b"])}
    assert {volume["W"], volume["I"]} == in_graph
    if learned:
        assert volume["W"] == math.prod(shapes[learned])


def stored(only_layer: OnlyLayer, left: str, right: str, learned: str = "") -> StoredOperand | None:
    shapes = {"a": left, "b": right}
    inputs = ["float[1] unused"]
    inputs += [f"float[{shape}] {name}" for name, shape in shapes.items() if name not in learned]
    known = [f"float[{shape}] {name}" for name, shape in shapes.items() if name in learned]
    body = f"<{', '.join(known)}>" if known else ""
    layer = only_layer(f"g ({', '.join(inputs)}) => (y) {body} {{ y = MatMul(a, b) }}")
    return layer.stored


def test_either_of_two_activations_may_be_stored(only_layer: OnlyLayer) -> None:
    """As the graph has it, the second; one matrix that is applied to a stack, whichever it is."""
    assert stored(only_layer, "2,7,5", "2,5,3") == StoredOperand("b", "a", "second")
    assert stored(only_layer, "7,5", "2,5,3") == StoredOperand("a", "b", "first")
    assert stored(only_layer, "2,7,5", "5,3") == StoredOperand("b", "a", "second")


@pytest.mark.parametrize("learned", ["a", "b"])
def test_constants_are_always_stored(only_layer: OnlyLayer, learned: str) -> None:
    """They have been there since before any input arrives."""
    assert stored(only_layer, "7,5", "5,3", learned) is None
