"""Slices of negative sizes, of which ONNX's shape inference would end the process."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.onnx_workload import spared_slices
from zigzag_imc.onnx_workload.loader import load_network
from zigzag_imc.onnx_workload.spared_slices import without_fatal_slices

SIZES = {"last": [-1], "two": [2], "far": [99], "axis": [3]}


def _model(width: int, *, filter_width: int = 3) -> onnx.ModelProto:
    """A slice of the input, a convolution of it and a slice of that, and a product beside them."""
    cut = ["last", "two", "axis"]
    nodes = [
        helper.make_node("Slice", ["x", "axis", "last", "axis"], ["a"]),
        helper.make_node("Conv", ["a", "filter"], ["b"]),
        helper.make_node("Slice", ["b", *cut], ["c"]),
        helper.make_node("Slice", ["c", *cut], ["d"]),
        helper.make_node("MatMul", ["side", "weights"], ["y"]),
    ]
    inputs = {"x": [1, 1, 3, width], "side": [4, 8]}
    stored = {"filter": np.zeros((1, 1, 3, filter_width)), "weights": np.zeros((8, 2))}
    graph = helper.make_graph(
        nodes,
        "sliced",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs.items()],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in ("d", "y")],
        [
            *(numpy_helper.from_array(a.astype(np.float32), n) for n, a in stored.items()),
            *(numpy_helper.from_array(np.array(v), n) for n, v in SIZES.items()),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _row_of_slices(between: onnx.NodeProto, *before: onnx.NodeProto) -> onnx.ModelProto:
    """Two slices of width one, what reads the second of them, ``b``, and a slice of that, ``c``."""
    model = _model(20, filter_width=30)
    cut = ["last", "far", "axis"]
    nodes = [
        *before,
        helper.make_node("Slice", ["x", *cut], ["a"]),
        helper.make_node("Slice", ["a", *cut], ["b"]),
        between,
        helper.make_node("Slice", ["c", *cut], ["d"]),
    ]
    del model.graph.node[:4]
    nodes.extend(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def _inferred(model: onnx.ModelProto) -> onnx.ModelProto:
    return onnx.shape_inference.infer_shapes(model, data_prop=True)


def _slices(model: onnx.ModelProto) -> list[str]:
    return [node.output[0] for node in model.graph.node if node.op_type == "Slice"]


def test_a_slice_of_a_negative_size_is_left_out_alone() -> None:
    """What follows it has no known size any more."""
    assert _slices(without_fatal_slices(_model(20), _inferred)) == ["a", "c", "d"]
    assert _slices(without_fatal_slices(_model(20, filter_width=30), _inferred)) == ["a", "d"]


def test_a_model_without_any_stays_itself() -> None:
    model = _model(20)
    assert without_fatal_slices(model, _inferred) is model


def test_a_filter_beyond_its_input_is_refused_in_front_of_a_slice() -> None:
    with pytest.raises(WorkloadError, match="a filter reaching over 30 does not fit"):
        load_network(_model(20, filter_width=30))
    assert [layer.name for layer in load_network(_model(20)).layers] == ["Conv_0", "MatMul_0"]


def test_a_long_row_of_slices_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last ones are left out, whatever their sizes."""
    monkeypatch.setattr(spared_slices, "MOST_NODES", 5)
    assert _slices(without_fatal_slices(_model(20), _inferred)) == ["a"]


@pytest.mark.parametrize("between", ["Relu", "Transpose", "MaxPool"])
def test_only_what_may_make_a_size_negative_costs_a_round(between: str) -> None:
    """A row of slices with nothing else between is one round, and the whole model the last."""
    settings: dict[str, Any] = {"kernel_shape": [1, 1]} if between == "MaxPool" else {}
    model = _row_of_slices(helper.make_node(between, ["b"], ["c"], **settings))
    asked: list[int] = []

    def infer(left: onnx.ModelProto) -> onnx.ModelProto:
        asked.append(len(_slices(left)))
        return _inferred(left)

    assert without_fatal_slices(model, infer) is model
    assert asked == ([0, 2] if between == "MaxPool" else [0])


def test_a_size_that_is_negative_before_all_slices_costs_every_round() -> None:
    """What a slice reads beside it may be negative, where nothing between them makes it so."""
    joined = helper.make_node("Add", ["b", "beyond"], ["c"])
    beyond = helper.make_node("Conv", ["x", "filter"], ["beyond"])
    assert _slices(without_fatal_slices(_row_of_slices(joined, beyond), _inferred)) == ["a", "b"]
