"""Closed forms of port stalls against a simulation cycle by cycle."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from zigzag_imc.models.timing.stalls import Timing, Use, port_stall, windows_union


@st.composite
def timings(draw: st.DrawFn) -> Timing:
    """Movements whose periods are prefix products of one loop order, as those of a mapping are."""
    factors = draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    products = [math.prod(factors[:n]) for n in range(len(factors) + 1)]
    periods = draw(st.lists(st.sampled_from(products), min_size=1, max_size=5))
    counts = [products[-1] // period for period in periods]
    return Timing(
        busy=[draw(st.integers(0, 3 * period)) for period in periods],
        windows=[draw(st.integers(1, period)) for period in periods],
        periods=periods,
        counts=counts,
        later=[draw(st.integers(0, count - 1)) for count in counts],
    )


def all_uses(timing: Timing) -> list[Use]:
    """Every flow has one movement, all on one port."""
    return [(place, place) for place in range(len(timing.busy))]


def simulated_union(timing: Timing) -> int:
    """Count the cycles in which at least one window is open."""
    spells = list(zip(timing.periods, timing.windows, strict=True))
    total = timing.periods[0] * timing.counts[0]
    return sum(any(cycle % period < window for period, window in spells) for cycle in range(total))


@given(timings())
def test_union_of_windows_equals_a_simulation(timing: Timing) -> None:
    """For any nested periods and any windows."""
    assert windows_union(range(len(timing.periods)), timing) == simulated_union(timing)


@given(timings())
def test_shared_port_stalls_by_the_larger_of_two_needs(timing: Timing) -> None:
    """What each needs beyond its own windows; what all need beyond the union."""
    needs = list(zip(timing.busy, timing.windows, timing.later, strict=True))
    if len(needs) == 1:
        ((busy, window, later),) = needs
        assert port_stall(all_uses(timing), timing) == (busy - window) * later
        return
    own = sum(max(0, busy - window) * later for busy, window, later in needs)
    together = sum(busy * later for busy, _, later in needs) - simulated_union(timing)
    assert port_stall(all_uses(timing), timing) == max(own, together)


@given(timings(), st.integers(-50, 500))
def test_a_known_stall_only_hides_smaller_ones(timing: Timing, known: int) -> None:
    """The short cut of a search for the largest stall never changes that largest stall."""
    uses = all_uses(timing)
    assert max(known, port_stall(uses, timing, known)) == max(known, port_stall(uses, timing))


@given(timings())
def test_a_flow_that_moves_nothing_stalls_no_port(timing: Timing) -> None:
    """With neither transfers nor a window, it takes no part beside two others or more."""
    alone = all_uses(timing)
    if len(alone) == 1:
        return
    busy, windows, periods, counts, later = map(list, timing)
    padded = Timing(
        [*busy, 9], [*windows, 0], [*periods, periods[0]], [*counts, counts[0]], [*later, 0]
    )
    assert port_stall(all_uses(padded), padded) == port_stall(alone, timing)


def test_one_movement_that_is_needed_once_never_stalls() -> None:
    """Its only period is onloading."""
    timing = Timing(busy=[100], windows=[1], periods=[10], counts=[1], later=[0])
    assert port_stall([(0, 0)], timing) == 0
