"""Which share of a network is mapped stands in every total, with and without ``--quiet``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import parser

# 48 products in a layer, 16 in a contraction of a diagonal, which is none.
PARTLY = """<ir_version: 8, opset_import: ["" : 17]>
g (float[3,4] x, float[4,4] d) => (y, z) <float[4,4] w = {{{}}}> {{
    [layer] y = MatMul(x, w)
    [rest] z = Einsum<equation="ii,ik->k">(d, d) }}"""


@pytest.fixture
def partly(tmp_path: Path) -> Path:
    """Return the file of a network of which three quarters are a layer."""
    path = tmp_path / "partly.onnx"
    onnx.save(parser.parse_model(PARTLY.format(", ".join(["1"] * 16))), path)
    return path


@pytest.mark.parametrize("command", ["layers", "map"])
@pytest.mark.parametrize("quiet", [[], ["-q"]])
def test_the_share_stands_in_the_totals(
    run: Any, partly: Path, command: str, quiet: list[str]
) -> None:
    options = [] if command == "layers" else ["-a", "dimc", "--jobs", 1, "--objective", "energy"]
    done = run(command, partly, *options, *quiet)
    assert done.exit_code == 0, done.output
    assert "75 % of its multiply-accumulates" in done.stdout
    assert ("warning: 1 Einsum not mapped" in done.stderr) is not bool(quiet)
    assert ("16 MACs" in done.stderr) is not bool(quiet)


def test_the_share_is_that_of_the_network_whatever_was_asked_for(
    run: Any, partly: Path, tmp_path: Path
) -> None:
    out = tmp_path / "r.json"
    done = run("map", partly, "-a", "dimc", "--layer", "layer", "--jobs", 1, "-o", out, "-q")
    assert "75 % of its multiply-accumulates" in done.stdout
    contents = json.loads(out.read_text())
    assert contents["network"]["macs"] == 48
    assert [operator["macs"] for operator in contents["unsupported"]] == [16]
    assert run("verify", out, "-q").exit_code == 0


def test_a_whole_network_says_nothing(run: Any, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    done = run("map", model, "-a", "dimc", "--layer", "classify", "--jobs", 1, "-o", out, "-q")
    assert "multiply-accumulates" not in done.stdout
    assert "macs" not in json.loads(out.read_text())["network"]
