"""``zigzag-imc evaluate``: mappings of one's own, and results as mapping files."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.networks import (
    CONV_MAPPING,
    GEMM_MAPPING,
    accelerator_contents,
    mapping_file,
    write_accelerator,
)


def test_scores_a_mapping_file(run: Any, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "scored.json"
    done = run("evaluate", model, "-a", "aimc", "--mapping", mapping_file(tmp_path), "--out", out)
    assert done.exit_code == 0, done.output
    assert "FEASIBLE" in done.stdout
    first, classify = json.loads(out.read_text())["layers"]
    assert (
        first["count"] == 2
    )  # the second convolution has no entry: it takes that of the first, its twin
    assert first["spatial"] == CONV_MAPPING["spatial"]
    assert first["temporal"] == CONV_MAPPING["temporal"]
    assert first["status"] == "FEASIBLE"
    assert first["bound"] is None
    assert first["certificate"] is None
    assert classify["latency_cycles"] > 0
    assert run("verify", out).exit_code == 0


def test_no_objective_is_named_where_nothing_was_searched(
    run: Any, model: Path, tmp_path: Path
) -> None:
    done = run("evaluate", model, "-a", "aimc", "-m", mapping_file(tmp_path))
    assert "\nmodel    cost model imc\n" in done.stdout


@pytest.mark.parametrize("shared", [True, False])
def test_several_memories_on_top_are_named(
    run: Any, model: Path, tmp_path: Path, shared: bool
) -> None:
    contents = accelerator_contents()
    array, memories = contents["operational_array"], contents["memories"]
    array["dimensions"], array["sizes"] = ["D1", "D2", "D3"], [16, 128, 8]
    memories["sram_256KB"]["served_dimensions"] = [
        "D1",
        "D2",
    ]  # below the top: each macro may have its own
    memories["dram"]["served_dimensions"] = ["D1", "D2", "D3"] if shared else ["D1", "D2"]
    accelerator = write_accelerator(tmp_path, contents)
    done = run("evaluate", model, "-a", accelerator, "-m", mapping_file(tmp_path))
    assert done.exit_code == 0, done.output
    said = [line for line in done.stdout.splitlines() if line.startswith("memories")]
    assert said == ([] if shared else ["memories 8 instances of dram"])


def test_one_of_a_kind_is_counted_as_one(run: Any, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "one.json"
    assert (
        run("map", model, "-a", "aimc", "--layer", "classify", "-o", out, "-j", 1, "-q").exit_code
        == 0
    )
    assert run("verify", out).stdout == (
        f"ok: {out}: 1 distinct layer, 1 mapping legal and scored again; 1 claim of "
        "optimality with a matching bound\n"
    )


def test_a_result_is_a_mapping_file(
    run: Any, model: Path, result_file: Path, contents: dict[str, Any]
) -> None:
    done = run("evaluate", model, "-a", "aimc", "--mapping", result_file, "--format", "json")
    for scored, mapped in zip(json.loads(done.stdout)["layers"], contents["layers"], strict=True):
        for key in (
            "names",
            "spatial",
            "temporal",
            "energy_pj",
            "latency_cycles",
            "edp",
            "breakdown",
        ):
            assert scored[key] == mapped[key]


def test_optimum_is_no_worse_than_a_mapping_by_hand(
    run: Any, model: Path, contents: dict[str, Any], tmp_path: Path
) -> None:
    done = run(
        "evaluate", model, "-a", "aimc", "--mapping", mapping_file(tmp_path), "--format", "json"
    )
    for scored, mapped in zip(json.loads(done.stdout)["layers"], contents["layers"], strict=True):
        assert mapped["bound"] <= scored["edp"] * (1 + 1e-9)


def test_twins_may_be_mapped_differently(run: Any, model: Path, tmp_path: Path) -> None:
    other = copy.deepcopy(CONV_MAPPING) | {"name": "second"}
    other["spatial"] = {"D1": {"K": 4}, "D2": {"C": 8, "FY": 3, "FX": 3}}
    loops = [["OX", 6], ["OY", 6]]
    other["temporal"] = {
        "W": [loops, [["K", 2]]],
        "I": [[], [*loops, ["K", 2]], []],
        "O": [[], loops, [["K", 2]]],
    }
    path = mapping_file(tmp_path, CONV_MAPPING, other, GEMM_MAPPING)
    layers = json.loads(
        run("evaluate", model, "-a", "aimc", "-m", path, "--format", "json").stdout
    )["layers"]
    assert [layer["names"] for layer in layers] == [["first"], ["second"], ["classify"]]
    assert layers[0]["energy_pj"] != layers[1]["energy_pj"]


def _changed(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(CONV_MAPPING) | changes


ALL_ABOVE = [["OX", 6], ["OY", 6]]

ILLEGAL: dict[str, tuple[dict[str, Any], str]] = {
    "overflow": (
        _changed(
            spatial={"D1": {"K": 4}, "D2": {"C": 8, "FY": 3, "FX": 3}},
            temporal={
                "W": [[["K", 2], *ALL_ABOVE], []],
                "I": [[], [["K", 2], *ALL_ABOVE], []],
                "O": [[], [["K", 2], *ALL_ABOVE], []],
            },
        ),
        "memory cells overflows by 8 bits",
    ),
    "factors": (
        _changed(
            temporal={
                "W": [[["OX", 6]], []],
                "I": [[], [["OX", 6]], []],
                "O": [[], [["OX", 6]], []],
            }
        ),
        "the factors of OY multiply to 1, expected 6",
    ),
    "lanes": (
        _changed(spatial={"D1": {"K": 17}}),
        "spatial.D1: the unrollings multiply to 17, the array has 16",
    ),
    "array_dim": (
        _changed(spatial={"D9": {"K": 8}}),
        "spatial.D9: the array has no such dimension",
    ),
    "dim": (_changed(spatial={"D1": {"KK": 8}}), "(did you mean 'K'?)"),
    "levels": (
        _changed(temporal=CONV_MAPPING["temporal"] | {"I": [[], ALL_ABOVE]}),
        "temporal.I: found 2 memory levels, the accelerator has 3",
    ),
    "order": (
        _changed(temporal=CONV_MAPPING["temporal"] | {"I": [[], [["OY", 6], ["OX", 6]], []]}),
        "all operands share one loop order",
    ),
}


@pytest.mark.parametrize("case", ILLEGAL)
def test_illegal_mappings_are_one_line(run: Any, model: Path, tmp_path: Path, case: str) -> None:
    entry, message = ILLEGAL[case]
    path = mapping_file(tmp_path, entry, GEMM_MAPPING)
    done = run("evaluate", model, "-a", "aimc", "--mapping", path)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {path}: layer 'first': ")
    assert message in line
    assert done.stdout == ""


def test_an_unknown_layer_is_named(run: Any, model: Path, tmp_path: Path) -> None:
    path = mapping_file(tmp_path, _changed(name="frist"), GEMM_MAPPING)
    done = run("evaluate", model, "-a", "aimc", "--mapping", path)
    assert (
        done.stderr
        == f"error: {path}: layer 'frist' is not in the network (did you mean 'first'?)\n"
    )


def test_a_missing_layer_is_named(run: Any, model: Path, tmp_path: Path) -> None:
    path = mapping_file(tmp_path, CONV_MAPPING)
    done = run("evaluate", model, "-a", "aimc", "--mapping", path)
    assert done.exit_code == 2
    assert "no mapping for layer 'classify'" in done.stderr
    assert (
        run("evaluate", model, "-a", "aimc", "--mapping", path, "--layer", "first").exit_code == 0
    )


def test_a_layer_with_two_mappings_is_named(run: Any, model: Path, tmp_path: Path) -> None:
    path = mapping_file(tmp_path, CONV_MAPPING, CONV_MAPPING)
    done = run("evaluate", model, "-a", "aimc", "--mapping", path)
    assert done.stderr == f"error: {path}: layer 'first' has two mappings, expected one\n"
