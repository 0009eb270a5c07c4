"""A stdout that takes no more costs one line at most, and no file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.networks import mapping_file

FULL = Path("/dev/full")


def _run(
    stdout: int, *arguments: object, buffered: bool = True
) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        *([] if buffered else ["-u"]),
        "-m",
        "zigzag_imc",
        *map(str, arguments),
    ]
    return subprocess.run(
        command, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False, timeout=100
    )


def _closed_pipe() -> int:
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize(
    "arguments", [("--version",), ("layers", "resnet8", "--format", "json"), ("networks",)]
)
def test_a_full_disk_is_one_line(arguments: tuple[str, ...], buffered: bool) -> None:
    with FULL.open("wb") as full:
        done = _run(full.fileno(), *arguments, buffered=buffered)
    assert (done.returncode, done.stderr) == (
        2,
        "error: stdout cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [("networks",), ("accelerators", "dimc"), ("layers", "resnet8", "--format", "json")],
)
def test_a_closed_pipe_is_no_error(arguments: tuple[str, ...]) -> None:
    pipe = _closed_pipe()
    done = _run(pipe, *arguments)
    os.close(pipe)
    assert (done.returncode, done.stderr) == (141, "")


def test_files_are_written_before(model: Path, tmp_path: Path) -> None:
    out, plot, compared = tmp_path / "r.json", tmp_path / "r.svg", tmp_path / "c.csv"
    given = tmp_path / "e.json"
    commands = (
        ("map", model, "-a", "aimc", "-j", 1, "-o", out, "--plot", plot, "-q"),
        ("evaluate", model, "-a", "aimc", "-m", mapping_file(tmp_path), "-o", given, "-q"),
        (
            "crosscheck",
            model,
            "-a",
            "aimc",
            "-j",
            1,
            "--engines",
            "none",
            "--no-zigzag",
            "-o",
            compared,
            "-q",
        ),
    )
    for command in commands:
        pipe = _closed_pipe()
        done = _run(pipe, *command)
        os.close(pipe)
        assert (done.returncode, done.stderr) == (141, "")
    assert all(path.stat().st_size > 100 for path in (out, plot, given, compared))


def test_no_stdout_at_all_is_no_error() -> None:
    close = (
        "import os, sys; os.close(1); os.execv(sys.executable, [sys.executable, '-m', "
        "'zigzag_imc', *sys.argv[1:]])"
    )
    command = [sys.executable, "-c", close, "layers", "resnet8", "--format", "json"]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")
