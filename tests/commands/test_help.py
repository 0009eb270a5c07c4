"""Help in all ways to ask for it, with examples that can be typed."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from zigzag_imc.commands.app import app
from zigzag_imc.commands.examples import EXAMPLES


def commands() -> dict[str, Any]:
    """Return all commands."""
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_every_command_has_examples_that_can_be_typed() -> None:
    assert set(EXAMPLES) == set(commands())
    for name, examples in EXAMPLES.items():
        assert examples
        for what, typed in examples:
            command, *arguments = shlex.split(typed.partition(" > ")[0])
            assert command == name
            assert what
            commands()[command].make_context(command, arguments)


def test_commands_are_imported_when_they_are_asked_for() -> None:
    """Nothing else is built on the way to one of them; the names alone need none."""
    code = (
        "import sys, typer; from zigzag_imc.commands.app import app;"
        "known = typer.main.get_command(app).commands; assert 'map' in known and len(known) > 20;"
        "known['networks']; print(*[name for name in known"
        " if 'zigzag_imc.commands.' + name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "networks\n"


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_asked_for_in_three_ways(run: Any, flag: str) -> None:
    asked = run("help", "replay")
    assert asked.exit_code == 0
    assert "Examples:\n  # play a layer" in asked.stdout
    assert "--trace-events" in asked.stdout
    by_flag = run("replay", flag)
    assert by_flag.exit_code == 0
    assert "--trace-events" in by_flag.stdout
    assert "explain" in run("help").stdout


def test_the_manual_page_has_every_command(run: Any) -> None:
    page = run("help", "--man").stdout
    assert page.startswith('.TH ZIGZAG-IMC 1 "" "zigzag-imc ')
    sections = [line.split()[1] for line in page.splitlines() if line.startswith(".SS ")]
    assert sections == list(commands())
    plain = page.replace("\\-", "-")
    assert all(f"zigzag-imc {typed}" in plain for _, typed in EXAMPLES["map"])
    assert "\n.B --trace-events N\n" in plain
    assert "141 closed pipe" in page


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_man_shows_the_manual_page(run: Any) -> None:
    shown = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-P-cbou"],
        input=run("help", "--man").stdout,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stderr == ""
    assert "--objective <energy|latency|edp>\n" in shown.stdout


def test_help_of_an_unknown_command_names_the_nearest(run: Any) -> None:
    done = run("help", "repaly")
    assert (done.exit_code, done.stderr) == (
        2,
        "error: help: no command 'repaly' (did you mean 'replay'?)\n",
    )


def test_the_list_of_commands_cuts_no_sentence() -> None:
    help_text = CliRunner().invoke(app, ["-h"], env={"COLUMNS": "80"}).stdout
    listed = help_text.partition("Commands:")[2]
    assert all(name in listed for name in commands())
    assert "..." not in listed
