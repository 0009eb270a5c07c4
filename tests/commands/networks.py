"""Small networks, accelerators and mappings for the tests of what users touch."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import onnx
import yaml
from onnx import TensorProto, helper

from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.models.hardware.presets import preset_text


def small_model(batch: int | str = 1, *, unmapped: bool = False) -> onnx.ModelProto:
    """Two convolutions of equal shape and a matrix product.

    With ``unmapped`` also an operator without a mapping.
    """
    image = [batch, 8, 6, 6]
    nodes = [
        helper.make_node(
            "Conv", ["x", "w1"], ["a"], name="first", kernel_shape=[3, 3], pads=[1, 1, 1, 1]
        ),
        helper.make_node(
            "Conv", ["a", "w2"], ["b"], name="second", kernel_shape=[3, 3], pads=[1, 1, 1, 1]
        ),
        helper.make_node("GlobalAveragePool", ["b"], ["c"], name="pool"),
        helper.make_node("Flatten", ["c"], ["d"], name="flat"),
        helper.make_node("Gemm", ["d", "w3"], ["y"], name="classify"),
    ]
    weights = {"w1": [8, 8, 3, 3], "w2": [8, 8, 3, 3], "w3": [8, 10]}
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, [batch, 10])]
    if unmapped:
        nodes.append(
            helper.make_node(
                "Einsum", ["b", "w4", "w4"], ["z"], name="mix", equation="nchw,ck,cl->nkl"
            )
        )
        weights["w4"] = [8, 4]
        outputs.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, None))
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, image)],
        outputs,
        [
            helper.make_tensor(name, TensorProto.FLOAT, dims, b"\0" * 4 * _count(dims), raw=True)
            for name, dims in weights.items()
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _count(dims: list[int]) -> int:
    total = 1
    for dim in dims:
        total *= dim
    return total


def write_model(folder: Path, name: str = "small.onnx", **options: Any) -> Path:
    """Write a small network into a folder."""
    path = folder / name
    onnx.save(small_model(**options), str(path))
    return path


def accelerator_contents(preset: str = "aimc") -> dict[str, Any]:
    """Contents of a preset's file, to change and write."""
    contents: dict[str, Any] = yaml.safe_load(preset_text(preset))
    return contents


def write_accelerator(folder: Path, contents: dict[str, Any], name: str = "mine.yaml") -> Path:
    """Write an accelerator file into a folder."""
    path = folder / name
    path.write_text(yaml.safe_dump(contents, sort_keys=False), encoding="utf-8")
    return path


CONV_MAPPING: dict[str, Any] = {
    "name": "first",
    "spatial": {"D1": {"K": 8}, "D2": {"C": 8, "FY": 3, "FX": 3}},
    "temporal": {
        "W": [[["OX", 6], ["OY", 6]], []],
        "I": [[], [["OX", 6], ["OY", 6]], []],
        "O": [[], [["OX", 6], ["OY", 6]], []],
    },
}
"""A mapping of the convolutions onto a preset."""

GEMM_MAPPING: dict[str, Any] = {
    "name": "classify",
    "spatial": {"D1": {"K": 10}, "D2": {"C": 8}},
    "temporal": {"W": [[], []], "I": [[], [], []], "O": [[], [], []]},
}
"""A mapping of the matrix product onto a preset; all of its loops are spatial."""


def mapping_file(folder: Path, *entries: dict[str, Any], name: str = "mapping.json") -> Path:
    """Write a mapping file; of all layers by default."""
    path = folder / name
    layers = copy.deepcopy(list(entries or (CONV_MAPPING, GEMM_MAPPING)))
    path.write_text(json.dumps({"layers": layers}), encoding="utf-8")
    return path


def small_layer() -> Layer:
    """Return a layer whose search takes no time."""
    return matmul_layer("small", rows=4, out_channels=12, in_channels=6)


def without_times(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result without what differs between equal runs."""
    kept = copy.deepcopy(result)
    kept["totals"].pop("seconds")
    for layer in kept["layers"]:
        layer.pop("solve_seconds")
    return kept


_OF_A_MAPPING = (
    *("spatial", "temporal", "objective_value", "bound", "gap", "utilization", "breakdown"),
    *("energy_pj", "latency_cycles", "edp", "edp_js", "pareto", "pareto_proved"),
)


def call_infeasible(layer: dict[str, Any], reason: str) -> None:
    """Take the mapping out of the record of a layer, and say that there is none."""
    layer.update(dict.fromkeys(_OF_A_MAPPING), status="INFEASIBLE", reason=reason)
