"""A stdout that takes no more costs one line at most, and no file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from typer.testing import CliRunner

from tests.commands.networks import mapping_file
from zigzag_imc.commands.app import app

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
@pytest.mark.parametrize(
    ("arguments", "buffered"),
    [
        (("--version",), True),
        (("--version",), False),
        (("layers", "resnet8", "--format", "json"), True),
        (("networks",), False),
    ],
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


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """Return a network whose names have letters of many scripts."""
    path = tmp_path / "netz_é网.onnx"
    onnx.save(named_model(NAME), path)
    return path


NAME = "schicht_é网\U0001f600"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_letters_that_stdout_lacks_are_escapes(named: Path, tmp_path: Path, encoding: str) -> None:
    """What JSON says does not depend on the encoding of stdout; nor does a loop nest."""
    runner = CliRunner(charset=encoding)

    def said(*arguments: object) -> str:
        done = runner.invoke(app, list(map(str, arguments)))
        assert done.exit_code == 0, done.stderr
        return done.stdout_bytes.decode(encoding)

    out, nest = tmp_path / "out.json", tmp_path / "nest.txt"
    mapped = json.loads(said("map", named, "-a", "dimc", "--format", "json", "--out", out))
    assert mapped == json.loads(out.read_text(encoding="utf-8"))
    assert json.loads(said("verify", out, "--format", "json"))["holds"]
    assert json.loads(said("replay", out, NAME, "--format", "json"))["layer"] == NAME
    nest.write_text(said("export", out), encoding="utf-8")
    scored = json.loads(said("evaluate", named, "-a", "dimc", "-m", nest, "--format", "json"))
    assert [layer["names"] for layer in scored["layers"]] == [[NAME]]


def test_the_encoding_is_that_of_the_environment(named: Path) -> None:
    command = [sys.executable, "-m", "zigzag_imc", "layers", str(named), "--format", "json"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, check=False, timeout=100, env=environment)
    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout.decode("latin-1"))
    assert [layer["name"] for layer in listed["layers"]] == [NAME]


def named_model(name: str) -> onnx.ModelProto:
    """One matrix product with a name."""
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"], name=name)],
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2, 3])],
        [numpy_helper.from_array(np.zeros((4, 3), np.float32), "w")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
