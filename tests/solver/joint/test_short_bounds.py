"""What is left out of the joint model before it is built, against all that there is."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from tests.solver.joint.checks import short_case
from tests.solver.small_cases import spatials_of
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.core.mapping import SpatialMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint import cuts as joint_cuts
from zigzag_imc.solver.joint.alike_rows import Products, alike, reduced
from zigzag_imc.solver.joint.crossing import Cut
from zigzag_imc.solver.joint.cuts import add_cuts, least_even_pj
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.floor import energy_of
from zigzag_imc.solver.joint.free_room import most_elements
from zigzag_imc.solver.joint.selection import Scratch
from zigzag_imc.solver.joint.tiles import every_length
from zigzag_imc.solver.joint.times import may_be, times_left
from zigzag_imc.solver.joint.unrollings import Unrolling, add_unrollings

DOMAIN = Domain(sizes=every_length)


def _all_cuts(number: int) -> tuple[CostModel, dict[str, Unrolling], list[Cut]]:
    """The cuts of a small case with all that may be chosen, however much it takes."""
    own = short_case(number, 0)
    costs = CostModel(own.layer, own.accelerator, own.profile)
    scratch = Scratch()
    unrollings = add_unrollings(scratch, costs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joint_cuts, "free_elements", lambda *_: 0.0)
        return costs, unrollings, add_cuts(scratch, costs, unrollings, DOMAIN)


@pytest.mark.parametrize("number", range(5))
def test_even_traffic_is_no_more_than_any(number: int) -> None:
    costs, unrollings, cuts = _all_cuts(number)
    even_pj = least_even_pj(Scratch(), costs, unrollings, DOMAIN)
    least_pj = {cut.place: energy_of(costs, DOMAIN, cut).min() for cut in cuts}
    assert all(even_pj[place] <= pj for place, pj in least_pj.items())
    if not costs.profile.rounded_averages:
        assert max(even_pj.values()) > 0


@pytest.mark.parametrize("number", range(5))
def test_no_tile_takes_more_than_the_most(number: int) -> None:
    costs, unrollings, cuts = _all_cuts(number)
    for cut in cuts:
        most = most_elements(costs, unrollings, cut.operand)
        assert cut.relevant.column("room").max() <= most


@pytest.mark.parametrize("number", [*range(5), 9, 12])
def test_times_are_those_of_all_spatial_mappings(number: int) -> None:
    own = short_case(number, 0)
    costs = CostModel(own.layer, own.accelerator, own.profile)
    domain = Domain(sizes=every_length, objective="latency", space=own.space)
    scratch = Scratch()
    times = times_left(scratch, costs, add_unrollings(scratch, costs, own.space), domain)
    for operand, name in enumerate(OPERANDS):
        every = {_time(costs, spatial, name) for spatial in spatials_of(own)}
        assert every <= set(times[operand].tolist())


def _time(costs: CostModel, spatial: SpatialMapping, operand: str) -> float:
    """Product of what a spatial mapping leaves for time along the dimensions of an operand."""
    temporal = costs.spread(spatial).temporal
    return float(math.prod(temporal.get(dim, 1) for dim in costs.layer.relevant(operand)))


def test_parts_of_times() -> None:
    times, factors = np.array([6.0, 8.0]), np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    assert may_be(times, factors, 2, 2).tolist() == [False, False, True, True, False]
    assert may_be(times, factors, 1, 2).tolist() == [False, False, True, True, True]
    assert may_be(times, factors, 3, 4).tolist() == [False, True, False, False, False]


def test_free_room_changes_nothing() -> None:
    """Three operands of up to 2, 3 and 4 in a memory of any size: raised or not, the same fit."""
    most = np.array([2, 3, 4])
    choices = list(itertools.product(*(range(1, each + 1) for each in most)))
    for size in range(1, 11):
        free = most - max(0, most.sum() - size)
        for choice in choices:
            assert (np.maximum(choice, free).sum() <= size) == (sum(choice) <= size)


def test_rows_are_alike_that_lead_to_the_same() -> None:
    led_to = np.array([[0, 7], [1, 8], [0, 7], [1, 8], [0, 7]])
    assert alike(np.array([0, 0, 2, 2, 3]), led_to, 4).tolist() == [0, -1, 0, 1]


def test_products_are_told_apart_by_their_ends() -> None:
    """Of three factors of two rows, the first makes no difference where the second is row 0."""
    ends = {(0, 0, 0): 0, (1, 0, 0): 0, (0, 1, 0): 1, (1, 1, 0): 2}
    first = Products.at(np.arange(4), (2, 2), np.arange(4))
    rows = np.array([[2 * one + two, three] for one, two, three in ends])
    last = Products.at(rows[:, 0] * 2 + rows[:, 1], (4, 2), np.array(list(ends.values())))
    opening, closing = reduced([first, last])
    assert opening.pairs[:, 2].max() == 2
    assert closing.second.tolist() == [0, -1]
    lead = {tuple(pair[:2]): pair[2] for pair in opening.pairs.tolist()}
    close = {tuple(pair[:2]): pair[2] for pair in closing.pairs.tolist()}
    found = {
        (one, two, 0): close[(lead[(opening.first[one], opening.second[two])], 0)]
        for one, two in itertools.product(range(2), repeat=2)
    }
    assert found == ends
