"""``zigzag-imc replay``: tables for people, JSON for machines, one line for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import zigzag_imc
from zigzag_imc.core.errors import OptionError
from zigzag_imc.results.replay import ReplayResult


def test_people_read_three_tables(run: Any, result_file: Path) -> None:
    done = run("replay", result_file, "second")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("second of small on aimc: ")
    heads = ("clock cycles", "busiest ports")
    assert all(any(line.startswith(head) for line in lines) for head in heads)
    assert done.stderr == ""


def test_machines_read_json(run: Any, result_file: Path, contents: dict[str, Any]) -> None:
    done = run("replay", result_file, "second", "--format", "json")
    played = ReplayResult.model_validate_json(done.stdout, strict=True)
    record = contents["layers"][0]
    assert played.schema_id == "zigzag-imc/replay/1"
    assert played.model_cycles == record["latency_cycles"]
    assert played.model_latency.model_dump(mode="json") == record["breakdown"]["latency"]
    latency = played.latency
    assert played.cycles == sum(latency.model_dump().values())
    assert latency.compute_cycles == played.model_latency.compute_cycles
    assert latency.stall_cycles == sum(wait.cycles for wait in played.waits)
    assert [port.busy_cycles for port in played.ports] == sorted(
        (port.busy_cycles for port in played.ports), reverse=True
    )


def test_python_gets_the_same(run: Any, result_file: Path) -> None:
    played = zigzag_imc.replay(str(result_file), "second")
    printed = json.loads(run("replay", result_file, "second", "--format", "json").stdout)
    assert played.model_dump(mode="json", by_alias=True) == printed
    assert zigzag_imc.replay(zigzag_imc.load_result(result_file), "second") == played


def test_notebooks_show_a_table(result_file: Path) -> None:
    played = zigzag_imc.replay(result_file, "second").model_copy(update={"layer": "<b>"})
    shown = played._repr_html_()
    assert f"<td>all</td><td>{played.cycles:,}</td>" in shown
    assert "&lt;b&gt; of small on aimc" in shown
    assert shown.count("<tr>") == 6


def test_too_many_steps_are_said_before_they_are_played(run: Any, result_file: Path) -> None:
    steps = zigzag_imc.replay(result_file, "second").steps
    assert steps > 1
    done = run("replay", result_file, "second", "--most-steps", steps - 1)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: --most-steps: layer 'second' takes {steps} steps")
    assert len(done.stderr.splitlines()) == 1
    assert run("replay", result_file, "second", "--most-steps", steps).exit_code == 0


def test_a_trace_is_written_beside_the_tables(run: Any, result_file: Path, tmp_path: Path) -> None:
    """Whole, or cut with a line that says where."""
    whole, cut, by_python = (tmp_path / f"{name}.json" for name in ("whole", "cut", "python"))
    done = run("replay", result_file, "second", "--trace", whole)
    assert done.stderr == f"{whole}: trace written\n"
    assert done.stdout == run("replay", result_file, "second").stdout
    events = json.loads(whole.read_text(encoding="utf-8"))["traceEvents"]
    shown = sum(event["ph"] != "M" for event in events)
    done = run("replay", result_file, "second", "--trace", cut, "--trace-events", shown - 1)
    assert f"warning: {cut}: shows cycles 0 to " in done.stderr
    assert len(done.stderr.splitlines()) == 2
    zigzag_imc.replay(result_file, "second", trace=by_python)
    assert by_python.read_bytes() == whole.read_bytes()


def test_a_trace_does_not_destroy_the_result(run: Any, result_file: Path, tmp_path: Path) -> None:
    before = result_file.read_bytes()
    for path in (result_file, tmp_path / "nowhere" / "t.json"):
        done = run("replay", result_file, "second", "--trace", path)
        assert (done.exit_code, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1
    assert result_file.read_bytes() == before


def test_an_unknown_layer_is_told(run: Any, result_file: Path) -> None:
    done = run("replay", result_file, "secnd")
    assert done.exit_code == 2
    assert "did you mean" in done.stderr or "second" in done.stderr


@pytest.mark.parametrize("limit", [0, -1, 2.5, "many"])
def test_a_limit_is_a_whole_number(result_file: Path, limit: Any) -> None:
    with pytest.raises(OptionError, match="most_steps"):
        zigzag_imc.replay(result_file, "second", most_steps=limit)
