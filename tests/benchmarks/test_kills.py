"""Kills of a sweep are drawn within its length, and each kind gets its share."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.kills import LAST_PART, TARGETS, is_there, kills_of, workers_of


def test_kills_are_drawn_within_the_length_of_a_sweep() -> None:
    kills = kills_of(random.Random(1), 20, points=90, task_s=2.0)
    assert [kill.points for kill in kills] == sorted(kill.points for kill in kills)
    assert all(0 <= kill.points < LAST_PART * 90 for kill in kills)
    assert all(0 <= kill.delay_s <= 2.0 for kill in kills)
    assert sorted(Counter(kill.target for kill in kills).values()) == [6, 7, 7]
    assert {kill.target for kill in kills} == set(TARGETS)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="Linux tells its processes")
def test_what_has_ended_is_not_there() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert is_there(os.getpid())
    assert not is_there(child.pid)
    assert workers_of(child.pid) == []
