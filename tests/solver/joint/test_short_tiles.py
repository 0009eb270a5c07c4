"""Tiles that need not divide in the joint model: against every mapping, and with planted faults."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable

import numpy as np
import pytest

from tests.solver.joint import faults_of_short_tiles as faults
from tests.solver.joint.checks import refuted, refuted_within, short_case, short_cases
from tests.solver.joint.small import allowed
from tests.solver.plain_constraints import KINDS, random_constraint
from tests.solver.small_cases import told
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.constraints import OuterLoops
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import ANY_OUTERMOST, DIVISORS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import ZIGZAG
from zigzag_imc.solver.joint import pruned
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.lots import Places, lots_along
from zigzag_imc.solver.joint.model import JointModel
from zigzag_imc.solver.joint.pruned import pruned_product
from zigzag_imc.solver.joint.search import solve_jointly
from zigzag_imc.solver.joint.selection import Columns, Selection, Sheet, UnfinishedModelError
from zigzag_imc.solver.joint.tiles import add_tile, every_length
from zigzag_imc.solver.joint.unrollings import add_unrollings
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import STOPPED, SearchOptions

Fault = Callable[[pytest.MonkeyPatch], None]

SEEN_IN: dict[Fault, tuple[Objective, int]] = {
    faults.short_tiles_in_full: ("energy", 1),
    faults.no_short_tiles: ("energy", 0),
    faults.short_tiles_a_step_longer: ("energy", 1),
    faults.short_tiles_a_step_shorter: ("energy", 0),
    faults.a_full_tile_too_many: ("energy", 1),
    faults.steps_rounded_down: ("energy", 0),
    faults.lengths_that_divide_alone: ("energy", 1),
    faults.all_is_no_link: ("energy", 3),
    faults.any_shorter_tile_is_inside: ("energy", 5),
    faults.floors_too_high: ("energy", 0),
    faults.tiles_of_half_the_room: ("energy", 0),
    faults.sums_without_the_last_rows: ("energy", 0),
    faults.even_traffic_too_high: ("energy", 0),
    faults.times_without_the_shortest: ("latency", 0),
    faults.room_without_the_others: ("energy", 0),
    faults.kinds_mixed_up: ("energy", 3),
    faults.rows_of_one_kind: ("energy", 0),
    faults.the_first_tile_competes: ("latency", 12),
    faults.outputs_that_leave_in_no_time: ("latency", 6),
    faults.windows_that_last_for_ever: ("latency", 14),
    faults.visits_without_idle_dimensions: ("latency", 12),
}
"""Every fault, and a small case whose optimum shows it."""


@pytest.mark.parametrize("fault", SEEN_IN, ids=lambda fault: fault.__name__)
def test_every_fault_is_seen(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    objective, number = SEEN_IN[fault]
    assert refuted(number, objective, "short")


@pytest.mark.parametrize("seen_in", sorted(set(SEEN_IN.values())))
def test_nothing_is_refuted_without_a_fault(seen_in: tuple[Objective, int]) -> None:
    objective, number = seen_in
    assert not refuted(number, objective, "short")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_constraint(kind: str) -> None:
    rng = random.Random(kind)
    own = short_case(rng.randrange(7, len(short_cases())), 0)
    assert not refuted_within(own, (random_constraint(own, rng, kind),)), told(own)


def test_outer_loops_may_end_short() -> None:
    """Four steps over five rows leave two in each but the last."""
    own = short_case(0, 0)
    outer = (OuterLoops((("D", 3),)),)
    assert not refuted_within(own, outer)
    with pytest.MonkeyPatch.context() as patch:
        faults.outer_loops_that_divide(patch)
        assert refuted_within(own, outer)


def test_lots_are_all_there_is() -> None:
    own = short_case(1, 0)
    sheet = Sheet()
    unrollings = add_unrollings(sheet, CostModel(own.layer, own.accelerator, own.profile))
    tile = add_tile(sheet, unrollings["D"], "D", every_length)
    found = lots_along(tile)
    assert np.all(sum(length * times for length, times in found.values()) == 11)
    assert np.all(sum(times for _, times in found.values()) == tile.steps)
    assert tile.last.tolist() == [1, 1, 2, 3, 1, 5, 4, 3, 2, 1, 11]


def test_pruned_products_allow_what_products_allow() -> None:
    """Of three factors, the products of at most eight are left, each by the rows that make it."""
    sizes = (3, 4, 5)

    def factors(sheet: Sheet) -> list[Selection]:
        return [sheet.choose("x", {"x": np.arange(1.0, size + 1)}) for size in sizes]

    def multiply(one: Columns, other: Columns) -> tuple[Places, Columns]:
        product = np.multiply.outer(one["x"], other["x"]).ravel()
        places = np.flatnonzero(product <= 8)
        return places, {"x": product[places]}

    sheet = Sheet()
    every = factors(sheet)
    product = pruned_product(sheet, "x", every, [multiply, multiply])
    found = allowed(sheet, *every, product)
    rows = itertools.product(*map(range, sizes))
    expected = {row: math.prod(place + 1 for place in row) for row in rows}
    assert {tuple(row): product.columns["x"][last] for *row, last in found} == {
        row: value for row, value in expected.items() if value <= 8
    }


def test_a_model_that_takes_too_long_is_left() -> None:
    own = short_case(0, 0)
    costs = CostModel(own.layer, own.accelerator, own.profile)
    with pytest.raises(UnfinishedModelError):
        JointModel.of(costs, Domain(sizes=every_length), Budget.of(0.0))
    options = SearchOptions(space=own.space, cutoff=1e9, time_limit_s=0.0)
    found = solve_jointly(own.layer, own.accelerator, own.profile, "energy", options)
    assert (found.status, found.reason) == ("UNKNOWN", STOPPED)


@pytest.mark.parametrize("most", ["MOST_PAIRS", "MOST_LEFT", "MOST_ROWS"])
def test_a_model_that_is_too_large_is_left(most: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found among tiles that divide stays, and what everything takes at least."""
    own = short_case(1, 0)
    monkeypatch.setattr(pruned, most, 10)
    options = SearchOptions(space=own.space)
    found = solve_jointly(own.layer, own.accelerator, own.profile, "energy", options)
    assert (found.status, found.reason) == ("FEASIBLE", pruned.TOO_LARGE)
    assert found.objective_value is not None
    assert found.bound is not None
    assert found.bound > 0
    optimum = solve(own.layer, own.accelerator, own.profile, "energy", options)
    assert optimum.objective_value is not None
    assert found.bound <= optimum.objective_value


def test_tiles_divide_where_the_cost_model_knows_no_others() -> None:
    own = short_case(1, 0)
    found = [
        solve_jointly(own.layer, own.accelerator, ZIGZAG, "energy", SearchOptions(space=space))
        for space in (ANY_OUTERMOST, DIVISORS)
    ]
    assert found[0].status == "OPTIMAL"
    assert found[0].objective_value == found[1].objective_value
