"""``zigzag-imc explain``: text for people, JSON for machines, one line for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zigzag_imc.explain.records import Explanation

SECTIONS = ("What binds", "Cycles", "Energy", "Memories", "Array", "Loop nest", "What if")


def test_people_read_sections(run: Any, result_file: Path) -> None:
    done = run("explain", result_file, "classify", "--jobs", 1)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "classify of small on aimc: Gemm K10 C8"
    assert "OPTIMAL: no mapping has less edp" in lines
    places = [next(number for number, line in enumerate(lines) if line.startswith(section)) for section in SECTIONS]
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
    assert run("map", model, "-a", "aimc", "--scope", "network", "-o", path, "--jobs", 1, "-q").exit_code == 0
    told = json.loads(run("explain", path, "classify", "--jobs", 1, "--format", "json").stdout)
    assert told["objective"] == "network_edp"
    assert told["what_if_objective"] == "edp"
    assert told["what_if_base"] <= told["edp"] * (1 + 1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["clasify"], "layer 'clasify': not in the result (did you mean 'classify'?)"),
        (["classify", "--time-limit", 0], "time_limit: found 0.0, expected a number of seconds above 0"),
    ],
)
def test_wrong_arguments_are_one_line(run: Any, result_file: Path, arguments: list[object], message: str) -> None:
    done = run("explain", result_file, *arguments)
    assert (done.exit_code, done.stderr, done.stdout) == (2, f"error: {message}\n", "")


def test_a_layer_without_a_mapping_is_named(run: Any, contents: dict[str, Any], tmp_path: Path) -> None:
    contents["layers"][1] |= {"spatial": None, "temporal": None, "status": "INFEASIBLE", "reason": "too small"}
    path = tmp_path / "result.json"
    path.write_text(json.dumps(contents), encoding="utf-8")
    done = run("explain", path, "classify")
    assert done.exit_code == 2
    assert done.stderr == "error: layer 'classify': has no mapping to explain, it is INFEASIBLE: too small\n"


def test_a_mapping_that_is_not_legal_is_named(run: Any, contents: dict[str, Any], tmp_path: Path) -> None:
    contents["layers"][1]["spatial"]["D1"]["K"] = 1000
    path = tmp_path / "result.json"
    path.write_text(json.dumps(contents), encoding="utf-8")
    done = run("explain", path, "classify")
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {path}: spatial.D1")
