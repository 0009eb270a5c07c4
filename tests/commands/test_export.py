"""``zigzag-imc export``, and ``evaluate`` of what it wrote.

Files that are wrong are one clear line.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.networks import call_infeasible


def _evaluated(run: Any, model: Path, mapping: Path, *more: object) -> list[dict[str, Any]]:
    done = run("evaluate", model, "-a", "aimc", "--mapping", mapping, "--format", "json", *more)
    assert done.exit_code == 0, done.output
    layers: list[dict[str, Any]] = json.loads(done.stdout)["layers"]
    return layers


def _same(scored: list[dict[str, Any]], mapped: list[dict[str, Any]]) -> bool:
    keys = ("names", "spatial", "temporal", "energy_pj", "latency_cycles", "edp", "breakdown")
    return [[layer[key] for key in keys] for layer in scored] == [
        [layer[key] for key in keys] for layer in mapped
    ]


def test_a_loop_nest_goes_out_and_comes_back(
    run: Any, model: Path, result_file: Path, contents: dict[str, Any], tmp_path: Path
) -> None:
    out = tmp_path / "nest.txt"
    assert run("export", result_file, "--out", out).exit_code == 0
    printed = run("export", result_file)
    assert printed.stdout == out.read_text(encoding="utf-8")
    assert printed.stdout.startswith("loopnest 1  # zigzag-imc ")
    assert "layer first, second  # Conv K8 C8 OY6 OX6 FY3 FX3: OPTIMAL, " in printed.stdout
    assert _same(_evaluated(run, model, out), contents["layers"])


def test_zigzags_folder_goes_out_and_comes_back(
    run: Any, model: Path, result_file: Path, contents: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    done = run("export", result_file, "--to", "zigzag", "--out", folder)
    written, note = done.stderr.splitlines()
    assert written == f"{folder}: 6 files written"
    assert contents["layers"][1]["temporal"]["W"] == [[], []]  # all of it is spread over the array
    assert note.startswith(
        "note: ZigZag 3.9.1 ends with an error when it prints a mapping without loops in time; "
    )
    assert note.endswith(": classify")
    assert sorted(path.name for path in folder.iterdir()) == [
        "accelerator.yaml",
        "classify_complete.json",
        "first_complete.json",
        "mapping.yaml",
        "second_complete.json",
        "workload.yaml",
    ]
    assert _same(_evaluated(run, model, folder), contents["layers"])
    (layer,) = _evaluated(run, model, folder / "classify_complete.json", "--layer", "classify")
    assert layer["energy_pj"] == contents["layers"][1]["energy_pj"]


def test_the_folder_has_the_name_of_the_result(
    run: Any, result_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("export", result_file, "--to", "zigzag", "--layer", "second", "--quiet").stderr == ""
    files = sorted(path.name for path in (tmp_path / "result_zigzag").iterdir())
    assert files == ["accelerator.yaml", "mapping.yaml", "second_complete.json", "workload.yaml"]


def test_a_layer_without_a_mapping_stays_without(
    run: Any, model: Path, contents: dict[str, Any], tmp_path: Path
) -> None:
    call_infeasible(contents["layers"][1], "too small")
    result = tmp_path / "result.json"
    result.write_text(json.dumps(contents), encoding="utf-8")
    out = tmp_path / "nest.txt"
    assert run("export", result, "--out", out).exit_code == 0
    assert "no mapping  # too small" in out.read_text(encoding="utf-8")
    assert _evaluated(run, model, out)[1]["status"] == "UNKNOWN"
    assert run("export", result, "--to", "zigzag", "--out", tmp_path / "out").exit_code == 0
    assert not (tmp_path / "out" / "classify_complete.json").exists()


# ------------------------------------------------------------------ wrong files
def _nest(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


NESTS: dict[str, tuple[Callable[[str], str], str]] = {
    "no nest": (
        lambda _: "hello\n",
        "line 1: found 'hello', expected JSON or a loop nest that begins with",
    ),
    "version": (
        _nest("loopnest 1", "loopnest 2"),
        "line 1: found 'loopnest 2', expected 'loopnest 1'",
    ),
    "no layer": (
        _nest("layer first, second", ""),
        "line 4: found 'dram : W , I , O', expected 'layer NAME'",
    ),
    "memory": (
        _nest("sram_256KB:", "sram_256:"),
        "no memory 'sram_256' (did you mean 'sram_256KB'?)",
    ),
    "operand": (_nest("dram: W, I, O", "dram: W, I, Q"), "line 4: memory 'dram' does not hold 'Q'"),
    "twice": (_nest("dram: W, I, O", "dram: W, I, O, O"), "line 4: memory 'dram' holds O twice"),
    "missing": (
        _nest("dram: W, I, O", "dram: W, I"),
        "the memories of O are sram_256KB, output_register from the",
    ),
    "comma": (
        _nest("dram: W, I, O", "dram: W I O"),
        "line 4: found 'W I O', expected 'MEMORY: OPERAND, OPERAND'",
    ),
    "loop": (_nest("in [0, 6)", "in 6"), "expected 'for DIM in [0, FACTOR)'"),
    "factor": (
        _nest("in [0, 6)", "in [0, x)"),
        "found the factor 'x', expected a whole number, at least 1",
    ),
    "word": (_nest("parfor K", "pafor K"), "(did you mean 'parfor'?)"),
    "quote": (_nest("layer first", 'layer "first'), "expected 'layer NAME'"),
    "dim": (
        _nest("parfor K", "parfor Q"),
        "layer 'first': spatial.D1.Q: the layer has no such loop",
    ),
    "outside": (
        _nest("  dram:", "  for OX in [0, 1)\n  dram:"),
        "a loop stands outside dram, which holds all of W",
    ),
    "name": (
        _nest("layer first", "layer frist"),
        "layer 'frist' is not in the network (did you mean 'first'?)",
    ),
    "both": (
        _nest("  dram:", "  no mapping\n  dram:"),
        "layer 'first' says 'no mapping', but has one",
    ),
}


@pytest.mark.parametrize("case", NESTS)
def test_wrong_loop_nests_are_one_line(
    run: Any, model: Path, result_file: Path, tmp_path: Path, case: str
) -> None:
    change, message = NESTS[case]
    path = tmp_path / "nest.txt"
    path.write_text(change(run("export", result_file).stdout), encoding="utf-8")
    _refused(run("evaluate", model, "-a", "aimc", "-m", path), path, message)


def _put(keys: str, value: Any) -> Callable[[dict[str, Any]], None]:
    *way, last = keys.split(".")

    def change(dump: dict[str, Any]) -> None:
        for key in way:
            dump = dump[key]
        dump[last] = value

    return change


DUMPS: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "other layer": (
        _put("inputs.layer.name", "frist"),
        "layer 'frist' is not in the network (did you mean 'first'?)",
    ),
    "other size": (
        _put("inputs.layer.loop_dimensions.OX", 7),
        "inputs.layer.loop_dimensions.OX: found 7, layer 'first' of the network has 6",
    ),
    "no loops": (
        lambda dump: dump["inputs"].pop("temporal_mapping"),
        "inputs.temporal_mapping: missing",
    ),
    "no operand": (
        lambda dump: dump["inputs"]["temporal_mapping"].pop("I"),
        "inputs.temporal_mapping.I: missing",
    ),
    "loop": (
        _put("inputs.temporal_mapping.I", [["OX 6"], [], []]),
        "temporal_mapping.I[0]: found 'OX 6', expected",
    ),
    "levels": (
        _put("inputs.temporal_mapping.I", [[], []]),
        "temporal_mapping.I: found 2 levels, the file's",
    ),
    "memory": (
        _put(
            "inputs.accelerator.mem_hierarchy_dict.I2",
            ["MemoryLevel(instance=cell,operands=[I2])"] * 2,
        ),
        "accelerator 'aimc' has no memory 'cell' for W (did you mean 'cells'?)",
    ),
    "level": (
        _put("inputs.accelerator.mem_hierarchy_dict.I2", ["cells", "dram"]),
        "found 'cells', expected text such",
    ),
    "link": (_put("inputs.layer.memory_operand_links.W", "I3"), "nothing for 'I3'"),
    "factor": (
        _put("inputs.layer.user_spatial_mapping.D1", {"K": 1.5}),
        "user_spatial_mapping.D1.K: found 1.5",
    ),
}


@pytest.mark.parametrize("case", DUMPS)
def test_wrong_complete_json_is_one_line(
    run: Any, model: Path, result_file: Path, tmp_path: Path, case: str
) -> None:
    change, message = DUMPS[case]
    run("export", result_file, "--to", "zigzag", "--out", tmp_path / "out")
    path = tmp_path / "out" / "first_complete.json"
    dump = json.loads(path.read_text(encoding="utf-8"))
    change(dump)
    path.write_text(json.dumps(dump), encoding="utf-8")
    _refused(run("evaluate", model, "-a", "aimc", "-m", path), path, message)


def test_a_folder_without_dumps_is_refused(run: Any, model: Path, tmp_path: Path) -> None:
    _refused(
        run("evaluate", model, "-a", "aimc", "-m", tmp_path),
        tmp_path,
        "is a folder without *_complete.json",
    )


EXPORTS: dict[str, tuple[Callable[[Path, Path], list[object]], str]] = {
    "layer": (
        lambda result, _: [result, "--layer", "clasify"],
        "not in the result (did you mean 'classify'?)",
    ),
    "folder": (
        lambda result, _: [result, "--to", "zigzag", "--out", result / "below"],
        "is a file or below one",
    ),
    "no folder": (
        lambda result, folder: [result, "--out", folder / "a" / "b"],
        "there is no folder",
    ),
    "no result": (lambda _, folder: [folder / "nothing.json"], "no such file"),
    "result": (
        lambda _, folder: [folder / "broken.json"],
        "accelerator.description: operational_array: missing",
    ),
}


@pytest.mark.parametrize("case", EXPORTS)
def test_wrong_arguments_are_one_line(
    run: Any, result_file: Path, contents: dict[str, Any], tmp_path: Path, case: str
) -> None:
    arguments, message = EXPORTS[case]
    contents["accelerator"]["description"].pop("operational_array")
    (tmp_path / "broken.json").write_text(json.dumps(contents), encoding="utf-8")
    _refused(run("export", *arguments(result_file, tmp_path)), None, message)


def _refused(done: Any, path: Path | None, message: str) -> None:
    """Exit code 2, and one line on stderr that names the file and says what is wrong."""
    assert done.exit_code == 2, done.output
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: " if path is None else f"error: {path}: ")
    assert message in line
    assert done.stdout == ""


def test_an_export_of_one_layer_is_evaluated_with_its_name(
    run: Any, model: Path, result_file: Path, tmp_path: Path
) -> None:
    exported = tmp_path / "one.txt"
    assert run("export", result_file, "--layer", "classify", "--out", exported).exit_code == 0
    whole = run("evaluate", model, "-a", "aimc", "-m", exported)
    assert whole.exit_code == 2
    assert whole.stderr == (
        f"error: {exported}: no mapping for layer 'first'; it has classify: ask for what it has "
        "with --layer classify (layers=['classify'])\n"
    )
    assert (
        run("evaluate", model, "-a", "aimc", "-m", exported, "--layer", "classify").exit_code == 0
    )


def _no_level(layer: dict[str, Any]) -> None:
    layer["breakdown"]["memory_energy"][0]["level"] = 8


def _one_level_more(layer: dict[str, Any]) -> None:
    layer["temporal"]["W"].append([])


def _no_such_dimension(layer: dict[str, Any]) -> None:
    layer["spatial"]["D9"] = {"OX": 2}


def _too_many(layer: dict[str, Any]) -> None:
    layer["spatial"]["D1"] = {"K": 10**6}


def _no_cost(layer: dict[str, Any]) -> None:
    layer["energy_pj"] = None


def _no_terms(layer: dict[str, Any]) -> None:
    layer["breakdown"] = None


@pytest.mark.parametrize("form", ["loopnest", "zigzag"])
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_no_level, "breakdown.memory_energy: found level 8 of"),
        (_one_level_more, "not legal: temporal.W: found 3 memory levels"),
        (_no_such_dimension, "not legal: spatial.D9: the array has no such dimension"),
        (_too_many, "not legal: spatial.D1"),
        (_no_cost, "found a mapping without its cost"),
        (_no_terms, "found a mapping without its cost"),
    ],
)
def test_what_does_not_fit_its_accelerator_is_not_exported(
    run: Any,
    contents: dict[str, Any],
    tmp_path: Path,
    damage: Callable[[dict[str, Any]], None],
    said: str,
    form: str,
) -> None:
    damage(contents["layers"][0])
    wrong, out = tmp_path / "wrong.json", tmp_path / "out"
    wrong.write_text(json.dumps(contents), encoding="utf-8")
    done = run("export", wrong, "--to", form, "--out", out)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {wrong}: layer 'first': ")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not out.exists()
