"""Ports serve a word at a time, and room is taken by bits: against plain lists of cycles."""

from __future__ import annotations

import random

import pytest

from zigzag_imc.replaying.room import Room
from zigzag_imc.replaying.timeline import Timeline


@pytest.mark.parametrize("seed", range(50))
def test_the_earliest_free_cycles_are_taken(seed: int) -> None:
    rng = random.Random(seed)
    line, busy = Timeline(), set[int]()
    for _ in range(60):
        ready, cycles = rng.randrange(80), rng.randint(0, 6)
        free = [cycle for cycle in range(ready, 1000) if cycle not in busy][:cycles]
        expected = (free[0], free[-1] + 1) if free else (ready, ready)
        spans = line.free(ready, cycles)
        assert [cycle for span in spans for cycle in range(*span)] == free
        assert line.take(ready, cycles) == expected
        busy.update(free)


@pytest.mark.parametrize("seed", range(50))
def test_room_is_given_in_the_order_in_which_it_gets_free(seed: int) -> None:
    """Every bit has the cycle since which it is free; takers get the earliest ones."""
    rng = random.Random(seed)
    size = rng.randint(1, 20)
    room, since, held = Room[str](size), [0] * size, 0
    for turn in range(80):
        if rng.random() < 0.5:
            bits = rng.randint(0, len(since))
            since.sort()
            taken, since = since[:bits], since[bits:]
            assert room.take(bits)[0] == max(taken, default=0)
            held += bits
        else:
            bits, cycle = rng.randint(0, held), rng.randrange(turn + 1)
            room.give(cycle, bits)
            since += [cycle] * bits
            held -= bits
        assert room.free == len(since)


def test_what_made_room_is_told() -> None:
    room = Room[str](8)
    assert room.take(8) == (0, None)
    room.give(5, 4, "first")
    room.give(9, 4, "second")
    assert room.take(3) == (5, "first")
    assert room.take(2) == (9, "second")
