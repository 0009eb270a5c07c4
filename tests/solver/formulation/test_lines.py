"""Lines below points: none is above any of them, and at every corner one of them is met."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from zigzag_imc.solver.formulation import lines
from zigzag_imc.solver.formulation.lines import Line, lines_below


def drawn() -> Iterator[tuple[list[int], list[int]]]:
    """Some points, by rising length."""
    rng = random.Random("lines")
    for _ in range(200):
        lengths = sorted(rng.sample(range(1, 40), rng.randint(1, 8)))
        yield lengths, [rng.randint(-20, 20) for _ in lengths]


def above(line: Line, length: int, amount: int) -> int:
    """By how much a line is above a point, times its run."""
    return line.run * line.least + line.rise * (length - line.first) - line.run * amount


def most_above() -> int:
    """Most that any line is above any of its points."""
    return max(
        above(line, *point)
        for lengths, amounts in drawn()
        for line in lines_below(lengths, amounts)
        for point in zip(lengths, amounts, strict=True)
    )


def test_lines_are_below_all_points() -> None:
    assert most_above() == 0


def test_the_first_and_the_last_point_are_met() -> None:
    for lengths, amounts in drawn():
        found = list(lines_below(lengths, amounts))
        assert above(found[0], lengths[0], amounts[0]) == 0
        assert above(found[-1], lengths[-1], amounts[-1]) == 0


def test_lines_around_the_other_side_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: the points above a line are kept, not those below it."""
    is_below = lines._is_below
    monkeypatch.setattr(lines, "_is_below", lambda *points: not is_below(*points))
    assert most_above() > 0
