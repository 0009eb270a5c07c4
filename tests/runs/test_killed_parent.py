"""Workers end with the process that started them, whatever they are busy with."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROCESSES = Path("/proc")

pytestmark = pytest.mark.skipif(not PROCESSES.exists(), reason="needs /proc")


def _is_alive(pid: int) -> bool:
    try:
        state = (PROCESSES / str(pid) / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1]
    except OSError:
        return False
    return state.split()[0] not in "ZX"


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    """Though their searches look at no flag: they would sleep for ten minutes."""
    parent = subprocess.Popen([sys.executable, "-m", "tests.runs.sleeping", tmp_path], cwd=ROOT)
    files = [tmp_path / f"{name}.pid" for name in ("one", "two")]
    try:
        for _ in range(600):
            if all(file.exists() and file.read_text(encoding="ascii") for file in files):
                break
            time.sleep(0.1)
        workers = [int(file.read_text(encoding="ascii")) for file in files]
        assert all(map(_is_alive, workers))
    finally:
        parent.kill()
        parent.wait()
    for _ in range(100):
        if not any(map(_is_alive, workers)):
            return
        time.sleep(0.1)
    raise AssertionError("workers are still there, ten seconds after their parent")
