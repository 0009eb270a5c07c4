"""What is said on stderr while searches run."""

from __future__ import annotations

import pytest

from zigzag_imc.report.terminal.progress import LONG_S, Running
from zigzag_imc.runs.run import Progress


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_before_the_first_search_the_network_is_read(clock: Clock) -> None:
    assert Running(clock=clock).told() == "reading"


def test_long_searches_say_for_how_long_and_what_to_do(clock: Clock) -> None:
    running = Running("Ctrl-C ends it", clock)
    running.hear(Progress("conv1", None, 0, 3))
    assert running.told() == "conv1"
    clock.now += 3.7
    running.hear(Progress("fc", None, 0, 3))
    running.hear(Progress("last", None, 0, 3))
    assert running.told() == "conv1 3 s, fc +1"
    clock.now += LONG_S
    assert running.told() == "conv1 23 s, fc 20 s +1; Ctrl-C ends it"
    running.hear(Progress("conv1", "OPTIMAL", 1, 3))
    running.hear(Progress("fc", "OPTIMAL", 2, 3))
    running.hear(Progress("last", "OPTIMAL", 3, 3))
    assert running.told() == ""


def test_without_advice_only_the_time_is_said(clock: Clock) -> None:
    running = Running(clock=clock)
    running.hear(Progress("conv1", None, 0, 1))
    clock.now += LONG_S
    assert running.told() == f"conv1 {LONG_S:.0f} s"
