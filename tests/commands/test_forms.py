"""``--format``: the same rows for people, spreadsheets, documents and programs."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import polars
import pytest

COMMANDS: dict[str, tuple[str, ...]] = {
    "layers": ("layers", "MODEL"),
    "map": ("map", "MODEL", "-a", "aimc", "--layer", "classify", "-j", "1"),
    "peak": ("peak", "aimc"),
}


def printed(run: Any, model: Path, command: str, form: str) -> bytes:
    arguments = [str(model) if one == "MODEL" else one for one in COMMANDS[command]]
    done = run(*arguments, "--format", form)
    assert done.exit_code == 0, done.output
    content: bytes = done.stdout_bytes
    return content


@pytest.mark.parametrize("command", COMMANDS)
def test_all_forms_hold_the_same_rows(run: Any, model: Path, command: str) -> None:
    frame = polars.read_parquet(io.BytesIO(printed(run, model, command, "parquet")))
    assert frame.height >= 1
    text = polars.read_csv(io.BytesIO(printed(run, model, command, "csv")))
    different = {"solve_s"}  # times of two runs
    kept = [name for name in frame.columns if name not in different]
    assert text.columns == frame.columns
    for name in kept:
        for one, other in zip(text[name].to_list(), frame[name].to_list(), strict=True):
            assert one == (pytest.approx(other) if isinstance(other, float) else other)
    json.loads(printed(run, model, command, "json"))
    markdown = printed(run, model, command, "md").decode().splitlines()
    rows = [line for line in markdown if line.startswith("| ")]
    assert len(rows) == frame.height + 2
    assert len({line.replace("\\|", "").count("|") for line in rows}) == 1


def test_networks_are_rows(run: Any) -> None:
    done = run("networks", "--format", "json")
    rows = json.loads(done.stdout)
    assert {"name": "resnet8", "layers": 10, "distinct": 9, "macs": 12501632} in rows


def test_parquet_is_not_for_eyes(run: Any, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zigzag_imc.commands.forms.is_terminal", lambda: True)
    done = run("layers", model, "--format", "parquet")
    assert (done.exit_code, done.stdout_bytes) == (2, b"")
    assert done.stderr.startswith("error: --format: parquet is not for a terminal, ")


def test_a_name_makes_no_cells_of_its_own() -> None:
    from zigzag_imc.results.rows_text import frame_markdown

    frame = polars.DataFrame({"name": ["a|b\nc\\|d", None], "count": [1, 2]})
    assert frame_markdown(frame).splitlines()[2:] == ["| a\\|b c\\\\\\|d | 1 |", "|  | 2 |"]
