"""Clauses of the joint model allow what is listed, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.solver.joint.small import allowed
from zigzag_imc.solver.joint import allowed_rows, distinct
from zigzag_imc.solver.joint.distinct import distinct_rows
from zigzag_imc.solver.joint.selection import Sheet


def listed(seed: int, sizes: Sequence[int]) -> list[tuple[int, ...]]:
    """Draw some combinations of rows; seeds decide how many."""
    every = np.array(list(itertools.product(*map(range, sizes))))
    draw = np.random.default_rng(seed)
    kept = every[draw.random(len(every)) < draw.choice([0.2, 0.5, 0.9])]
    return sorted(map(tuple, kept.tolist()))


def found(sizes: Sequence[int], rows: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Allow some combinations, and list what a model then allows."""
    sheet = Sheet()
    selections = [sheet.choose("x", {"x": np.arange(size)}) for size in sizes]
    sheet.allow(selections, np.array(rows, dtype=np.int64).reshape(-1, len(sizes)))
    return allowed(sheet, *selections)


@pytest.mark.parametrize("sizes", [(4,), (2,), (3, 4), (2, 5), (3, 2, 4), (2, 2, 2), (2, 1, 3)])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_listed_is_allowed_and_nothing_else(sizes: tuple[int, ...], seed: int) -> None:
    rows = listed(seed, sizes)
    assert found(sizes, rows) == rows


def test_a_row_that_follows_from_another_one_is_tied_both_ways() -> None:
    rows = [(0, 1), (1, 0), (3, 1)]  # row 2 of the first goes with nothing
    assert found((4, 3), rows) == rows


@pytest.mark.parametrize("dropped", range(12))
def test_a_row_that_follows_from_two_others(dropped: int) -> None:
    """Of the products of one to three and one to four, all but one."""
    pairs = itertools.product(range(3), range(4))
    rows = sorted((i, j, (i + 1) * (j + 1) % 5) for i, j in pairs)
    rows.pop(dropped)
    assert found((3, 4, 5), rows) == rows


def test_a_product_without_its_clauses_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted fault: what goes with each other two by two is allowed."""
    rows = [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    assert found((2, 2, 2), rows) == rows
    monkeypatch.setattr(allowed_rows, "_add_product", lambda *_: None)
    assert found((2, 2, 2), rows) != rows


def test_a_combination_without_its_clauses_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted fault: combinations are tied to the rows of the first selection alone."""
    add = allowed_rows._add_unions
    tied: list[bool] = []

    def once(*arguments: Any) -> None:
        if not tied:
            add(*arguments)
        tied.append(True)

    rows = listed(1, (3, 2, 4))
    monkeypatch.setattr(allowed_rows, "_add_unions", once)
    assert found((3, 2, 4), rows) != rows


@pytest.mark.parametrize("seed", range(3))
def test_distinct_rows_are_those_of_sorted_rows(seed: int) -> None:
    table = np.random.default_rng(seed).integers(3, size=(60, 4)) * 0.5
    first, row_of = distinct_rows(table)
    assert len(first) == len(np.unique(table, axis=0))
    assert first.tolist() == sorted(first.tolist())
    assert np.array_equal(table[first][row_of], table)


def test_rows_that_share_a_key_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distinct, "_keys", lambda bits: np.zeros(len(bits), dtype=np.uint64))
    table = np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]])
    first, row_of = distinct_rows(table)
    assert (first.tolist(), row_of.tolist()) == ([0, 1], [0, 1, 0])
