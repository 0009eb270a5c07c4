"""``--stored``: which operand of a product of two activations is written into the array."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Run

LAYER = "blocks.0.attn.av"


def _mapped(run: Run, path: Path, *options: object) -> tuple[str, dict[str, Any]]:
    done = run(
        *("map", "vit_tiny", "-a", "aimc", "--layer", LAYER, "--objective", "latency"),
        *("--jobs", 1, "--out", path, *options),
    )
    assert done.exit_code == 0, done.output
    return done.stdout, json.loads(path.read_text())["layers"][0]


@pytest.mark.parametrize(
    ("options", "position", "free"),
    [
        ((), "second", True),
        (("--stored", "best"), "second", True),
        (("--stored", "first"), "first", False),
        (("--stored", "second"), "second", False),
    ],
)
def test_the_operand_is_said(
    run: Run, tmp_path: Path, options: tuple[str, ...], position: str, free: bool
) -> None:
    """In the table and in the file, by the name of the tensor; and the file holds."""
    path = tmp_path / "result.json"
    shown, layer = _mapped(run, path, *options)
    tensors = {"first": "blocks.0.attn.softmax", "second": "blocks.0.attn.v"}
    stored = layer["stored_operand"]
    assert (stored["tensor"], stored["free"]) == (tensors[position], free)
    assert f"the {position} in 1" in shown
    assert ("other than in the graph" in shown) == (position == "first")
    assert run("verify", path).exit_code == 0
    told = run("explain", path, LAYER, "--no-what-if").stdout
    assert f"stores the {position}, {tensors[position]} (W)" in " ".join(told.split())


def test_given_mappings_store_what_they_say(run: Run, tmp_path: Path) -> None:
    """Only those that say nothing store what the option says."""
    path = tmp_path / "result.json"
    _, layer = _mapped(run, path, "--stored", "first")
    ask = ("evaluate", "vit_tiny", "-a", "aimc", "--layer", LAYER, "--format", "json", "-m")
    scored = json.loads(run(*ask, path).stdout)["layers"][0]
    assert scored["latency_cycles"] == layer["latency_cycles"]
    plain = {key: layer[key] for key in ("name", "names", "spatial", "temporal")}
    silent = tmp_path / "silent.json"
    silent.write_text(json.dumps({"layers": [plain]}))
    again = json.loads(run(*ask, silent, "--stored", "first").stdout)["layers"][0]
    assert again["latency_cycles"] == layer["latency_cycles"]
    assert again["stored_operand"]["position"] == "first"
    other = run(*ask, silent)
    assert other.exit_code != 0 or (
        json.loads(other.stdout)["layers"][0]["latency_cycles"] != layer["latency_cycles"]
    )


def test_a_third_operand_is_refused(run: Run) -> None:
    """With what would be valid."""
    done = run("map", "vit_tiny", "-a", "aimc", "--stored", "third")
    assert done.exit_code == 2
    assert "best" in done.output
