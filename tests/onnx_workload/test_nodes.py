"""What is asked about single nodes."""

from __future__ import annotations

from collections.abc import Callable

import onnx
import pytest

from zigzag_imc.onnx_workload.nodes import (
    find_attribute,
    input_names,
    nodes_within,
    output_names,
    qualified_type,
)

Parse = Callable[..., onnx.ModelProto]


def test_tensors_that_are_left_out_have_no_name() -> None:
    """Of three inputs the second, of two outputs the last is left out."""
    node = onnx.helper.make_node("Custom", ["x", "", "z"], ["y", ""])
    assert input_names(node) == ["x", "z"]
    assert output_names(node) == ["y"]


def test_an_attribute_is_found_or_none() -> None:
    node = onnx.helper.make_node("Conv", ["x", "w"], ["y"], group=3)
    found = find_attribute(node, "group")
    assert found is not None
    assert found.i == 3
    assert find_attribute(node, "pads") is None


@pytest.mark.parametrize(("domain", "expected"), [("", "Conv"), ("my", "my::Conv")])
def test_types_outside_the_standard_have_their_domain(domain: str, expected: str) -> None:
    assert qualified_type(onnx.helper.make_node("Conv", [], [], domain=domain)) == expected


def test_nodes_in_bodies_are_found(parse: Parse) -> None:
    """One ``If``, and one node in each of its two branches."""
    graph = parse("""g (bool c, float[4] x) => (y) {
        y = If (c) <then_branch = t () => (p) { p = Neg(x) },
            else_branch = e () => (q) { q = Abs(x) }>
    }""").graph
    assert sorted(node.op_type for node in nodes_within(graph.node)) == ["Abs", "If", "Neg"]
