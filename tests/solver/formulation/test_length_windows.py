"""Windows of tiles of any lengths: the last of the tiles inside another one may be short."""

from __future__ import annotations

import itertools

import pytest

from zigzag_imc.models.movement.short_tiles import last_tile
from zigzag_imc.solver.formulation import length_windows
from zigzag_imc.solver.formulation.length_windows import longest_last


@pytest.mark.parametrize(
    ("lengths", "outer", "last"),
    [
        ((7,), (8,), 1),  # all eight steps are seven and one
        ((3,), (6,), 3),  # no part of them: three divide six
        ((3, 5), (8,), 3),  # three, three and two; five and three
        ((4, 5), (4, 8), 4),  # four and four are more than five and three
        ((8,), (8,), 8),  # there is no loop between
    ],
)
def test_the_last_tile_is_what_others_leave(
    lengths: tuple[int, ...], outer: tuple[int, ...], last: int
) -> None:
    assert longest_last(lengths, outer, 8) == last


def test_no_last_tile_is_longer() -> None:
    """Of all dimensions of up to twelve steps, and all tiles that may lie inside each other."""
    for size in range(1, 13):
        for around, length in itertools.product(range(1, size + 1), repeat=2):
            if around % length == 0 or (around == size and length < size):
                assert longest_last((length,), (around,), size) >= last_tile(around, length)


def test_of_very_many_pairs_none_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(length_windows, "MOST_PAIRS", 1)
    longest_last.cache_clear()
    assert longest_last((5, 6), (11,), 11) == 6
    longest_last.cache_clear()
