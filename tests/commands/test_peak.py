"""``peak``: what an accelerator could do at most."""

from __future__ import annotations

import json
from typing import Any

import pytest

FIGURES = ("tops", "tops_per_w", "tops_per_mm2", "tclk_ns", "area_mm2", "energy_pj_per_cycle")


def test_as_json(run: Any) -> None:
    done = run("peak", "dimc", "--format", "json")
    assert done.exit_code == 0
    peaks = json.loads(done.stdout)
    for part in ("macro", "system"):
        assert all(isinstance(peaks[part][figure], float) for figure in FIGURES)
        energies = peaks[part]["energy_pj_per_cycle_of"].values()
        assert sum(energies) == pytest.approx(peaks[part]["energy_pj_per_cycle"])
        assert sum(peaks[part]["area_mm2_of"].values()) == pytest.approx(peaks[part]["area_mm2"])
    assert peaks["macro"]["tops_per_w"] > peaks["system"]["tops_per_w"]
    assert sum(peaks["tclk_ns_of"].values()) == pytest.approx(peaks["macro"]["tclk_ns"])
    assert peaks["accelerator"]["name"] == "dimc"


def test_as_table(run: Any) -> None:
    done = run("peak", "aimc", "--weight-sparsity", 0.5)
    assert done.exit_code == 0
    assert "50.0 % of the weight bits are zero" in done.stdout
    assert {line.split()[0] for line in done.stdout.splitlines() if line} >= {
        "macro",
        "system",
        "adcs",
        "sram_256KB",
    }


def test_sparse_weights_save_energy(run: Any) -> None:
    dense, sparse = (
        json.loads(run("peak", "aimc", "--weight-sparsity", share, "--format", "json").stdout)
        for share in (0, 0.5)
    )
    assert sparse["macro"]["tops_per_w"] > dense["macro"]["tops_per_w"]
    assert sparse["weight_sparsity"] == 0.5


def test_refused(run: Any) -> None:
    assert run("peak", "dimc", "--toggle-rate", 2).exit_code == 2
    done = run("peak", "none.yaml")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: none.yaml: no such file")
