"""``validate``: the model of the array against published chips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from zigzag_imc.models.hardware.files import load_accelerator


def test_as_table(run: Any) -> None:
    done = run("validate")
    assert done.exit_code == 0
    assert "modelled" in done.stdout
    assert "DIMC1  TOPS/W" in done.stdout
    assert "TOPS/W: not comparable: the sparsity is unknown" in done.stdout


def test_as_json(run: Any) -> None:
    chips = json.loads(run("validate", "--format", "json").stdout)["chips"]
    assert len(chips) == 7
    assert {"modelled", "reported", "ratio", "means"} == set(chips[0]["figures"]["area_mm2"])


def test_the_file_of_a_chip(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "chip.yaml"
    path.write_text(run("validate", "dimc1").stdout)
    assert load_accelerator(path).array.circuit.booth


def test_a_picture(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "chips.svg"
    assert run("validate", "--plot", path).exit_code == 0
    drawn = path.read_text()
    assert "<svg" in drawn
    assert run("validate", "--plot", tmp_path / "chips.txt").exit_code == 2


def test_no_such_chip(run: Any) -> None:
    done = run("validate", "AIMC7")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: no chip 'AIMC7'")
