"""``zigzag-imc explain``: text for people, JSON for machines, one line for what is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from zigzag_imc import explain_layer
from zigzag_imc.explain.records import Explanation, WhatIfRecord
from zigzag_imc.report.terminal.console import results_console
from zigzag_imc.report.terminal.explanation import print_explanation

SECTIONS = ("What binds", "Cycles", "Energy", "Memories", "Array", "Loop nest", "What if")


def test_people_read_sections(run: Any, result_file: Path) -> None:
    done = run("explain", result_file, "classify", "--jobs", 1)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "classify of small on aimc: Gemm K10 C8"
    assert "OPTIMAL: no mapping has less edp" in lines
    places = [
        next(number for number, line in enumerate(lines) if line.startswith(section))
        for section in SECTIONS
    ]
    assert places == sorted(places)
    assert any(line.startswith("sram_256KB +1 bit") and "nothing" in line for line in lines)
    assert any(line.startswith("D2 +1 row") for line in lines)
    assert done.stderr == ""


def test_machines_read_json(run: Any, result_file: Path, contents: dict[str, Any]) -> None:
    done = run("explain", result_file, "second", "--no-what-if", "--format", "json")
    told = Explanation.model_validate_json(done.stdout, strict=True)
    record = contents["layers"][0]
    assert told.schema_id == "zigzag-imc/explanation/1"
    assert (told.layer, told.names) == ("second", ("first", "second"))
    assert told.energy_pj == record["energy_pj"]
    assert told.breakdown.model_dump(mode="json") == record["breakdown"]
    assert told.what_ifs == ()
    nest = run("export", result_file, "--layer", "second").stdout
    assert "\n".join(f"  {line}" for line in told.loop_nest) in nest


def test_the_mapping_of_a_network_is_compared_with_the_layers_own_optimum(
    run: Any, model: Path, tmp_path: Path
) -> None:
    path = tmp_path / "network.json"
    assert (
        run(
            "map", model, "-a", "aimc", "--scope", "network", "-o", path, "--jobs", 1, "-q"
        ).exit_code
        == 0
    )
    told = json.loads(run("explain", path, "classify", "--jobs", 1, "--format", "json").stdout)
    assert told["objective"] == "network_edp"
    assert told["what_if_objective"] == "edp"
    assert told["what_if_base"] <= told["edp"] * (1 + 1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["clasify"], "layer 'clasify': not in the result (did you mean 'classify'?)"),
        (
            ["classify", "--time-limit", 0],
            "--time-limit: found 0.0, expected a number of seconds above 0",
        ),
    ],
)
def test_wrong_arguments_are_one_line(
    run: Any, result_file: Path, arguments: list[object], message: str
) -> None:
    done = run("explain", result_file, *arguments)
    assert (done.exit_code, done.stderr, done.stdout) == (2, f"error: {message}\n", "")


def test_a_layer_without_a_mapping_is_named(
    run: Any, contents: dict[str, Any], tmp_path: Path
) -> None:
    contents["layers"][1] |= {
        "spatial": None,
        "temporal": None,
        "status": "INFEASIBLE",
        "reason": "too small",
    }
    path = tmp_path / "result.json"
    path.write_text(json.dumps(contents), encoding="utf-8")
    done = run("explain", path, "classify")
    assert done.exit_code == 2
    assert (
        done.stderr
        == "error: layer 'classify': has no mapping to explain, it is INFEASIBLE: too small\n"
    )


def test_a_mapping_that_is_not_legal_is_named(
    run: Any, contents: dict[str, Any], tmp_path: Path
) -> None:
    contents["layers"][1]["spatial"]["D1"]["K"] = 1000
    path = tmp_path / "result.json"
    path.write_text(json.dumps(contents), encoding="utf-8")
    done = run("explain", path, "classify")
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {path}: spatial.D1")


def test_searches_cut_off_leave_it_open_what_gives_most(run: Any, tmp_path: Path) -> None:
    """A fully connected layer, whose proofs take longer than that."""
    result = tmp_path / "fc.json"
    run("map", "resnet8", "-a", "aimc", "--layer", "fc", "--jobs", 1, "--out", result)
    done = run("explain", result, "fc", "--jobs", 1, "--time-limit", 1e-6)
    assert done.exit_code == 0, done.output
    (said,) = [line for line in done.stdout.splitlines() if line.startswith("what if   ")]
    rows = [line for line in done.stdout.splitlines() if line.endswith(("UNKNOWN", "FEASIBLE"))]
    assert rows
    # Between what a mapping of the changed accelerator gives and what its bound leaves open.
    assert re.search(r" gives most: [\d.]+ % to [\d.]+ % less edp$", said)


def _change(name: str, status: Any, gain: float | None, most_gain: float | None) -> WhatIfRecord:
    return WhatIfRecord(
        change=name, before=1, after=2, status=status, gain=gain, most_gain=most_gain
    )


PROVED = _change("sram +1 bit", "OPTIMAL", 0.02, 0.02)
NOTHING = _change("D1 +1 column", "OPTIMAL", 0.0, 0.0)
OPEN = _change("D2 +1 row", "FEASIBLE", 0.0, 0.053)
UNKNOWN = _change("dram bandwidth doubled", "UNKNOWN", None, None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((NOTHING,), "no single change below gives less edp"),
        ((PROVED, NOTHING), "sram +1 bit gives most: 2 % less edp"),
        (
            (NOTHING, OPEN),
            "none below is known to give less edp; how much is not known for 1 change, up to 5.3 %",
        ),
        (
            (PROVED, OPEN, NOTHING, UNKNOWN),
            (
                "sram +1 bit gives most of what is known: 2 % less edp; how much is not known "
                "for 2 changes"
            ),
        ),
        # Without the optimum as it is there is nothing to compare with.
        (
            (_change("sram +1 bit", "OPTIMAL", None, None),),
            "none below is known to give less edp; how much is not known for 1 change",
        ),
        ((UNKNOWN,), "none below is known to give less edp; how much is not known for 1 change"),
        (
            (PROVED, _change("D2 +1 row", "FEASIBLE", 0.01, 0.015)),
            "sram +1 bit gives most: 2 % less edp",
        ),
    ],
)
def test_the_headline_says_no_more_than_is_known(
    result_file: Path,
    capsys: pytest.CaptureFixture[str],
    changes: tuple[WhatIfRecord, ...],
    said: str,
) -> None:
    told = explain_layer(result_file, "second", what_if=False)
    update = {"what_ifs": changes, "what_if_objective": "edp", "what_if_base": told.edp}
    print_explanation(told.model_copy(update=update), results_console())
    assert f"what if   {said}\n" in capsys.readouterr().out


def test_without_a_layer_it_is_about_room_on_chip(
    run: Any, result_file: Path, tmp_path: Path
) -> None:
    done = run("explain", result_file)
    assert done.exit_code == 2
    assert "expected the name of a layer" in done.stderr
    kept = tmp_path / "kept.json"
    options = ("-a", "aimc", "--objective", "energy", "--locality", "best", "--jobs", 1)
    assert run("map", "ds_cnn", *options, "--out", kept).exit_code == 0
    done = run("explain", kept, "--jobs", 1)
    assert done.exit_code == 0, done.output
    assert any(
        line.startswith("sram_256KB  256 KiB  257 KiB") and "nothing" in line
        for line in done.stdout.splitlines()
    )
    told = json.loads(run("explain", kept, "--jobs", 1, "--format", "json").stdout)
    assert told["schema"] == "zigzag-imc/room/1"
