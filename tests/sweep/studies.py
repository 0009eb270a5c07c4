"""Small studies for tests: a small network on small arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

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
