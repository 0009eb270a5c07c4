"""What the totals of a run say about the accelerator: time, area, peak, and notices on its file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zigzag_imc.models.hardware.presets import preset_text


@pytest.mark.parametrize(
    ("cost_model", "area"),
    [
        ("imc", "0.8625 mm2 (all instances of all memories)"),
        ("zigzag", "0.8579 mm2 (each memory once)"),
    ],
)
def test_totals_say_what_the_accelerator_is(
    run: Any, model: Path, tmp_path: Path, cost_model: str, area: str
) -> None:
    out = tmp_path / "out.json"
    done = run("map", model, "-a", "dimc", "--cost-model", cost_model, "-j", 1, "-o", out)
    assert done.exit_code == 0, done.output
    lines = dict(line.split(maxsplit=1) for line in done.stdout.splitlines() if " " in line)
    totals = json.loads(out.read_text())["totals"]
    assert f" = {totals['edp_js']:.4g} J x s (total energy x total latency)" in lines["EDP"]
    assert totals["edp_js"] == pytest.approx(
        totals["energy_pj"] * 1e-12 * totals["latency_cycles"] * totals["tclk_ns"] * 1e-9
    )
    assert lines["area"] == area
    assert lines["peak"].startswith("0.1363 TOPS; 7.490 TOPS/W and 1.273 TOPS/mm2")


def test_a_slow_clock_and_a_notice_reach_the_result(run: Any, model: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "slow.yaml", tmp_path / "out.json"
    file.write_text(preset_text("dimc") + "\nclock_ns: 10\ndataflows: {D1: ['K, 16']}\n")
    done = run("map", model, "-a", file, "-j", 1, "-o", out)
    assert f"notice: {file}: dataflows: taken as constraints" in " ".join(done.stderr.split())
    assert "10.00 ns per cycle" in done.stdout
    contents = json.loads(out.read_text())
    assert contents["accelerator"]["notices"][0].startswith(f"{file}: dataflows")
    assert contents["accelerator"]["description"]["clock_ns"] == 10
    assert contents["hardware"]["tclk_ns"] == contents["totals"]["tclk_ns"] == 10
    assert run("verify", out).exit_code == 0


def test_quiet_says_no_notice(run: Any, model: Path, tmp_path: Path) -> None:
    file = tmp_path / "flows.yaml"
    file.write_text(preset_text("dimc") + "\ndataflows: {D1: ['K, 16']}\n")
    assert run("map", model, "-a", file, "-j", 1, "-q", "--layer", "first").stderr == ""
