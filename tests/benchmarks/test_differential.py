"""The script behind ``docs/differential.md``: it reports what disagrees and keeps what it found."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from benchmarks import differential
from benchmarks.differential_report import Record
from tests.solver.faults_of_search import no_capacities_in_the_model

NONE_OF_THE_REST = [
    argument
    for kind in ("stalling", "corner", "bits", "diagonal", "paired")
    for argument in (f"--{kind}", 0)
]


def _run(patch: pytest.MonkeyPatch, *arguments: object) -> int:
    patch.setattr(sys, "argv", ["differential.py", *map(str, arguments)])
    return differential.main()


def test_a_sound_solver_has_no_disagreements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    records, report = tmp_path / "records.jsonl", tmp_path / "report.md"
    few = (
        "--start",
        0,
        "--stalling",
        1,
        "--corner",
        1,
        "--bits",
        1,
        "--diagonal",
        1,
        "--paired",
        1,
        "--most-mappings",
        400,
        "--records",
        records,
    )
    assert _run(monkeypatch, *few, "--cases", 1) == 0
    first = capsys.readouterr()
    assert "**6 cases, 18 optima, " in first.out
    assert _run(monkeypatch, *few, "--cases", 3, "--report", report) == 0
    second = capsys.readouterr()
    assert "2 of 2 cases, 0 disagreements" in second.err, (
        "the case that the records have is not run again"
    )
    assert second.out == ""
    text = report.read_text(encoding="utf-8")
    assert "**8 cases, 24 optima, " in text
    assert "0 disagreements.**" in text
    made = r"^on \d+ [A-Z][a-z]+ 20\d\d, in \d+ minutes of one process(, at commit [0-9a-f]+)?,"
    assert re.search(made, text, re.M)
    kept = [json.loads(line) for line in records.read_text(encoding="utf-8").splitlines()]
    assert [(record["kind"], record["seed"]) for record in kept] == [
        ("any", 0),
        ("stalling", 0),
        ("corner", 0),
        ("diagonal", 0),
        ("bits", 0),
        ("paired", 0),
        ("any", 1),
        ("any", 2),
    ]


def test_a_broken_solver_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    no_capacities_in_the_model(monkeypatch)
    assert (
        _run(
            monkeypatch,
            "--start",
            8,
            "--cases",
            1,
            *NONE_OF_THE_REST,
            "--most-mappings",
            1500,
        )
        == 1
    )
    found = capsys.readouterr()
    assert "DISAGREEMENT any case(8): batch" in found.err
    assert "## Disagreements" in found.out
    for said in (
        "but enumeration finds",
        "the mapping of solver is not legal: memory sram0 overflows",
        "not legal:",
    ):
        assert said in found.out


def test_what_is_raised_is_reported_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ArithmeticError("lost count")

    monkeypatch.setattr(differential, "solved", broken)
    assert (
        _run(
            monkeypatch,
            "--start",
            8,
            "--cases",
            1,
            *NONE_OF_THE_REST,
            "--most-mappings",
            400,
        )
        == 1
    )
    assert "energy: raises ArithmeticError: lost count" in capsys.readouterr().out


def test_ctrl_c_keeps_what_was_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = differential.record_of

    def interrupted(kind: str, seed: int, most_mappings: int) -> Record:
        if seed == 1:
            raise KeyboardInterrupt
        return plain(kind, seed, most_mappings)

    monkeypatch.setattr(differential, "record_of", interrupted)
    assert (
        _run(
            monkeypatch,
            "--start",
            0,
            "--cases",
            3,
            *NONE_OF_THE_REST,
            "--most-mappings",
            400,
        )
        == 130
    )
    found = capsys.readouterr()
    assert "stopped by Ctrl-C: reporting 1 of 3 cases" in found.err
    assert "**1 cases, 3 optima" in found.out
