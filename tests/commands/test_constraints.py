"""Constraints on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def test_flags_and_file_together(run: Any, model: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "asked.yaml", tmp_path / "out.json"
    file.write_text("first: even\n")
    done = run(
        *("map", model, "-a", "dimc", "-j", 1, "--objective", "energy", "-o", out),
        *("--constraints", file, "-c", "order K > C", "--constraint", "first: utilization >= 0"),
    )
    assert done.exit_code == 0, done.stderr
    layers = {layer["name"]: layer for layer in json.loads(out.read_text())["layers"]}
    assert layers["first"]["constraints"] == ["even", "order K > C", "utilization >= 0.0"]
    assert any(layer["constraints"] == ["order K > C"] for layer in layers.values())
    lines = done.stdout.splitlines()
    (kept,) = (line for line in lines if line.startswith("keeps"))
    assert "even (1 of " in kept
    assert "order K > C;" in kept
    assert run("verify", out).exit_code == 0
    assert run("verify", out, "--prove", "-j", 1).exit_code == 0
    told = run("explain", out, "first", "--no-what-if").stdout
    assert "Constraints that the mapping keeps" in told
    assert "order K > C" in told


def test_engines_obey(run: Any, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = run(
        *("search", model, "-a", "dimc", "-e", "random", "--samples", 50, "-j", 1, "-o", out),
        *("-c", "unroll K on D1 = 1"),
    )
    assert done.exit_code == 0, done.stderr
    for layer in json.loads(out.read_text())["layers"]:
        assert "K" not in layer["spatial"].get("D1", {})


@pytest.mark.parametrize("command", ["map", "search", "evaluate"])
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("-c", "unrol K on D1 = 2"), "--constraint: found 'unrol K on D1 = 2', expected"),
        (("-c", "unroll K on D9 = 2"), "no array dimension 'D9'"),
        (("-c", "fist: even"), "did you mean 'first'?"),
        (("--constraints", "no_such.yaml"), "no_such.yaml"),
    ],
)
def test_wrong_constraints_exit_with_two(
    run: Any, model: Path, command: str, asked: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    more = {"map": (), "search": ("-e", "loma"), "evaluate": ("-m", tmp_path / "none.json")}
    done = run(command, model, "-a", "dimc", *more[command], *asked)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert done.stderr.count("\n") == 1


def test_export_says_what_is_kept(run: Any, model: Path, tmp_path: Path) -> None:
    out, nest = tmp_path / "out.json", tmp_path / "nest.txt"
    run("map", model, "-a", "dimc", "-j", 1, "-o", out, "-c", "first: order K > C")
    text = run("export", out).stdout
    (line,) = (line for line in text.splitlines() if line.startswith("layer first"))
    assert line.endswith(" cycles, within order K > C")
    nest.write_text(text)
    assert run("evaluate", model, "-a", "dimc", "-m", nest).exit_code == 0


def test_an_exported_mapping_file_is_read_as_constraints(
    run: Any, model: Path, tmp_path: Path
) -> None:
    """All unrollings and the order of all loops: the optimum within them is the one exported."""
    out, again, folder = tmp_path / "out.json", tmp_path / "again.json", tmp_path / "folder"
    options = ("map", model, "-a", "dimc", "-j", 1, "--objective", "energy")
    run(*options, "-o", out)
    assert run("export", out, "--to", "zigzag", "-o", folder).exit_code == 0
    done = run(*options, "-o", again, "--constraints", folder / "mapping.yaml")
    assert done.exit_code == 0, done.stderr
    free, asked = (json.loads(file.read_text())["layers"] for file in (out, again))
    for one, other in zip(free, asked, strict=True):
        assert other["constraints"]
        assert other["status"] == "OPTIMAL"
        assert other["objective_value"] == pytest.approx(one["objective_value"], rel=1e-6)
        assert other["spatial"] == one["spatial"]


def test_a_conflict_is_told_with_the_layer(run: Any, model: Path) -> None:
    done = run(
        *("map", model, "-a", "dimc", "--layer", "first", "-j", 1),
        *("-c", "even", "-c", "allow nothing on D2", "-c", "unroll C on D2 >= 2"),
    )
    assert done.exit_code == 0
    said = " ".join(done.stdout.split())
    assert "INFEASIBLE: first: no mapping that fits keeps these constraints together:" in said
    assert "together: allow nothing on D2; unroll C on D2 >= 2" in said
