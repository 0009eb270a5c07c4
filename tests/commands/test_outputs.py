"""What a command writes destroys neither what it reads nor what else it writes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.commands.networks import (
    accelerator_contents,
    mapping_file,
    write_accelerator,
    write_model,
)

READ = "is read by this command and would be lost"
BOTH = "is also the file of --out"
DASH = "found '-', expected the name of a file; "


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, result_file: Path) -> Path:
    """Return a folder with one input of each kind, in which commands run."""
    monkeypatch.chdir(tmp_path)
    write_model(tmp_path)
    write_accelerator(tmp_path, accelerator_contents())
    mapping_file(tmp_path)
    (tmp_path / "r.json").write_bytes(result_file.read_bytes())
    (tmp_path / "nests").mkdir()
    (tmp_path / "nests" / "one_complete.json").write_text("{}", encoding="utf-8")
    os.symlink("mine.yaml", "link.yaml")
    os.link("small.onnx", "hard.onnx")
    return tmp_path


MAP = "map small.onnx -a mine.yaml"
SEARCH = "search small.onnx -a mine.yaml -e loma"
EVALUATE = "evaluate small.onnx -a mine.yaml -m"
CROSSCHECK = "crosscheck small.onnx -a mine.yaml --engines none --no-zigzag"


@pytest.mark.parametrize(
    ("command", "option", "message"),
    [
        (f"{MAP} -o mine.yaml", "--out", READ),
        (f"{MAP} -o ./small.onnx", "--out", READ),
        (f"{MAP} -o link.yaml", "--out", READ),
        (f"{MAP} -o hard.onnx", "--out", READ),
        (f"{MAP} --plot r.png -o ./r.png", "--plot", BOTH),
        (f"{MAP} -o -", "--out", f"{DASH}--format json writes the result to stdout"),
        (f"{SEARCH} -o mine.yaml", "--out", READ),
        (f"{EVALUATE} mapping.json -o mapping.json", "--out", READ),
        (f"{EVALUATE} nests -o nests/one_complete.json", "--out", READ),
        ("export r.json -o r.json", "--out", READ),
        ("export r.json -o -", "--out", f"{DASH}loop nests go to stdout without it"),
        ("export r.json --to zigzag -o r.json", "--out", READ),
        (f"{CROSSCHECK} -o mine.yaml", "--out", READ),
        (f"{CROSSCHECK} --plot -", "--plot", DASH),
    ],
)
def test_inputs_stay_and_outputs_differ(
    run: Any, folder: Path, command: str, option: str, message: str
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = run(*command.split())
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {option}: ")
    assert message in line
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_an_earlier_output_is_replaced(run: Any, folder: Path) -> None:
    """Also one called like a preset, which is no input then."""
    arguments = ("evaluate", "small.onnx", "-a", "aimc", "-m", "mapping.json", "-o", "aimc", "-q")
    assert [run(*arguments).exit_code, run(*arguments).exit_code] == [0, 0]
    assert (folder / "aimc").read_text(encoding="utf-8").startswith('{\n  "schema"')


FULL = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no disk that is always full")


@FULL
@pytest.mark.parametrize("command", [MAP, SEARCH, f"{EVALUATE} mapping.json"])
@pytest.mark.parametrize("form", ["table", "json"])
def test_a_result_that_cannot_be_written_is_printed(
    run: Any, folder: Path, command: str, form: str
) -> None:
    arguments = (*command.split(), "-q", "--format", form)
    whole = run(*arguments)
    done = run(*arguments, "-o", "/dev/full")
    assert done.exit_code == 2
    assert done.stderr == "error: /dev/full: cannot be written: No space left on device\n"
    assert len(done.stdout.splitlines()) == len(whole.stdout.splitlines()) > 5


@FULL
def test_a_crosscheck_that_cannot_be_written_is_printed(run: Any, folder: Path) -> None:
    os.symlink("/dev/full", "full.json")
    done = run(*CROSSCHECK.split(), "-q", "-o", "full.json", "--plot", "p.png")
    assert done.exit_code == 2
    assert done.stderr == "error: full.json: cannot be written: No space left on device\n"
    assert "solver" in done.stdout
    assert (folder / "p.png").stat().st_size > 0


def test_a_result_behind_a_link(run: Any, folder: Path) -> None:
    (folder / "real.json").write_text("old", encoding="utf-8")
    (folder / "real.json").chmod(0o600)
    os.symlink("real.json", "out.json")
    done = run(*MAP.split(), "-q", "-o", "out.json")
    assert done.exit_code == 0
    assert (folder / "out.json").is_symlink()
    assert (folder / "real.json").read_text(encoding="utf-8").startswith('{\n  "schema"')
    assert (folder / "real.json").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def no_text(folder: Path) -> str:
    """Return the name of the network's file in bytes that are no text."""
    name = os.fsdecode(b"b\xff.onnx")
    try:
        os.link("small.onnx", name)
    except OSError:
        pytest.skip("names of files are text here")
    return name


@pytest.mark.parametrize("form", ["table", "json"])
def test_paths_that_are_no_text(run: Any, folder: Path, no_text: str, form: str) -> None:
    done = run("map", no_text, "-a", "mine.yaml", "-q", "-o", "r2.json", "--format", form)
    assert (done.exit_code, done.stderr) == (0, "")
    written = json.loads((folder / "r2.json").read_text(encoding="utf-8"))
    assert written["network"]["path"] == r"b\xff.onnx"
    assert run("verify", "r2.json").exit_code == 0


def test_paths_that_are_no_text_in_arguments(shell: Any, no_text: str) -> None:
    done = shell("layers", no_text)
    assert (done.returncode, done.stderr) == (0, "")
    plain = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = shell("map", "é.onnx", "-a", no_text, env=plain)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("suffix", ["csv", "md"])
def test_the_suffix_of_out_decides_the_form(
    run: Any, model: Path, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"out.{suffix}"
    searched = run("search", model, "-a", "aimc", "-e", "loma", "-j", 1, "--out", out)
    assert searched.exit_code == 0
    assert sum("classify" in line for line in out.read_text().splitlines()) == 1


@pytest.mark.parametrize("command", ["map", "search", "evaluate"])
def test_an_unknown_suffix_is_refused_before_anything_is_read(
    run: Any, tmp_path: Path, command: str
) -> None:
    options = {"search": ["-e", "loma"], "evaluate": ["-m", "no.json"]}.get(command, [])
    out = tmp_path / "out.xlsx"
    done = run(command, "no/such/model.onnx", "-a", "aimc", *options, "--out", out)
    assert done.exit_code == 2
    assert done.stderr == (
        f"error: {out}: found the suffix 'xlsx', expected one of json, csv, parquet, md\n"
    )
