"""Wrong inputs end in exit code 2 and one line that says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.networks import (
    accelerator_contents,
    mapping_file,
    write_accelerator,
    write_model,
)

Arguments = list[object]


def _not_onnx(folder: Path) -> Arguments:
    path = folder / "notes.onnx"
    path.write_text("these are notes")
    return ["map", path, "-a", "aimc"]


def _truncated(folder: Path) -> Arguments:
    path = write_model(folder)
    path.write_bytes(path.read_bytes()[:200])
    return ["map", path, "-a", "aimc"]


def _dynamic(folder: Path) -> Arguments:
    import onnx

    path = write_model(folder)
    model = onnx.load(str(path))
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"
    onnx.save(model, str(path))
    return ["layers", path]


def _accelerator(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], Arguments]:
    def arguments(folder: Path) -> Arguments:
        contents = accelerator_contents()
        change(contents)
        return ["map", write_model(folder), "-a", write_accelerator(folder, contents)]

    return arguments


def _misspelt(contents: dict[str, Any]) -> None:
    dram = contents["memories"]["dram"]
    dram["szie"] = dram.pop("size")


def _study(folder: Path) -> Path:
    path = folder / "study.yaml"
    path.write_text("networks: [resnet8]", encoding="utf-8")
    return path


def _mapping(text: str) -> Callable[[Path], Arguments]:
    def arguments(folder: Path) -> Arguments:
        path = folder / "mapping.json"
        path.write_text(text)
        return ["evaluate", write_model(folder), "-a", "aimc", "--mapping", path]

    return arguments


def _map(*options: object) -> Callable[[Path], Arguments]:
    return lambda folder: ["map", write_model(folder), "-a", "aimc", *options]


CASES: dict[str, tuple[Callable[[Path], Arguments], tuple[str, ...]]] = {
    "not onnx": (_not_onnx, ("notes.onnx", "found a text file, expected an ONNX file")),
    "truncated onnx": (_truncated, ("small.onnx", "truncated")),
    "dynamic sizes": (_dynamic, ("small.onnx", "x[1, 8, height, 6]")),
    "no such model": (
        lambda folder: ["map", "resnet19", "-a", "aimc"],
        ("did you mean 'resnet18'?",),
    ),
    "no such preset": (
        lambda folder: ["map", "resnet8", "-a", "aimd"],
        ("aimd", "did you mean 'aimc'?"),
    ),
    "no such preset to print": (lambda folder: ["accelerators", "dmic"], ("did you mean 'dimc'?",)),
    "misspelt key": (_accelerator(_misspelt), ("memories.dram.szie", "did you mean 'size'?")),
    "wrong type": (
        _accelerator(lambda contents: contents["memories"]["dram"].update(size="big")),
        ("memories.dram.size", "'big'"),
    ),
    "negative size": (
        _accelerator(lambda contents: contents["memories"]["dram"].update(size=-1)),
        ("memories.dram.size", "-1", "at least 1"),
    ),
    "no such layer": (_map("--layer", "secnod"), ("secnod", "did you mean 'second'?")),
    "no such cost model": (_map("--cost-model", "zigzak"), ("zigzak", "did you mean 'zigzag'?")),
    "precision without number": (_map("--precision", "W=x"), ("--precision: W: found 'x'",)),
    "precision of nothing": (_map("--precision", "Q=8"), ("--precision: found 'Q=8'",)),
    "precision twice": (_map("--precision", "W=8,W=4"), ("W is given twice",)),
    "time limit": (
        _map("--time-limit", "-1"),
        ("--time-limit: found -1.0, expected a number of seconds above 0",),
    ),
    "total time limit": (_map("--total-time-limit", "nan"), ("--total-time-limit: found nan",)),
    "gap": (_map("--gap", "1"), ("--gap: found 1.0, expected a number from 0 to below 1",)),
    "seed": (_map("--seed", "-1"), ("--seed: found -1",)),
    "fixed batch": (_map("--batch", "2"), ("small.onnx", "batch")),
    "plot suffix": (_map("--plot", "front.gif"), ("front.gif", "png, svg, pdf")),
    "plot folder": (_map("--plot", "no/such/front.png"), ("there is no folder",)),
    "out folder": (_map("--out", "no/such/out.json"), ("there is no folder",)),
    "out is a folder": (_map("--out", "."), ("is a folder",)),
    "no mapping file": (
        lambda folder: [
            "evaluate",
            "resnet8",
            "-a",
            "aimc",
            "-m",
            mapping_file(folder).with_name("maping.json"),
        ],
        ("no such file (did you mean 'mapping.json'?)",),
    ),
    "result is a study": (
        lambda folder: ["explain", _study(folder)],
        ("is no result file, expected the JSON that --out of map",),
    ),
    "mapping is no json": (_mapping('{"layers": [}'), ("mapping.json: not valid JSON", "line 1")),
    "mapping is empty": (_mapping(""), ("mapping.json: not valid JSON",)),
    "mapping without layers": (_mapping("{}"), ("mapping.json: layers: missing",)),
    "mapping key": (
        _mapping(
            '{"layers": [{"name": "a", "spacial": {}, "temporal": {"W": [], "I": [], "O": []}}]}'
        ),
        ("layers[0].spatial: missing (found 'spacial'?)",),
    ),
    "mapping of one operand": (
        _mapping('{"layers": [{"name": "first", "spatial": {}, "temporal": {"W": [[], []]}}]}'),
        ("layer 'first': temporal.I: missing",),
    ),
    "mapping operand": (
        _mapping('{"layers": [{"name": "first", "spatial": {}, "temporal": {"Q": [[], []]}}]}'),
        ("layers[0].temporal.Q",),
    ),
    "mapping factor": (
        _mapping('{"layers": [{"name": "first", "spatial": {"D1": {"K": 1.5}}, "temporal": {}}]}'),
        ("layers[0].spatial.D1.K: found 1.5, expected a valid integer",),
    ),
    "mapping loop": (
        _mapping('{"layers": [{"name": "first", "spatial": {}, "temporal": {"W": [[["K"]]]}}]}'),
        ("layers[0].temporal.W[0][0]",),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_line_and_exit_code_2(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    make, parts = CASES[case]
    monkeypatch.chdir(tmp_path)
    done = run(*make(tmp_path))
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    for part in parts:
        assert part in line


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["map"],
        ["map", "resnet8"],
        ["map", "resnet8", "-a", "aimc", "--objective", "power"],
        ["--nope"],
    ],
)
def test_wrong_usage_exits_with_2(run: Any, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        (
            "--objective",
            "speed",
            "--objective: found 'speed', expected one of energy, latency, edp",
        ),
        ("--gap", "5%", "--gap: found '5%', expected a number, such as 0.05"),
        ("--time-limit", "soon", "--time-limit: found 'soon', expected a number"),
        ("--seed", "1.5", "--seed: found '1.5', expected a whole number"),
        ("--jobs", "0", "--jobs: found '0', expected at least 1"),
    ],
)
def test_wrong_values_are_told_plainly(run: Any, option: str, value: str, message: str) -> None:
    done = run("map", "resnet8", "-a", "aimc", option, value)
    assert done.exit_code == 2
    assert done.stderr == f"error: {message} (see zigzag-imc map -h)\n"


def test_in_a_process_of_its_own(shell: Any, tmp_path: Path) -> None:
    done = shell("map", tmp_path / "none.onnx", "-a", "aimc")
    assert done.returncode == 2
    assert (
        done.stderr == f"error: {tmp_path / 'none.onnx'}: file not found, expected an ONNX file\n"
    )


RESULT_CASES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "unknown key": (
        lambda result: result.update(objektive="edp"),
        "objektive: unknown key (did you mean 'objective'?)",
    ),
    "nested key": (
        lambda result: result["layers"][0].update(energy=1),
        "layers[0].energy: unknown key (did you mean 'energy_pj'?)",
    ),
    "missing key": (lambda result: result.pop("totals"), "totals: missing"),
    "schema": (
        lambda result: result.update(schema="zigzag-imc/result/9"),
        'schema: found "zigzag-imc/result/9"',
    ),
    "text for a number": (
        lambda result: result["layers"][0].update(energy_pj="12"),
        'layers[0].energy_pj: found "12", expected a valid number',
    ),
    "word": (
        lambda result: result["layers"][0].update(status="OPTIMUM"),
        'layers[0].status: found "OPTIMUM"',
    ),
    "list for a mapping": (lambda result: result.update(totals=[]), "totals: found a list of 0"),
}


@pytest.mark.parametrize("case", RESULT_CASES)
def test_result_files(run: Any, contents: dict[str, Any], tmp_path: Path, case: str) -> None:
    change, message = RESULT_CASES[case]
    change(contents)
    path = tmp_path / "result.json"
    path.write_text(json.dumps(contents), encoding="utf-8")
    done = run("verify", path)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {path}: {message}")


def test_messages_stay_short(
    run: Any, contents: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    contents["layers"][0]["-"] = 1
    Path("result.json").write_text(json.dumps(contents), encoding="utf-8")
    accelerator = accelerator_contents()
    accelerator["operational_array"]["-"] = 1
    write_accelerator(tmp_path, accelerator)
    (written,) = [path.name for path in tmp_path.iterdir() if path.suffix == ".yaml"]
    for arguments in (
        ("verify", "result.json"),
        ("map", "ds_cnn", "-a", written),
        ("map", "-", "-a", "aimc"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2
        assert len(done.stderr) <= 160


def test_a_result_with_an_infinite_number(
    run: Any, contents: dict[str, Any], tmp_path: Path
) -> None:
    contents["totals"]["energy_pj"] = float("inf")
    path = tmp_path / "result.json"
    path.write_text(json.dumps(contents), encoding="utf-8")
    assert run("verify", path).exit_code == 2


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no file without an end")
@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("verify /dev/zero", "found more than 1,000 characters, expected a JSON file"),
        ("evaluate resnet8 -a dimc -m /dev/zero", "found more than 1,000 characters, expected"),
        ("map resnet8 -a /dev/zero", "found a text of more than 1,000,000 characters"),
        ("layers /dev/zero", "found something that is not a regular file"),
    ],
)
def test_files_without_an_end(
    run: Any, monkeypatch: pytest.MonkeyPatch, command: str, message: str
) -> None:
    monkeypatch.setattr("zigzag_imc.results.reading.LONGEST_TEXT", 1000)
    done = run(*command.split())
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: /dev/zero: {message}")
