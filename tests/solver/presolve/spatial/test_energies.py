"""Bounds of the energy that are worked out when they are asked for are those worked out at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pytest

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.templates.template import Template
from zigzag_imc.models.profile import IMC, default_space
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve import quick_values
from zigzag_imc.solver.presolve.floor import Floor, floor_of
from zigzag_imc.solver.presolve.listing import Listing
from zigzag_imc.solver.presolve.quick_values import QuickValues
from zigzag_imc.solver.presolve.spatial import bounds, rounding, sharing
from zigzag_imc.solver.presolve.spatial.bounds import SpatialBounds
from zigzag_imc.solver.presolve.spatial.energies import Known, Later, OfSome, Stops
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions

LAYER = conv_layer("conv", out_channels=5, in_channels=7, output_size=(6, 5), filter_size=(3, 3))
SMALL = Template(kind="aimc", rows=32, columns=16, macros=4, sram_kb=8, adc_bits=5.0).accelerator()
COSTS = CostModel(LAYER, SMALL, IMC)
SPACE = default_space(IMC)
OBJECTIVES: tuple[Objective, ...] = ("energy", "latency", "edp")


@pytest.fixture(autouse=True)
def _few_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many blocks of spatial mappings, of which nothing is shared."""
    monkeypatch.setattr(bounds, "BLOCK", 100)
    monkeypatch.setattr(sharing, "MOST_SPATIALS", 0)


def both() -> tuple[SpatialBounds, Listing]:
    """Return bounds of which the energies are known, and those of which they come later."""
    later = Listing.of(COSTS, True, Budget.of(), SPACE)
    assert isinstance(later.quick.energies, Later)
    at_once = Listing.of(COSTS, False, Budget.of(), SPACE).quick.energy_pj
    return SpatialBounds.of(at_once, later.quick.latency), later


def is_worked_out(listing: Listing) -> bool:
    """Whether the energies of all spatial mappings were asked for."""
    return "_worked_out" in vars(listing.quick.energies)


def goals() -> list[Goal]:
    """Every objective, with and without limits."""
    known, _ = both()
    middle_cycles = float(np.median(known.latency))
    few_pj = float(np.quantile(known.energy_pj, 0.01))  # less than any of the fastest ones needs
    assert known.energy_pj[known.latency == known.latency.min()].min() > few_pj
    return [
        goal
        for objective in OBJECTIVES
        for goal in (
            Goal(objective),
            Goal(objective, most_latency=middle_cycles),
            Goal(objective, most_energy_pj=few_pj),
        )
    ]


@pytest.mark.parametrize("most_exact", [0, 1 << 20])
def test_the_same_bounds_for_every_goal(most_exact: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In numbers of either length, whichever blocks they are asked for in."""
    monkeypatch.setattr(rounding, "MOST_EXACT", most_exact)
    monkeypatch.setattr(quick_values, "BLOCK", 77)
    for goal in goals():
        known, later = both()
        at_once, asked = QuickValues(goal, known), QuickValues(goal, later.quick)
        expected = goal.values(known.energy_pj * (1 - TOLERANCE), known.latency)
        assert asked.lowest() == at_once.lowest()
        assert asked.lowest()[1] == pytest.approx(expected.min(), rel=1e-6)
        value = at_once.lowest()[1] * 1.5
        for found, known_one in zip(asked.within(value), at_once.within(value), strict=True):
            np.testing.assert_array_equal(found, known_one)
        numbers = at_once.within(value)[0].astype(np.intp)
        if goal.needs_energy:
            np.testing.assert_array_equal(asked.energies.at(numbers), known.energies.at(numbers))


def test_only_what_is_asked_for_is_worked_out() -> None:
    """Nothing for the latency, and only what is fast enough within a limit of it."""
    for goal in goals():
        _, later = both()
        QuickValues(goal, later.quick).lowest()
        is_limited = bool(np.isfinite(goal.most_latency))
        assert is_worked_out(later) == (goal.needs_energy and not is_limited)


def test_they_are_worked_out_before_time_is_shared_out() -> None:
    """All that a goal asks for; what a limit leaves of them is told later."""
    for goal in goals():
        _, later = both()
        assert later.prepared(goal) is later
        is_limited = bool(np.isfinite(goal.most_latency))
        assert is_worked_out(later) == (goal.needs_energy and not is_limited)


def test_what_there_is_no_time_for_has_no_bounds() -> None:
    """The next listing begins there."""
    known, later = both()
    assert isinstance(later.quick.energies, Later)
    stopped = replace(later.quick.energies, stops=Stops(bounding=lambda: True))
    listing = Listing(later.spatials, SpatialBounds(stopped, later.quick.latency))
    assert listing.prepared(Goal("latency")).complete
    found = listing.prepared(Goal("edp"))
    assert len(found.quick) == 100
    assert not found.complete
    assert found.rest_from == later.spatials.place(100)
    np.testing.assert_array_equal(found.quick.energy_pj, known.energy_pj[:100])
    np.testing.assert_array_equal(found.quick.latency, known.latency[:100])
    rest = Listing.of(COSTS, True, Budget.of(), SPACE, found.rest_from)
    assert [*found.known, *rest.spatials] == list(later.spatials)


def test_those_of_some_are_infinite_elsewhere() -> None:
    some = OfSome(np.array([2, 5, 6]), np.array([1.0, 2.0, 3.0]))
    assert some.between(0, 4).tolist() == [np.inf, np.inf, 1, np.inf]
    assert some.between(5, 7).tolist() == [2, 3]
    assert some.at(np.array([6, 0, 2, 7])).tolist() == [3, np.inf, 1, np.inf]
    assert OfSome(np.array([], dtype=np.intp), np.array([])).at(np.array([0])).tolist() == [np.inf]


def test_without_time_they_are_what_every_mapping_needs() -> None:
    """After the first block; and then they are still bounds, of the same spatial mappings."""
    known, later = both()
    assert isinstance(later.quick.energies, Later)
    parts = later.spatials, later.quick.energies.in_blocks, later.quick.energies.least_pj
    stopped = Later(*parts, Stops(bounding=lambda: True))
    assert np.all(stopped.of_all() <= known.energy_pj)
    assert np.all(stopped.of_all()[100:] == floor_of(COSTS).energy_pj)
    np.testing.assert_array_equal(stopped.of_all()[:100], known.energy_pj[:100])
    wanted = np.arange(len(known)) % 3 == 1
    some = Later(*parts, Stops(bounding=lambda: True)).of_those(wanted)
    numbers = np.flatnonzero(wanted)
    np.testing.assert_array_equal(some.at(numbers), known.energy_pj[numbers])


def test_a_search_finds_the_same_and_in_little_time_less() -> None:
    for objective in OBJECTIVES:
        found = solve(LAYER, SMALL, IMC, objective, SearchOptions(space=SPACE))
        assert found.status == "OPTIMAL"
        stopped = solve(LAYER, SMALL, IMC, objective, SearchOptions(space=SPACE), Budget.of(0.0))
        assert stopped.bound is not None
        assert found.objective_value is not None
        assert stopped.bound <= found.objective_value * (1 + 1e-9)


# ------------------------------------------------------------------ planted faults
def those_of_the_first(patch: pytest.MonkeyPatch) -> None:
    """Of those that are wanted, the energies of as many at the front."""

    def of_those(self: Later, wanted: npt.NDArray[np.bool_]) -> OfSome:
        numbers = np.flatnonzero(wanted)
        return OfSome(numbers, self.of_all()[: len(numbers)])

    patch.setattr(Later, "of_those", of_those)


def infinite_without_time(patch: pytest.MonkeyPatch) -> None:
    """What there is no time for cannot be had."""
    patch.setattr(bounds, "floor_of", lambda _: Floor(math.inf, 0.0))


def limits_of_energy_take_none(patch: pytest.MonkeyPatch) -> None:
    """Energy takes no part in the latency within a limit of it."""
    patch.setattr(Goal, "needs_energy", property(lambda self: self.objective != "latency"))


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (those_of_the_first, partial(test_the_same_bounds_for_every_goal, 1 << 20)),
        (infinite_without_time, test_without_time_they_are_what_every_mapping_needs),
        (limits_of_energy_take_none, partial(test_the_same_bounds_for_every_goal, 1 << 20)),
    ],
)
def test_planted_faults_are_seen(
    plant: Callable[[pytest.MonkeyPatch], None],
    check: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asks_to_patch = isinstance(check, partial)
    arguments = (monkeypatch,) if asks_to_patch else ()
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        check(*arguments)


def test_known_ones_are_all_known() -> None:
    known = Known(np.array([3.0, 1.0]))
    assert known.of_those(np.array([True, False])).between(0, 2).tolist() == [3, 1]
