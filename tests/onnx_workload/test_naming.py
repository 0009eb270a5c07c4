"""Names of nodes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper

from zigzag_imc.onnx_workload.naming import name_nodes


def named(*pairs: tuple[str, str]) -> list[str]:
    return name_nodes(
        [helper.make_node(op_type, ["x"], ["y"], name=name) for op_type, name in pairs]
    )


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (
            [("Conv", ""), ("Relu", ""), ("Conv", " "), ("Conv", "c")],
            ["Conv_0", "Relu_0", "Conv_1", "c"],
        ),
        ([("Conv", "c"), ("Conv", "c"), ("Relu", "c")], ["c", "c#2", "c#3"]),
        ([("Conv", ""), ("Conv", "Conv_0")], ["Conv_0#2", "Conv_0"]),
        ([("Conv", "c"), ("Conv", "c"), ("Conv", "c#2")], ["c", "c#3", "c#2"]),
        ([("Conv", "/a/b:0 é\U0001f600" + "x" * 500)], ["/a/b:0 é\U0001f600" + "x" * 500]),
    ],
    ids=["missing", "repeated", "made up meets given", "repeated meets given", "odd and long"],
)
def test_names(pairs: list[tuple[str, str]], expected: list[str]) -> None:
    assert named(*pairs) == expected


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Conv", "Gemm"]),
            st.sampled_from(["", "a", "a#2", "Conv_0", "Conv_0#2"]),
        )
    )
)
def test_names_are_unique_and_the_first_to_bear_one_keeps_it(pairs: list[tuple[str, str]]) -> None:
    names = named(*pairs)
    assert len(set(names)) == len(names)
    for position, (_, name) in enumerate(pairs):
        if name and name not in [earlier for _, earlier in pairs[:position]]:
            assert names[position] == name
