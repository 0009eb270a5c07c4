"""``layers``, ``accelerators``, ``--version``, ``--help``."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import zigzag_imc
from tests.commands.networks import write_model
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.hardware.presets import preset_names, preset_text
from zigzag_imc.onnx_workload.loader import load_network
from zigzag_imc.onnx_workload.shipped import NETWORKS
from zigzag_imc.report.terminal.other_tables import print_accelerators, print_layers


def test_layers_as_json(run: Any, model: Path) -> None:
    done = run("layers", model, "--format", "json")
    contents = json.loads(done.stdout)
    first, classify = contents["layers"]
    assert first["name"] == "first"
    assert first["operator"] == "Conv"
    assert first["loop_dims"] == {
        "B": 1,
        "G": 1,
        "K": 8,
        "C": 8,
        "OY": 6,
        "OX": 6,
        "FY": 3,
        "FX": 3,
    }
    assert first["macs"] == 8 * 8 * 36 * 9
    assert first["count"] == 2
    assert classify["operator"] == "Gemm"
    assert contents["total_macs"] == 2 * first["macs"] + classify["macs"]
    assert contents["unsupported"] == []


def test_layers_as_table(run: Any, tmp_path: Path) -> None:
    done = run("layers", write_model(tmp_path, batch="n", unmapped=True), "--batch", 2)
    assert done.exit_code == 0
    assert "small: 3 layers (2 distinct), 83,104 MACs" in done.stdout
    assert "Einsum" in done.stderr


def test_accelerators(run: Any) -> None:
    done = run("accelerators")
    for name in preset_names():
        assert name in done.stdout
    assert "D1 16 x D2 128" in done.stdout
    assert run("accelerators", "dimc").stdout == preset_text("dimc")


def test_a_file_is_checked_and_summarised(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(preset_text("dimc") + "\nclock_ns: 5\ndataflows: {D1: ['K, 16']}\n")
    done = run("accelerators", file)
    assert done.exit_code == 0
    assert "notice: " in done.stderr
    assert "dataflows: taken as constraints" in done.stderr
    for said in (
        "dimc: digital, D1 16 x D2 128",
        "8-bit activations, 1 a cycle, 8-bit weights, 1 per multiplier",
        "28 nm, 0.9 V",
        "5.000 ns = 200.0 MHz (critical path 3.757 ns)",
        "0.8625 mm2: array 0.1071, memories 0.7554 (all instances, cost model imc)",
        "0.1024 TOPS; of the array alone 7.490 TOPS/W, 0.9563 TOPS/mm2",
    ):
        assert said in done.stdout
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line}
    assert rows["input_register"][4] == "128"
    assert rows["adders_regular"][1:3] == ["2.830", "0.0870"]
    assert "adcs" not in rows  # of analog arrays alone


def test_a_summary_of_a_preset_under_another_cost_model(run: Any) -> None:
    done = run("accelerators", "dimc", "--summary", "--cost-model", "zigzag")
    assert "0.8579 mm2: array 0.1071, memories 0.7508 (each once, cost model zigzag)" in done.stdout
    assert "critical path" not in done.stdout


def test_a_summary_as_json(run: Any) -> None:
    contents = json.loads(run("accelerators", "aimc", "--format", "json").stdout)
    assert contents["name"] == "aimc"
    assert contents["cost_model"] == "imc"
    hardware = contents["hardware"]
    assert hardware["tclk_ns"] == pytest.approx(sum(hardware["critical_path_ns"].values()))
    assert hardware["memory_instances"]["input_register"] == 128
    assert hardware["area_mm2"] == pytest.approx(
        sum(hardware["array_area_mm2"].values()) + sum(hardware["memory_area_mm2"].values())
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dimcc"], "dimcc: no such file, nor a preset (aimc, dimc) (did you mean 'dimc'?)"),
        (["dimc", "--summary", "--cost-model", "imx"], "cost model 'imx': unknown"),
    ],
)
def test_a_summary_of_what_is_none(run: Any, arguments: list[str], said: str) -> None:
    done = run("accelerators", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def test_networks(run: Any) -> None:
    done = run("networks")
    assert done.exit_code == 0
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()[2:]}
    assert tuple(rows) == NETWORKS
    assert rows["resnet18"] == ["21", "12", "1,814,073,344"]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_names_are_never_cut(width: int) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)
    print_accelerators(map(load_accelerator, preset_names()), console)
    print_layers(load_network("vit_tiny"), console)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    starts = {line.split()[0] for line in lines if line and line[0] != " "}
    assert {*preset_names(), "patch_embed", "blocks.0.attn.qk"} <= starts
    assert "…" not in "".join(lines)


def test_version(run: Any) -> None:
    assert run("--version").stdout == f"zigzag-imc {zigzag_imc.__version__}\n"


@pytest.mark.parametrize(
    "command", [[], ["map"], ["evaluate"], ["verify"], ["layers"], ["networks"], ["accelerators"]]
)
def test_help(run: Any, command: list[str]) -> None:
    done = run(*command, "--help")
    assert done.exit_code == 0
    assert "Usage:" in done.stdout


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, zigzag_imc.commands.app; "
        "heavy = {'ortools', 'onnx', 'numpy', 'pydantic', 'matplotlib', 'rich', 'yaml'} & "
        "set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
