"""``template``: an accelerator from a few options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from zigzag_imc import Template, load_accelerator
from zigzag_imc.commands.template import template_command
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.hardware.yaml_text import read_yaml

OPTIONS = (  # as typed
    "--rows 64 --columns 32 --macros 2 --weight-bits 4 --activation-bits 6 --bits-per-cycle 3 "
    "--adc-bits 4.5 --weights-per-cell 2 --sram-kb 64 --activations-in dram --weights-from dram "
    "--dram lpddr4 --technology 28nm,0.8V --sram-ports 1rw --name mine"
)
SAME: dict[str, Any] = {
    "kind": "aimc",
    "rows": 64,
    "columns": 32,
    "macros": 2,
    "weight_bits": 4,
    "activation_bits": 6,
    "bits_per_cycle": 3,
    "adc_bits": 4.5,
    "weights_per_cell": 2,
    "sram_kb": 64,
    "activations_in": "dram",
    "dram": "lpddr4",
    "supply_v": 0.8,
    "sram_ports": "1rw",
    "name": "mine",
}


def test_every_parameter_is_an_option() -> None:
    options = set(template_command.__annotations__)
    parameters = set(Template.model_fields) - {"node_nm", "supply_v"} | {"technology"}
    assert parameters <= options


def test_on_stdout(run: Any) -> None:
    done = run("template", "aimc", *OPTIONS.split())
    assert done.exit_code == 0
    read = accelerator_from_dict(read_yaml(done.stdout, "stdout"), "stdout")
    assert read == Template(**SAME).accelerator()


def test_in_a_file_that_is_then_mapped(run: Any, model: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    done = run("template", "dimc", "--rows", 32, "-o", path)
    assert done.exit_code == 0
    assert done.stdout == ""
    assert load_accelerator(path) == Template(kind="dimc", rows=32).accelerator()
    assert run("map", model, "-a", path, "--objective", "energy", "--jobs", 1).exit_code == 0


def test_described(run: Any) -> None:
    done = run("template", "aimc", "--describe", "--adc-model", "survey")
    assert done.exit_code == 0
    assert "5.5-bit ADC by the survey" in done.stdout
    for line in (
        "clock  ",
        "area   ",
        "peak   ",
        "costs       sram: CACTI 7 table, 32 nm, 1rw, corrected",
    ):
        assert line in done.stdout
    assert "operational_array" not in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--columns", 12), "error: --columns: found 12, expected a multiple of weight_bits"),
        (("--technology", "fast"), "error: --technology: found 'fast', expected node and supply"),
        (("--adc-bits", 4), "error: --adc-bits: found 4, expected none with kind dimc"),
        (("--dram", "ddr9"), "error: --dram: found 'ddr9', expected one of study"),
        (("--cacti", "nowhere"), "error: --cacti: nowhere is no program"),
        (("--out", "no/such/folder.yaml"), "error: no/such/folder.yaml: there is no folder"),
    ],
)
def test_refused(run: Any, options: tuple[object, ...], said: str) -> None:
    done = run("template", "dimc", *options)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
