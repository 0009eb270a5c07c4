"""Defaults from ``zigzag-imc.toml``: what is typed wins, and what means nothing is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zigzag_imc.commands.config import NAME, VARIABLE


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(VARIABLE, raising=False)
    return tmp_path


def peak(run: Any, *before: str, after: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what ``peak`` prints as JSON under the defaults."""
    done = run(*before, "peak", "aimc", *after, "--format", "json")
    assert done.exit_code == 0, done.output
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_a_file_in_the_working_folder_sets_defaults(run: Any, folder: Path) -> None:
    (folder / NAME).write_text("[all]\ntoggle-rate = 0.5\n[peak]\nweight-sparsity = 0.25\n")
    found = peak(run)
    assert (found["toggle_rate"], found["weight_sparsity"]) == (0.5, 0.25)


def test_what_is_typed_wins_over_the_file(run: Any, folder: Path) -> None:
    (folder / NAME).write_text("[peak]\ntoggle-rate = 0.5\n")
    assert peak(run, after=("--toggle-rate", "0.75"))["toggle_rate"] == 0.75


def test_the_table_of_a_command_wins_over_all(run: Any, folder: Path) -> None:
    (folder / NAME).write_text("[peak]\ntoggle-rate = 0.5\n[all]\ntoggle-rate = 0.1\n")
    assert peak(run)["toggle_rate"] == 0.5


def test_other_files_by_option_and_environment(
    run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option before the environment, that before the folder; empty is none."""
    for name, rate in ((NAME, 0.1), ("b.toml", 0.2), ("c.toml", 0.3)):
        (folder / name).write_text(f"[peak]\ntoggle-rate = {rate}\n")
    assert peak(run)["toggle_rate"] == 0.1
    monkeypatch.setenv(VARIABLE, "b.toml")
    assert peak(run)["toggle_rate"] == 0.2
    assert peak(run, "--config", "c.toml")["toggle_rate"] == 0.3
    monkeypatch.setenv(VARIABLE, "")
    assert peak(run)["toggle_rate"] == 1.0


def test_options_that_have_to_be_given_may_stand_in_the_file(
    run: Any, folder: Path, model: Path
) -> None:
    (folder / NAME).write_text(
        '[map]\naccelerator = "aimc"\nlayer = ["clas*"]\njobs = 1\nobjective = "energy"\n'
        "diagonals = false\n[layers]\nformat = 'csv'\n"
    )
    done = run("map", model, "--format", "json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["objective"], [one["name"] for one in found["layers"]]) == (
        "energy",
        ["classify"],
    )
    assert run("layers", model).stdout.startswith("layer,count,")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[all]\nobjectiv = 'energy'\n",
            "[all] objectiv: no such option (did you mean 'objective'?)",
        ),
        ("[map]\ntoggle-rate = 1\n", "[map] toggle-rate: no such option"),
        ("[mop]\n", "found the table [mop], expected [all] or a command (did you mean 'map'?)"),
        ("objective = 'energy'\n", "objective: stands in no table"),
        ("[map]\nobjective = ['energy']\n", "objective: found ['energy'], expected a text"),
        ("[map]\nlayer = [['a']]\n", "layer: found [['a']], expected a text"),
        ("[map]\nmodel = 'resnet8'\n", "[map] model: no such option"),
        ("[map\n", "cannot be read: "),
        (
            "[peak]\ntoggle-rate = 'much'\n",
            "[peak] toggle-rate: found 'much', expected a number (see zigzag-imc peak -h)",
        ),
        ("[all]\ntoggle-rate = 2\n", "[all] toggle-rate: found 2, expected at most 1"),
    ],
)
def test_what_means_nothing_is_one_line(run: Any, folder: Path, text: str, said: str) -> None:
    (folder / NAME).write_text(text)
    done = run("peak", "aimc")
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.startswith(f"error: {NAME}: ")
    assert len(done.stderr.splitlines()) == 1


def test_what_is_typed_wrong_is_not_said_of_the_file(run: Any, folder: Path) -> None:
    (folder / NAME).write_text("[peak]\ntoggle-rate = 2\n")
    done = run("peak", "aimc", "--toggle-rate", "3")
    assert done.stderr.startswith("error: --toggle-rate: found '3', expected at most 1")


def test_what_the_library_finds_wrong_is_said_of_the_file(run: Any, folder: Path) -> None:
    (folder / NAME).write_text("[map]\ngap = -1\n")
    done = run("map", "resnet8", "-a", "dimc", "-j", "1")
    assert done.stderr.startswith(f"error: {NAME}: [map] gap: found -1.0, expected a number from 0")
    typed = run("map", "resnet8", "-a", "dimc", "-j", "1", "--gap", "-2")
    assert typed.stderr.startswith("error: --gap: found -2.0, expected")


def test_a_file_that_is_not_there_is_told(run: Any) -> None:
    done = run("--config", "none.toml", "peak", "aimc")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "error: none.toml: cannot be read: No such file or directory\n"
