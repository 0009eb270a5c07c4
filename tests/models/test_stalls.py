"""Closed forms of port stalls against a simulation cycle by cycle."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from zigzag_imc.models.stalls import Activity, port_stall, windows_union


@st.composite
def activities(draw: st.DrawFn) -> list[Activity]:
    """Movements whose periods are prefix products of one loop order, as those of a mapping are."""
    factors = draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    periods = [math.prod(factors[:n]) for n in range(len(factors) + 1)]
    total = periods[-1]
    found = []
    for period in draw(st.lists(st.sampled_from(periods), min_size=1, max_size=5)):
        window = draw(st.integers(1, period))
        found.append(Activity(draw(st.integers(0, 3 * period)), window, period, total // period))
    return found


def simulated_union(moving: Sequence[Activity]) -> int:
    """Count the cycles in which at least one window is open."""
    total = moving[0].period * moving[0].count
    return sum(any(cycle % a.period < a.window for a in moving) for cycle in range(total))


@given(activities())
def test_union_of_windows_equals_a_simulation(moving: list[Activity]) -> None:
    """For any nested periods and any windows."""
    assert windows_union(moving) == simulated_union(moving)


@given(activities())
def test_shared_port_stalls_by_the_larger_of_two_needs(moving: list[Activity]) -> None:
    """What each needs beyond its own windows; what all need beyond the union."""
    if len(moving) == 1:
        (only,) = moving
        assert port_stall(moving) == (only.busy - only.window) * (only.count - 1)
        return
    own = sum(max(0, a.busy - a.window) * (a.count - 1) for a in moving)
    together = sum(a.busy * (a.count - 1) for a in moving) - simulated_union(moving)
    assert port_stall(moving) == max(own, together)


@given(activities(), st.integers(-50, 500))
def test_a_known_stall_only_hides_smaller_ones(moving: list[Activity], known: int) -> None:
    """The short cut of a search for the largest stall never changes that largest stall."""
    assert max(known, port_stall(moving, known)) == max(known, port_stall(moving))


def test_one_activity_that_is_needed_once_never_stalls() -> None:
    """Its only period is onloading."""
    assert port_stall([Activity(busy=100, window=1, period=10, count=1)]) == 0
