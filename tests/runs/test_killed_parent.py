"""Workers end with the process that started them, whatever they are busy with."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture(params=["user's", "own"])
def parent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Return a process whose two workers sleep; `_workers` waits for them."""
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.runs.sleeping", tmp_path, request.param], cwd=ROOT
    )
    yield started
    started.kill()
    started.wait()


def _workers(folder: Path) -> list[dict[str, Any]]:
    """Return what both workers say of themselves."""
    files = [folder / f"{name}.json" for name in ("one", "two")]
    for _ in range(600):
        if all(file.exists() for file in files):
            return [json.loads(file.read_text(encoding="ascii")) for file in files]
        time.sleep(0.1)
    raise AssertionError("no workers after a minute")


def test_workers_are_alike_and_end_when_their_parent_is_killed(
    parent: subprocess.Popen[bytes], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Though their searches look at no flag: they would sleep for ten minutes."""
    workers = _workers(tmp_path)
    pids = {worker["pid"] for worker in workers}
    parents = {worker["parent"] for worker in workers}
    is_own = "own" in request.node.name
    assert parents.isdisjoint({parent.pid}) if is_own else parents == {parent.pid}
    assert len(pids) == 2
    assert len(parents) == 1  # in a process of our own, that which has imported the solver
    assert len({worker["hash"] for worker in workers}) == 1
    assert not any(worker["hears ctrl-c"] for worker in workers)
    assert all(map(_is_alive, pids | parents))
    parent.kill()
    parent.wait()
    for _ in range(100):
        if not any(map(_is_alive, pids | parents)):
            return
        time.sleep(0.1)
    raise AssertionError("workers are still there, ten seconds after their parent")
