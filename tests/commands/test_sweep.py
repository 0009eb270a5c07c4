"""``zigzag-imc sweep``: what it prints, and what a killed one loses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import polars
import pytest

from tests.commands.terminal import wait_until
from tests.sweep.studies import COLUMNS, ROWS, solved, write_study
from zigzag_imc.models.area import area_of
from zigzag_imc.models.hardware.templates.template import Template
from zigzag_imc.models.profile import profile_named


def test_it_says_what_it_did(run: Any, tmp_path: Path) -> None:
    study = write_study(tmp_path)
    done = run("sweep", study, "-o", tmp_path / "out", "--jobs", 1)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "accelerators: 4",
        "points: 8, 8 solved now, 0 known",
        f"tables: {tmp_path}/out/layers.parquet, networks.parquet, and both as .csv",
    ]
    again = run("sweep", study, "-o", tmp_path / "out", "--jobs", 1)
    assert "points: 8, 0 solved now, 8 known" in again.stdout


def test_a_slip_is_one_line(run: Any, tmp_path: Path) -> None:
    done = run("sweep", write_study(tmp_path, where="row > 1"), "-o", tmp_path / "out")
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {tmp_path}/study.yaml: where: 'row > 1': found 'row'")


def test_a_file_may_be_called_like_an_option(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    done = run("sweep", "out", "-o", "found")
    assert done.stderr == "error: out: is a folder, expected a YAML file with a study\n"


def test_a_killed_sweep_goes_on_where_it_was(run: Any, tmp_path: Path) -> None:
    """Killed again and again, parent and workers alike; then as if it had not been."""
    ranges = {ROWS: list(range(8, 72, 8)), COLUMNS: [2, 3, 4, 6, 8, 10, 12, 16]}
    accelerators = {"accelerator": "mine.yaml", "name": "arrays", "ranges": ranges}
    study = write_study(tmp_path, accelerators=accelerators)
    command = [sys.executable, "-m", "zigzag_imc", "sweep", str(study), "-o"]
    for _ in range(2):
        known = solved(tmp_path)
        killed = subprocess.Popen([*command, str(tmp_path / "out")], start_new_session=True)
        wait_until(partial(_has_more_than, known, tmp_path))
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
    assert 2 <= solved(tmp_path) < 128
    finished = run("sweep", study, "-o", tmp_path / "out", "--jobs", 1)
    assert finished.exit_code == 0
    whole = ("sweep", study, "-o", tmp_path / "whole", "--cache", tmp_path / "whole.sqlite")
    assert run(*whole, "--jobs", 1).exit_code == 0
    for name in ("layers", "networks"):
        one, other = (
            polars.read_parquet(tmp_path / folder / f"{name}.parquet").drop("solve_s")
            for folder in ("out", "whole")
        )
        assert one.equals(other)
        assert one.height == {"layers": 128, "networks": 64}[name]


def _has_more_than(known: int, folder: Path) -> bool:
    return solved(folder) > known


def test_results_are_printed(run: Any, tmp_path: Path) -> None:
    study = write_study(tmp_path)
    assert run("sweep", study, "-o", tmp_path / "out", "--jobs", 1).exit_code == 0
    table = run("results", tmp_path / "out", "--where", "D1 == 4", "--sort", "-energy_pj")
    assert table.exit_code == 0
    assert "arrays D2=8 D1=4" in table.stdout
    assert "D1=2" not in table.stdout
    columns = ("--columns", "D1,D2,status", "--format", "csv")
    csv = run("results", tmp_path / "out", *columns, "--limit", 1)
    assert csv.stdout == "D1,D2,status\n2,8,OPTIMAL\n"
    grouped = run("results", tmp_path / "out", "--of", "layers", "-g", "layer", "--format", "json")
    assert [row["points"] for row in json.loads(grouped.stdout)] == [4, 4]
    summed = run("results", tmp_path / "out", "-g", "accelerator", "--statistic", "sum").stdout
    assert "area_mm2" not in summed.splitlines()[0]
    assert "edp_js is the sum of energies times the sum of delays" in summed.splitlines()[-1]


def test_two_results_are_compared(run: Any, tmp_path: Path) -> None:
    write_study(tmp_path)
    for name in ("aimc", "dimc"):
        out = ("--objective", "energy", "-o", tmp_path / f"{name}.json", "--jobs", 1)
        assert run("map", tmp_path / "small.onnx", "-a", name, *out).exit_code == 0
    files = (tmp_path / "aimc.json", tmp_path / "dimc.json")
    table = run("compare", *files)
    assert table.exit_code == 0
    assert "2 of 2 layers differ" in table.stdout
    told = json.loads(run("compare", *files, "--format", "json").stdout)
    assert told["schema"] == "zigzag-imc/comparison/1"
    assert [layer["name"] for layer in told["layers"]] == ["first", "classify"]
    assert "all 2 layers are the same" in run("compare", files[0], files[0]).stdout


def test_an_exploration_says_what_is_best_and_why(run: Any, tmp_path: Path) -> None:
    ranges = {"rows": [32, 64], "columns": [32, 64], "sram_kb": [16, 64]}
    networks = [{"model": "small.onnx", "name": name} for name in ("one", "other")]
    entry = {"template": "dimc", "ranges": ranges}
    study = write_study(tmp_path, accelerators=entry, networks=networks)
    options = ("--objective", "energy", "--area-mm2", 1, "--jobs", 1)
    table = run("explore", study, *options)
    assert table.exit_code == 0
    assert "best: dimc rows=" in table.stdout
    assert "against the runner-up dimc" in table.stdout
    assert "2 networks, one after the other: energy and delay are sums over them" in table.stdout
    assert "all from the cache" not in table.stdout
    assert "0 layers solved (all from the cache), " in run("explore", study, *options).stdout
    told = json.loads(run("explore", study, *options, "--format", "json").stdout)
    assert told["points"] == 8
    assert told["solved"] + sum(told["pruned"].values()) == 8
    assert told["proved"]
    assert told["best"]["area_mm2"] <= 1
    assert told["best"]["value"] <= told["runner_up"]["value"]


def test_a_figure_is_drawn(run: Any, tmp_path: Path) -> None:
    study = write_study(tmp_path)
    assert run("sweep", study, "-o", tmp_path / "out", "--jobs", 1).exit_code == 0
    done = run("plot", tmp_path / "out", "networks", "--over", "D1", "-o", tmp_path / "a.svg")
    assert done.exit_code == 0
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<?xml")
    refused = run("plot", tmp_path / "out", "networks", "--over", "D7", "-o", tmp_path / "a.svg")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("error: --over: found 'D7', expected a parameter")


def test_where_nothing_is_small_enough_the_smallest_is_named(run: Any, tmp_path: Path) -> None:
    ranges = {"rows": [64, 32], "columns": [32, 64]}
    entry = {"template": "dimc", "ranges": ranges}
    study = write_study(tmp_path, accelerators=entry, area_mm2=0.01)
    areas = {
        f"dimc rows={rows} columns={columns}": area_of(
            Template(kind="dimc", rows=rows, columns=columns).accelerator(), profile_named("imc")
        ).total_mm2
        for rows in ranges["rows"]
        for columns in ranges["columns"]
    }
    least = min(areas, key=lambda name: areas[name])
    said = f"found none within 0.01 mm2; the smallest, {least}, has {areas[least]:.4g} mm2\n"
    swept = run("sweep", study, "-o", tmp_path / "out", "--jobs", 1)
    assert (swept.exit_code, swept.stderr) == (0, said)
    explored = run("explore", study, "--jobs", 1)
    assert (explored.exit_code, explored.stderr) == (0, said)
    assert explored.stdout.startswith("no accelerator: of 4 combinations, 4 over the area\n")
    assert run("sweep", study, "-o", tmp_path / "out", "-q").stderr == ""


def test_what_cannot_be_built_is_said_with_a_reason(run: Any, tmp_path: Path) -> None:
    ranges = {"rows": [-3, 32], "columns": [100, 36]}
    study = write_study(tmp_path, accelerators={"template": "dimc", "ranges": ranges})
    out = tmp_path / "out"
    swept = run("sweep", study, "-o", out, "--jobs", 1)
    assert swept.stderr == (
        "4 cannot be built: rows: found -3, expected a whole number of cells, 1 to 1048576 (2 "
        "of them share this reason); 2 other reasons\n"
    )
    explored = run("explore", study, "--jobs", 1)
    assert explored.stderr == swept.stderr
    assert explored.stdout.startswith("no accelerator: of 4 combinations, 4 that cannot be built\n")
    below = run("results", out).stdout.splitlines()[-4:]
    assert below[0] == ""
    assert below[1].startswith("REFUSED (2): rows: found -3, expected")
    assert below[2].startswith("REFUSED (1): columns: found 100, expected a multiple of")
    assert "REFUSED (" not in run("results", out, "--columns", "status,reason").stdout


def test_a_network_that_an_array_cannot_run_is_said(run: Any, tmp_path: Path) -> None:
    """The sweep goes on, and a line on stderr says which network does not go with which array."""
    entry = {"template": "dimc", "ranges": {"rows": [32], "columns": [32], "sram_kb": [1, 2]}}
    network = {"model": "resnet8", "layers": ["conv1"]}
    study = write_study(tmp_path, networks=network, accelerators=entry)
    out = tmp_path / "out"
    swept = run("sweep", study, "-o", out, "--jobs", 1)
    (line,) = swept.stderr.splitlines()
    assert line.startswith("not mapped: resnet8 on dimc rows=32 columns=32 sram_kb=1: even the ")
    assert line.endswith(" (1 more, which results shows)")
    assert run("sweep", study, "-o", out, "-q").stderr == ""


def test_sums_for_programs_are_explained_on_stderr(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("sweep", write_study(tmp_path), "-o", out, "--jobs", 1)
    asked = ("results", out, "--group-by", "network", "--statistic", "sum")
    said = run(*asked, "--format", "csv").stderr
    assert said == run(*asked, "--format", "json").stderr != ""
    assert " ".join(said.split()) in " ".join(run(*asked).stdout.split())
    assert run("results", out, "--format", "csv").stderr == ""


def test_a_study_whose_conditions_nothing_keeps_says_so(run: Any, tmp_path: Path) -> None:
    entry = {"template": "dimc", "ranges": {"rows": [32]}, "where": "rows > 64"}
    swept = run("sweep", write_study(tmp_path, accelerators=entry), "-o", tmp_path / "out")
    assert swept.stderr == (
        "found no accelerator: no values of the ranges keep the conditions (where)\n"
    )
