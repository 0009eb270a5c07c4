"""Ctrl-C keeps what was found, and leaves nothing running."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import polars
import pytest

from tests.commands.terminal import Terminal, cpu_s, descendants, terminal, wait_until
from tests.sweep.studies import COLUMNS, ROWS, solved, write_study
from zigzag_imc.results.result import NetworkResult

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of Unix")
needs_processes = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="no list of child processes"
)


def _result(out: Path) -> NetworkResult:
    result = NetworkResult.model_validate_json(out.read_text(encoding="utf-8"), strict=True)
    assert result.stopped == "interrupted"
    return result


@pytest.mark.parametrize("jobs", [1, 2])
def test_map_keeps_what_was_found(tmp_path: Path, jobs: int) -> None:
    out = tmp_path / "partial.json"
    asked = ("map", "resnet50", "-a", "aimc", "--divisors-only", "--pareto")
    with terminal(*asked, "-o", out, "-j", jobs) as shown:
        # Two layers that end together are drawn as one step.
        wait_until(lambda: re.search(r" [1-9]/24", shown.text) is not None)
        shown.ctrl_c()
        assert shown.ended() == 130
    assert "Traceback" not in shown.text
    result = _result(out)
    assert result.totals.layers == 54
    statuses = {layer.status for layer in result.layers}
    assert "OPTIMAL" in statuses
    assert "UNKNOWN" in statuses


_WITH_WORKERS = 4
"""Processes of a command with two workers: a tracker, what they are forked from, and they."""


@needs_processes
@pytest.mark.parametrize("children", [1, 2, _WITH_WORKERS])
@pytest.mark.parametrize("later_s", [0.0, 0.1])
def test_it_may_come_while_workers_start(tmp_path: Path, children: int, later_s: float) -> None:
    """No file is written where it comes before any search: there is nothing to be kept yet."""
    out = tmp_path / "partial.json"
    with terminal("map", "resnet8", "-a", "dimc", "-j", 2, "-q", "--out", out) as shown:
        wait_until(lambda: len(descendants(shown.process.pid)) >= children)
        time.sleep(later_s)  # another moment of their start, whichever: all that follows holds
        started = descendants(shown.process.pid)
        shown.ctrl_c()
        assert shown.ended() == 130, shown.text
        assert "Traceback" not in shown.text
        wait_until(lambda: not any(map(_is_running, started)))
        assert not [child for child in started if _is_running(child)]
    if out.exists():
        _result(out)


def _is_running(number: str) -> bool:
    return Path(f"/proc/{number}/exe").exists()


@needs_processes
def test_search_keeps_the_best_so_far(tmp_path: Path) -> None:
    out = tmp_path / "partial.json"
    endless = ("--engine", "salsa", "--iterations", 10**9)
    layer = "stack1.conv1"
    with terminal(
        "search", "resnet8", "-a", "aimc", *endless, "--layer", layer, "-o", out, "-j", 1
    ) as shown:
        shown.wait_for(layer)
        before_s = _used_s(shown)
        wait_until(lambda: _used_s(shown) > before_s + 0.5)  # some hundred mappings are scored
        shown.ctrl_c()
        assert shown.ended() == 130
    assert "Traceback" not in shown.text
    assert [layer.status for layer in _result(out).layers] == ["FEASIBLE"]


def _used_s(shown: Terminal) -> float:
    """Return the processor's seconds that the tool has used, with all that it has started."""
    number = str(shown.process.pid)
    return cpu_s([number, *descendants(number)])


def test_a_sweep_keeps_what_is_solved(tmp_path: Path) -> None:
    ranges = {ROWS: list(range(8, 168, 8)), COLUMNS: list(range(2, 17))}
    accelerators = {"accelerator": "mine.yaml", "name": "arrays", "ranges": ranges}
    study = write_study(tmp_path, accelerators=accelerators)
    told = tmp_path / "told.txt"
    with terminal("sweep", study, "-o", tmp_path / "out", stdout=told) as shown:
        wait_until(lambda: solved(tmp_path) > 0)
        shown.ctrl_c()
        assert shown.ended() == 130
    assert "left unsolved" in told.read_text(encoding="utf-8")
    statuses = polars.read_parquet(tmp_path / "out" / "layers.parquet")["status"].to_list()
    assert len(statuses) == 600
    assert statuses.count("OPTIMAL") == solved(tmp_path) > 0
    assert set(statuses) == {"OPTIMAL", "UNKNOWN"}
