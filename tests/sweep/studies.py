"""Small studies for tests: a small network on small arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import yaml
from onnx import TensorProto, helper, numpy_helper

from tests.commands.networks import accelerator_contents, write_accelerator, write_model
from zigzag_imc.sweep.store import Store

ROWS, COLUMNS = "operational_array.sizes.D2", "operational_array.sizes.D1"


def small_study(**changes: Any) -> dict[str, Any]:
    """Contents of a study: a network of two distinct layers on four digital arrays."""
    contents: dict[str, Any] = {
        "networks": "small.onnx",
        "accelerators": {
            "accelerator": "mine.yaml",
            "name": "arrays",
            "ranges": {ROWS: [8, 16], COLUMNS: [2, 4]},
        },
    }
    return contents | changes


def write_study(folder: Path, **changes: Any) -> Path:
    """Write a study, its network and its accelerator into a folder."""
    write_model(folder)
    write_accelerator(folder, accelerator_contents("dimc"))
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(small_study(**changes), sort_keys=False), encoding="utf-8")
    return path


def solved(folder: Path) -> int:
    """Count the points that the sweep of a study in a folder has kept so far."""
    path = folder / "points.sqlite"
    if not path.exists():
        return 0
    with Store(path) as store:
        return len(store)


def write_odd_model(folder: Path) -> Path:
    """Write two matrix products of 37 rows, which no tile but one or all divides, into a folder."""
    shapes = {"first": (8, 8), "second": (8, 5)}
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "first"], ["a"], name="one"),
            helper.make_node("MatMul", ["a", "second"], ["y"], name="other"),
        ],
        "odd",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [37, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [37, 5])],
        [
            numpy_helper.from_array(np.zeros(shape, np.float32), name)
            for name, shape in shapes.items()
        ],
    )
    path = folder / "odd.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), str(path))
    return path


ODD_ARRAYS: dict[str, Any] = {
    "template": "dimc",
    "set": {"columns": 8, "activations_in": "dram"},
    "ranges": {"rows": [8, 16], "sram_kb": [0.0625, 0.125]},
}
"""Arrays whose memories hold some of 37 rows: how many decides the energy."""
