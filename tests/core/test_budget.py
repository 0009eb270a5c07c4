"""One object says when to stop: at a limit, at a share of it, or when asked."""

from __future__ import annotations

import pytest

from zigzag_imc.core.budget import Budget


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return a patch that sets the clock."""
    return monkeypatch


def _clock(patch: pytest.MonkeyPatch, seconds: float) -> None:
    patch.setattr("time.monotonic", lambda: seconds)


def test_without_a_limit_it_never_ends(at: pytest.MonkeyPatch) -> None:
    endless = Budget.of()
    _clock(at, endless.started_s + 1e9)
    assert not endless.is_over()
    assert endless.left_s is None


def test_six_of_ten_seconds_leave_four(at: pytest.MonkeyPatch) -> None:
    _clock(at, 100.0)
    ten = Budget.of(10.0)
    _clock(at, 106.0)
    assert ten.elapsed_s == 6.0
    assert ten.left_s == 4.0
    assert not ten.is_over()
    assert ten.is_over(share=0.5)


def test_nothing_is_left_after_the_limit(at: pytest.MonkeyPatch) -> None:
    _clock(at, 100.0)
    ten = Budget.of(10.0)
    _clock(at, 111.0)
    assert ten.is_over()
    assert ten.left_s == 0.0


def test_it_is_over_when_asked() -> None:
    assert Budget.of(None, lambda: True).is_over()
