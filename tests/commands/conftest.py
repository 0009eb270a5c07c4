"""A small network, and its result, shared by the tests of all commands."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.commands.networks import write_model
from zigzag_imc.commands.app import app

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def run() -> Run:
    """Return a function that runs the tool in this process."""
    runner = CliRunner()

    def invoke(*arguments: object) -> Result:
        return runner.invoke(app, [str(argument) for argument in arguments])

    return invoke


@pytest.fixture(scope="session")
def shell() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs the tool in a process of its own."""

    def call(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "zigzag_imc", *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=300, **options
        )

    return call


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the small network."""
    return write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def result_file(run: Run, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the result of mapping the small network, fronts included.

    Among tiles that divide: its proofs are repeated often, and are quick there.
    """
    path = tmp_path_factory.mktemp("result") / "result.json"
    asked = ("map", model, "--accelerator", "aimc", "--divisors-only", "--pareto")
    done = run(*asked, "--out", path, "--jobs", 1)
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture
def contents(result_file: Path) -> dict[str, Any]:
    """Return the contents of the result, to change."""
    return copy.deepcopy(json.loads(result_file.read_text(encoding="utf-8")))
