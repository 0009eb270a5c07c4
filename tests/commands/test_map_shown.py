"""How ``zigzag-imc map`` shows results: in figures, on narrow terminals, in pipes."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper
from rich.console import Console

from tests.commands.networks import (
    small_model,
    write_model,
)
from zigzag_imc.library.mapping import map_network
from zigzag_imc.report.terminal.mapping_table import print_result

KINDS = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}


@pytest.mark.parametrize("suffix", KINDS)
def test_plot(run: Any, model: Path, tmp_path: Path, suffix: str) -> None:
    figure = tmp_path / f"front.{suffix}"
    arguments = ("map", model, "-a", "aimc", "--layer", "classify", "--plot", figure, "-j", 1)
    done = run(*arguments)
    assert (done.exit_code, done.stderr) == (0, f"{figure}: figure written\n")
    alone = figure.read_bytes()
    assert alone.startswith(KINDS[suffix])
    done = run(*arguments, "--pareto", "--quiet")
    assert (done.exit_code, done.stderr) == (0, "")
    assert figure.read_bytes().startswith(KINDS[suffix])
    assert len(figure.read_bytes()) > len(alone)  # the fronts are in it, too


def test_piped_table_is_plain_and_whole(shell: Any, tmp_path: Path) -> None:
    model = write_model(tmp_path)
    long_name = (
        "a_rather_long_name_of_a_layer_as_exporters_like_to_make_them/conv/Conv_output_0_quant"
    )
    import onnx

    graph = onnx.load(str(model))
    graph.graph.node[0].name = long_name
    onnx.save(graph, str(model))
    done = shell(
        "map", model, "-a", "aimc", env={**os.environ, "COLUMNS": "40", "TERM": "xterm-256color"}
    )
    assert done.returncode == 0
    assert f"{long_name} x2" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


LONG_NAMES = {
    name: f"classifier_network/{name}/FusedBatchNormV3;classifier_network/{name}/Conv2D/resource"
    for name in ("block_1", "block_2")
}
"""Names that begin and end alike, as converters write them, by the part in which they differ."""


def two_long_names(folder: Path) -> Path:
    """Write a network whose two different layers have long names."""
    model = small_model()
    for node, name in zip(model.graph.node, LONG_NAMES.values(), strict=False):
        node.name = name
    model.graph.initializer[1].CopyFrom(
        helper.make_tensor("w2", TensorProto.FLOAT, [4, 8, 3, 3], b"\0" * 4 * 4 * 8 * 9, raw=True)
    )
    model.graph.initializer[2].CopyFrom(
        helper.make_tensor("w3", TensorProto.FLOAT, [4, 10], b"\0" * 4 * 4 * 10, raw=True)
    )
    onnx.save(model, str(folder / "long.onnx"))
    return folder / "long.onnx"


def test_names_cut_in_figures_still_differ(run: Any, tmp_path: Path) -> None:
    plot = tmp_path / "plot.svg"
    model = two_long_names(tmp_path)
    done = run("map", model, "-a", "dimc", "--pareto", "--plot", plot, "-j", 1)
    assert done.exit_code == 0
    drawn = [line.strip() for line in plot.read_text().splitlines() if "<!--" in line]
    for name in ("ock_1", "ock_2"):  # beside the bars, and among the fronts
        assert sum(name in line for line in drawn) == 2, drawn


@pytest.mark.parametrize("columns", [80, 100])
def test_a_narrow_terminal_shows_all_columns_and_names_that_differ(
    tmp_path: Path, columns: int
) -> None:
    result = map_network(str(two_long_names(tmp_path)), "dimc", jobs=1)
    stream = io.StringIO()
    print_result(
        result, Console(file=stream, width=columns, force_terminal=True, color_system=None)
    )
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= columns
    assert any(line.split() == ["loops", "spatial"] for line in lines)
    for name in LONG_NAMES:
        assert sum(name in line for line in lines) == 1
    assert sum("K8 C8 OY6 OX6 FY3 FX3" in line for line in lines) == 1
    assert "No room" not in stream.getvalue()


def test_a_piped_table_has_whole_names_within_120_columns(run: Any, tmp_path: Path) -> None:
    done = run("map", two_long_names(tmp_path), "-a", "dimc", "-j", 1)
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 120
    for name in LONG_NAMES.values():
        assert sum(line.startswith(f"{name} ") for line in lines) == 1
