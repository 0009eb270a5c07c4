"""``zigzag-imc map``: what it prints and writes."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.commands.networks import (
    accelerator_contents,
    without_times,
    write_accelerator,
    write_model,
)
from zigzag_imc.results.result import NetworkResult


def test_table_shows_layers_and_totals(run: Any, model: Path) -> None:
    done = run("map", model, "--accelerator", "aimc", "--jobs", 1)
    assert done.exit_code == 0
    upper, header, _, first, second, *_ = done.stdout.splitlines()
    assert upper.split() == ["energy", "latency"]
    assert header.split()[:3] == ["layer", "loops", "spatial"]
    assert header.split()[5:] == ["util", "status", "s"]
    assert first.startswith("first x2")
    assert "K8 C8 OY6 OX6 FY3 FX3" in first
    assert "D1: " in first
    assert "OPTIMAL" in first
    assert second.startswith("classify ")
    assert "small on aimc: 3 layers (2 distinct), 41,552 MACs" in done.stdout
    assert "3 OPTIMAL of 3 layers" in done.stdout
    assert done.stderr == ""


def test_json_is_the_whole_result(run: Any, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = run("map", model, "-a", "aimc", "--format", "json", "--out", out, "-j", 1)
    assert done.exit_code == 0
    assert done.stdout == out.read_text(encoding="utf-8")
    result = NetworkResult.model_validate_json(done.stdout, strict=True)
    assert result.network.name == "small"
    assert result.objective == "edp"
    assert [(layer.name, layer.names, layer.count) for layer in result.layers] == [
        ("first", ("first", "second"), 2),
        ("classify", ("classify",), 1),
    ]
    for layer in result.layers:
        assert layer.status == "OPTIMAL"
        assert layer.bound is not None
        assert layer.objective_value is not None
        assert layer.bound <= layer.objective_value == layer.edp
        assert layer.certificate is not None
        assert layer.certificate.exact_scores >= 1
        assert layer.pareto is None


def test_totals_count_identical_layers(contents: dict[str, Any]) -> None:
    totals, layers = contents["totals"], contents["layers"]
    for key in ("energy_pj", "latency_cycles", "macs"):
        assert totals[key] == pytest.approx(sum(layer["count"] * layer[key] for layer in layers))
    assert totals["edp"] == pytest.approx(totals["energy_pj"] * totals["latency_cycles"])
    assert totals["status_counts"] == {"OPTIMAL": 3}


def test_fronts_hold_the_optimum(contents: dict[str, Any]) -> None:
    for layer in contents["layers"]:
        assert layer["pareto_proved"]
        values = [point["energy_pj"] * point["latency_cycles"] for point in layer["pareto"]]
        assert min(values) == pytest.approx(layer["edp"], rel=1e-9)


@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
def test_objectives(run: Any, model: Path, objective: str) -> None:
    done = run("map", model, "-a", "dimc", "--objective", objective, "--format", "json", "-j", 1)
    for layer in json.loads(done.stdout)["layers"]:
        key = {"energy": "energy_pj", "latency": "latency_cycles", "edp": "edp"}[objective]
        assert layer["objective"] == objective
        assert layer["objective_value"] == layer[key]


def test_network_scope_is_at_least_as_good_as_layer_by_layer(
    run: Any, model: Path, contents: dict[str, Any], tmp_path: Path
) -> None:
    out = tmp_path / "together.json"
    done = run(
        "map", model, "-a", "aimc", "--scope", "network", "--format", "json", "--out", out, "-j", 1
    )
    together = json.loads(done.stdout)
    assert together["totals"]["edp"] <= contents["totals"]["edp"] * (1 + 1e-9)
    assert together["totals"]["objective_value"] == together["totals"]["edp"]
    assert {layer["objective"] for layer in together["layers"]} == {"network_edp"}
    assert {layer["status"] for layer in together["layers"]} == {"OPTIMAL"}
    assert run("verify", out).exit_code == 0


@pytest.mark.parametrize("cost_model", ["imc", "zigzag", "zigzag-imc"])
def test_cost_models(run: Any, model: Path, cost_model: str, tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    done = run(
        "map",
        model,
        "-a",
        "aimc",
        "--cost-model",
        cost_model,
        "--layer",
        "classify",
        "--out",
        out,
        "-j",
        1,
    )
    assert done.exit_code == 0
    assert json.loads(out.read_text())["cost_model"] == cost_model
    assert run("verify", out).exit_code == 0


def test_only_named_layers(run: Any, model: Path) -> None:
    done = run(
        "map",
        model,
        "-a",
        "aimc",
        "--layer",
        "classify",
        "--layer",
        "second",
        "--format",
        "json",
        "-j",
        1,
    )
    layers = json.loads(done.stdout)["layers"]
    assert [layer["names"] for layer in layers] == [["second"], ["classify"]]


def test_layers_named_by_a_pattern(run: Any, model: Path) -> None:
    """A pattern stands for all names of its form; one that stands for none is told."""
    done = run("map", model, "-a", "aimc", "--layer", "*s*", "-j", 1, "--format", "json")
    layers = json.loads(done.stdout)["layers"]
    assert [layer["names"] for layer in layers] == [["first", "second"], ["classify"]]
    done = run("map", model, "-a", "aimc", "--layer", "clas?if*", "-j", 1, "--format", "json")
    assert [layer["name"] for layer in json.loads(done.stdout)["layers"]] == ["classify"]
    done = run("map", model, "-a", "aimc", "--layer", "z*")
    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert done.stderr.startswith("error: layer 'z*': not in network 'small'")


def test_batch_and_precision(run: Any, tmp_path: Path) -> None:
    model = write_model(tmp_path, batch="n")
    done = run(
        "map",
        model,
        "-a",
        "aimc",
        "--batch",
        3,
        "--precision",
        "W=4,I=4,O=12",
        "--layer",
        "classify",
        "--format",
        "json",
        "-j",
        1,
    )
    result = json.loads(done.stdout)
    assert result["batch"] == 3
    (layer,) = result["layers"]
    assert layer["precision"] == {"W": 4, "I": 4, "O": 12, "O_final": 8}
    assert 3 in layer["loop_dims"].values()


def test_unsupported_operators_are_named_on_stderr(run: Any, tmp_path: Path) -> None:
    model = write_model(tmp_path, unmapped=True)
    done = run("map", model, "-a", "aimc", "--layer", "classify", "--format", "json", "-j", 1)
    assert done.exit_code == 0
    share, line = done.stderr.splitlines()
    assert share == (
        "notice: the layers of the network hold an unknown share of its multiply-accumulates"
    )
    assert line == "warning: 1 Einsum not mapped (contraction of 3 tensors): 'mix'"
    assert json.loads(done.stdout)["unsupported"][0]["node_names"] == ["mix"]
    assert run("map", model, "-a", "aimc", "--layer", "classify", "--quiet", "-j", 1).stderr == ""


def test_a_layer_that_fits_nowhere_does_not_stop_the_others(
    run: Any, model: Path, tmp_path: Path
) -> None:
    contents = accelerator_contents()
    contents["memories"]["dram"]["size"] = (
        4096  # bits: the matrix product needs less, the convolutions more
    )
    contents["memories"]["sram_256KB"]["size"] = 2048
    contents["operational_array"]["sizes"] = [4, 16]
    accelerator, out = write_accelerator(tmp_path, contents), tmp_path / "result.json"
    done = run("map", model, "-a", accelerator, "--out", out, "-j", 1)
    assert done.exit_code == 0
    first, classify = json.loads(out.read_text())["layers"]
    assert first["status"] == "INFEASIBLE"
    assert "dram" in first["reason"]
    assert first["energy_pj"] is None
    assert classify["status"] == "OPTIMAL"
    assert "INFEASIBLE: first: " in done.stdout
    assert done.stdout.count(" of the mapped layers") == 3  # energy, latency, EDP
    assert run("verify", out).exit_code == 0


def test_totals_of_no_mapped_layer_are_none(run: Any, model: Path, tmp_path: Path) -> None:
    contents = accelerator_contents()
    contents["memories"]["dram"]["size"] = 4096  # bits: too few for the convolutions
    contents["memories"]["sram_256KB"]["size"] = 2048
    contents["operational_array"]["sizes"] = [4, 16]
    accelerator, out, figure = (
        write_accelerator(tmp_path, contents),
        tmp_path / "result.json",
        tmp_path / "none.png",
    )
    done = run(
        "map",
        model,
        "-a",
        accelerator,
        "--layer",
        "first",
        "--out",
        out,
        "--pareto",
        "--divisors-only",
        "--plot",
        figure,
        "-j",
        1,
    )
    assert done.exit_code == 0
    assert done.stderr.splitlines() == [
        f"{out}: result written",
        f"warning: {figure}: not written, for no layer is mapped",
    ]
    assert not figure.exists()
    totals = json.loads(out.read_text())["totals"]
    assert totals["mapped_layers"] == 0
    for key in ("energy_pj", "latency_cycles", "edp", "objective_value", "bound", "gap"):
        assert totals[key] is None
    for key in ("energy", "latency", "EDP"):
        assert f"{key:<9}- (no layer is mapped)" in done.stdout.splitlines()
    assert run("verify", out).exit_code == 0


def test_result_does_not_depend_on_jobs(shell: Any, model: Path) -> None:
    results = [
        json.loads(
            shell("map", model, "-a", "aimc", "--pareto", "--format", "json", "--jobs", jobs).stdout
        )
        for jobs in (1, 2)
    ]
    assert without_times(results[0]) == without_times(results[1])


def test_total_time_limit_is_kept(run: Any) -> None:
    started = time.process_time()  # as long as the clock's where nobody else uses the machine
    limit_s = 2
    wanted = ("--pareto", "--total-time-limit", limit_s, "--format", "json", "-j", 1)
    done = run("map", "resnet50", "-a", "aimc", *wanted)
    assert time.process_time() - started <= limit_s * 1.1 + 1
    assert done.exit_code == 0
    result = json.loads(done.stdout)
    assert result["limits"]["total_time_limit_s"] == limit_s
    assert result["stopped"] == "total time limit"


def test_precision_by_layer(run: Any, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    options = ["--precision", "W=6", "--precision", "*s*:W=4,I=4", "--precision", "first:W=2"]
    done = run("map", model, "-a", "dimc", *options, "-j", 1, "--out", out)
    assert done.exit_code == 0
    layers = json.loads(out.read_text())["layers"]
    bits = {name: layer["precision"] for layer in layers for name in layer["names"]}
    assert [(bits[name]["W"], bits[name]["I"]) for name in ("first", "second", "classify")] == [
        (2, 4),
        (4, 4),
        (4, 4),
    ]
    assert run("verify", out).exit_code == 0
    again = run("evaluate", model, "-a", "dimc", *options, "-m", out, "--format", "json")
    assert [layer["energy_pj"] for layer in json.loads(again.stdout)["layers"]] == [
        layer["energy_pj"] for layer in layers
    ]


def test_precision_of_no_layer_is_refused(run: Any, model: Path) -> None:
    done = run("map", model, "-a", "dimc", "--precision", "clasify:W=4")
    assert done.exit_code == 2
    assert done.stderr == (
        "error: --precision: 'clasify' matches no layer of network 'small' (did you mean "
        "'classify'?)\n"
    )


@pytest.mark.parametrize("command", [("map",), ("search", "--engine", "loma")])
def test_diagonals_can_be_left_out(run: Any, command: tuple[str, ...]) -> None:
    """The certificate says whether they were."""
    for option, has_diagonals in ((), True), (("--no-diagonals",), False):
        layer = ("--layer", "block1.depthwise", "--objective", "latency", "-j", 1)
        options = (*layer, *option, "--format", "json", "-q")
        done = run(*command, "ds_cnn", "-a", "dimc", *options)
        assert done.exit_code == 0, done.output
        (found,) = NetworkResult.model_validate_json(done.stdout).layers
        assert found.certificate is not None
        assert found.certificate.space.diagonals == has_diagonals
        assert found.spatial is not None
        assert bool({"G", "OX", "OY"} & set(found.spatial.get("D1", {}))) == has_diagonals
