"""What shells are told to complete."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from zigzag_imc.commands.app import app

COMPLETED = [
    ("zigzag-imc ma", ["map"]),
    ("zigzag-imc help la", ["layers"]),
    ("zigzag-imc map resnet", ["resnet18", "resnet50", "resnet8"]),
    ("zigzag-imc map resnet8 -a d", ["dimc"]),
    ("zigzag-imc map resnet8 --objective e", ["edp", "energy"]),
    ("zigzag-imc replay r.json conv1 --tra", ["--trace", "--trace-events"]),
]


def asked_by_shell(instruction: str, **environment: str) -> str:
    """Return what the command prints for a shell."""
    asked = {"_ZIGZAG_IMC_COMPLETE": instruction, **environment}
    return CliRunner().invoke(app, env=asked, prog_name="zigzag-imc").stdout


@pytest.mark.parametrize(("words", "expected"), COMPLETED)
def test_shells_complete_commands_options_and_names(words: str, expected: list[str]) -> None:
    place = str(len(words.split()) - 1)
    bash = asked_by_shell("complete_bash", COMP_WORDS=words, COMP_CWORD=place)
    assert sorted(bash.split()) == expected
    zsh = asked_by_shell("complete_zsh", _TYPER_COMPLETE_ARGS=words)
    assert sorted(re.findall(r'(?:\(\(|\n)"([^"]+)"', zsh)) == expected
    fish = asked_by_shell(
        "complete_fish", _TYPER_COMPLETE_ARGS=words, _TYPER_COMPLETE_FISH_ACTION="get-args"
    )
    assert sorted(line.split("\t")[0] for line in fish.splitlines()) == expected


@pytest.mark.parametrize(
    ("shell", "begins"),
    [
        ("bash", "complete -o default -F _zigzag_imc_completion zigzag-imc"),
        ("zsh", "compdef _zigzag_imc_completion zigzag-imc"),
        ("fish", "complete --command zigzag-imc"),
    ],
)
def test_scripts_for_shells_ask_the_command(shell: str, begins: str) -> None:
    script = asked_by_shell(f"source_{shell}")
    assert begins in script
    assert f"_ZIGZAG_IMC_COMPLETE=complete_{shell}" in script
