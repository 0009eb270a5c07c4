"""``zigzag-imc report``: pages of results, of two, of sweeps; one line for what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Run


@pytest.mark.parametrize("both", [False, True])
def test_it_writes_a_page(run: Run, result_file: Path, tmp_path: Path, both: bool) -> None:
    page = tmp_path / "report.html"
    files = [result_file] * (1 + both)
    done = run("report", *files, "--out", page, "--what-if", 0)
    assert done.exit_code == 0, done.output
    assert f"{page}: report written" in done.stderr
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert f"zigzag-imc verify {result_file}" in text


def test_it_searches_the_dearest_layers_again(run: Run, result_file: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = run("report", result_file, "-o", page, "--what-if", 1, "--jobs", 1, "--quiet")
    assert done.exit_code == 0, done.output
    text = page.read_text(encoding="utf-8")
    assert text.count("Mapped again on a changed accelerator") == 1
    assert "Change first: <strong>" in text or "No single change" in text


def test_it_says_which_mapping_is_too_long_to_be_played(
    run: Run, result_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "report.html"
    asked = ("report", result_file, "-o", page, "--what-if", 0, "--buffers", 0, "--replay", 1)
    run(*asked)
    assert "not played, for" not in page.read_text(encoding="utf-8")
    monkeypatch.setattr("zigzag_imc.commands.report_findings.MOST_STEPS", 1)
    run(*asked)
    text = page.read_text(encoding="utf-8")
    assert text.count("<p>Ports over time: not played, for the mapping takes more than") == 1


def test_the_result_is_not_overwritten(run: Run, result_file: Path) -> None:
    before = result_file.read_bytes()
    done = run("report", result_file, "-o", result_file)
    assert done.exit_code == 2
    assert "would be lost" in done.stderr
    assert result_file.read_bytes() == before


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.mkdir(), "networks.parquet: no such file"),
        (lambda path: path.write_text("{}", encoding="utf-8"), "thing: "),
        (lambda path: None, "thing: no such file"),
    ],
)
def test_what_is_no_result_is_said_in_one_line(
    run: Run, tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    path = tmp_path / "thing"
    make(path)
    done = run("report", path, "-o", tmp_path / "page.html")
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "page.html").exists()


def test_a_changed_mapping_is_refused(run: Run, contents: dict[str, Any], tmp_path: Path) -> None:
    unrolled = next(iter(contents["layers"][0]["spatial"].values()))
    unrolled[next(iter(unrolled))] *= 1000
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(contents), encoding="utf-8")
    done = run("report", changed, "-o", tmp_path / "page.html", "--what-if", 0)
    assert done.exit_code == 2
    assert str(changed) in done.stderr
