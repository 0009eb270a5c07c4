"""Spatial mappings by rising bound, and no room for those that are out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve import quick_values, rising
from zigzag_imc.solver.presolve.listing import Listing
from zigzag_imc.solver.presolve.quick_values import QuickValues
from zigzag_imc.solver.presolve.rising import Rising
from zigzag_imc.solver.presolve.spatial.bounds import SpatialBounds
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.tables.lattice import Array

LAYER = matmul_layer("rows", rows=24, out_channels=24, in_channels=60)


def rising_of(objective: Objective, budget: Budget | None = None) -> tuple[Rising, Listing]:
    """Return the spatial mappings of a layer that has some hundreds of them."""
    costs = CostModel(LAYER, load_accelerator("dimc"), IMC)
    bench = Workbench(costs, budget=budget, with_latency=True)
    listing = bench.listing
    return Rising(bench, Goal(objective), listing), listing


def all_of(values: QuickValues) -> Array:
    """Return the bounds of all blocks."""
    return np.concatenate([own for _, own in values.blocks()])


@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
def test_quick_bounds_are_those_of_the_objective(
    objective: Objective, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Block by block as all at once."""
    monkeypatch.setattr(quick_values, "BLOCK", 7)
    _, listing = rising_of(objective)
    quick = listing.quick
    expected = Goal(objective).values(quick.energy_pj * (1 - TOLERANCE), quick.latency)
    found = QuickValues(Goal(objective), quick)
    np.testing.assert_array_equal(all_of(found), expected)
    lowest, bound = found.lowest()
    assert (lowest, bound) == (int(np.argmin(expected)), float(expected.min()))
    assert found.least() == bound
    assert found.least(without=lowest) == float(np.delete(expected, lowest).min())
    value = float(np.median(expected))
    numbers, bounds = found.within(value, without=lowest)
    order = np.argsort(expected, kind="stable")
    by_hand = [one for one in order.tolist() if expected[one] <= value and one != lowest]
    assert numbers.tolist() == by_hand
    np.testing.assert_array_equal(bounds, expected[by_hand])


def test_of_equal_bounds_the_first_is_the_lowest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever block it is in; the whole search hangs on this order."""
    monkeypatch.setattr(quick_values, "BLOCK", 2)
    energy_pj = np.array([3.0, 2.0, 2.0, 5.0, 2.0])
    found = QuickValues(Goal("energy"), SpatialBounds.of(energy_pj, np.zeros(5)))
    assert found.lowest()[0] == 1
    assert found.within(math.inf)[0].tolist() == [1, 2, 4, 0, 3]
    assert found.within(math.inf, without=2)[0].tolist() == [1, 4, 0, 3]


def test_there_is_no_bound_of_nothing() -> None:
    nothing = QuickValues(Goal("energy"), SpatialBounds.of(np.empty(0), np.empty(0)))
    assert math.isinf(nothing.least())
    assert math.isinf(nothing.lowest()[1])
    assert not len(nothing.within(math.inf)[0])


def test_what_is_out_takes_no_room() -> None:
    found, listing = rising_of("energy")
    bounds = np.sort(all_of(found._unsorted))
    assert len(listing.spatials) == len(bounds) > 16
    found._leave_out(math.inf)
    np.testing.assert_array_equal(found._bounds, bounds)
    found._leave_out(float(bounds[10]))
    assert len(found._left) == len(found._bounds) == int(np.sum(bounds <= bounds[10]))
    assert found._left.base is None
    assert found._bounds.base is None
    np.testing.assert_array_equal(found._bounds, bounds[: len(found._bounds)])


def test_blocks_are_put_in_order_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, listing = rising_of("edp")
    value = float(np.median(all_of(at_once._unsorted)))
    at_once._leave_out(value)
    assert 0 < len(at_once._left) < len(listing.spatials)
    monkeypatch.setattr(quick_values, "BLOCK", 7)
    by_block, _ = rising_of("edp")
    by_block._leave_out(value)
    np.testing.assert_array_equal(by_block._left, at_once._left)
    np.testing.assert_array_equal(by_block._bounds, at_once._bounds)


@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
def test_the_first_of_many_is_bounded_more_precisely(
    objective: Objective, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search that ends early is left with its bound; the others come as ever."""
    of_few, _ = rising_of(objective)
    first = of_few.next(math.inf)
    monkeypatch.setattr(rising, "_MANY", 1)
    of_many, listing = rising_of(objective)
    tighter = of_many.next(math.inf)
    assert first is not None
    assert tighter is not None
    assert tighter.number == first.number
    assert tighter.bound > first.bound
    others = [found.number for found in iter(lambda: of_many.next(math.inf), None)]
    assert sorted([first.number, *others]) == list(range(len(listing.spatials)))


def test_the_first_of_many_may_be_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value between both of its bounds leaves it out, but none of the others."""
    quick = rising_of("latency")[0].next(math.inf)
    monkeypatch.setattr(rising, "_MANY", 1)
    tighter = rising_of("latency")[0].next(math.inf)
    assert quick is not None
    assert tighter is not None
    value = (quick.bound + tighter.bound) / 2
    found, _ = rising_of("latency")
    numbers = [one.number for one in iter(lambda: found.next(value), None)]
    assert quick.number not in numbers


def test_bounding_more_asks_for_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none reaches a value, all would be bounded before the next one is due."""
    monkeypatch.setattr(rising, "_MANY", 1)
    monkeypatch.setattr(rising, "_FIRST", 4)
    monkeypatch.setattr(Rising, "_refined", lambda *_: [])
    in_time, listing = rising_of("latency")
    value = float(np.median(listing.quick.latency))
    assert in_time.next(value) is None
    assert in_time.least > value
    stopped: list[bool] = []
    too_late, _ = rising_of("latency", Budget.of(None, lambda: bool(stopped)))
    stopped.append(True)
    assert too_late.next(value) is None
    assert too_late.least <= value
