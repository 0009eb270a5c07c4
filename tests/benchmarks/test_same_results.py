"""The script that compares two versions of the tool."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import same_results
from benchmarks.same_results import Case, Run, Turn, Version, differences, time_ratios

CHECKOUT = str(Path(__file__).resolve().parents[2])
FEW = ("--networks", "ds_cnn", "--accelerators", "dimc", "--objectives", "energy")


def test_differences_have_a_path() -> None:
    before = {"a": [{"b": 1.0}, 2], "gone": 1, "seconds": 1.5, "same": "x"}
    after = {"a": [{"b": 1.0000000000000002}, 2.0], "new": 1, "seconds": 2.5, "same": "x"}
    assert list(differences(before, after)) == [
        "a[0].b: 1.0 -> 1.0000000000000002",
        "a[1]: 2 -> 2.0",
        "gone: only before",
        "new: only after",
    ]


def test_lists_of_different_lengths_differ_as_a_whole() -> None:
    assert list(differences({"a": [1]}, {"a": [1, 2]})) == ["a: [1] -> [1, 2]"]


def test_ratios_are_medians_over_rounds_of_sums() -> None:
    """Commands take (3 + 1) / (1 + 1) = 2, 1 and 3 times as long: 2; searches half as long."""

    def turn(objective: str, after_s: float) -> Turn:
        case = Case("n", "a", objective)
        return Turn(case, Run({}, wall_s=1.0, search_s=4.0), Run({}, after_s, search_s=2.0))

    rounds = [
        [turn("energy", 3.0), turn("edp", 1.0)],
        [turn("energy", 1.0), turn("edp", 1.0)],
        [turn("energy", 1.0), turn("edp", 5.0)],
    ]
    assert time_ratios(rounds, None) == (2.0, 0.5)
    assert time_ratios(rounds, "energy") == (1.0, 0.5)


def test_an_environment_is_run_without_the_checkout_it_is_started_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    assert "PYTHONPATH" not in Version.at(sys.executable).environment()
    assert Version.at(CHECKOUT).environment()["PYTHONPATH"] == CHECKOUT


def test_a_version_equals_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert same_results.main([CHECKOUT, CHECKOUT, *FEW, "--rounds", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1 results compared, 0 differences"
    assert [line.split()[0] for line in lines[3:]] == ["energy", "all"]


def test_a_difference_ends_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    energies = iter((1.0, 2.0))

    def run(version: Version, case: Case, jobs: int) -> Run:
        return Run({"energy_pj": next(energies)}, 1.0, 1.0)

    monkeypatch.setattr(same_results, "run", run)
    assert same_results.main(["before", "after", *FEW]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "ds_cnn on dimc, energy: energy_pj: 1.0 -> 2.0",
        "1 results compared, 1 differences",
    ]


def test_a_folder_without_a_checkout_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else a version installed elsewhere would be compared."""
    assert same_results.main([str(tmp_path), CHECKOUT, *FEW]) == 1
    assert capsys.readouterr().err == f"{tmp_path}: holds no checkout of the tool\n"


def test_a_version_that_ends_with_an_error_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert same_results.main([CHECKOUT, CHECKOUT, "--networks", "resnet9"]) == 1
    assert f"{CHECKOUT}: resnet9 on aimc, energy: " in capsys.readouterr().err
