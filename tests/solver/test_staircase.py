"""A search below a front finds a mapping exactly where enumeration finds one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.solver.small_cases import PROFILES, Case, case
from zigzag_imc.core.budget import Budget
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings, front_by_enumeration
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.staircase import questions, underside
from zigzag_imc.solver.underside import Corner

BATCH = 10


def corners(drawn: Case, profile: CostProfile) -> list[Corner]:
    """Return the front of a small mapspace, by enumeration."""
    found: list[Corner] = []
    for latency, energy in front_by_enumeration(drawn.layer, drawn.accelerator, profile):
        if not found or energy < found[-1].energy_pj * (1 - 1e-9):
            found.append(Corner(latency, energy))
    return found


def all_costs(drawn: Case, profile: CostProfile) -> list[Corner]:
    """Return what every mapping of a small mapspace costs, by enumeration."""
    model = CostModel(drawn.layer, drawn.accelerator, profile)
    costs = map(model.evaluate, enumerate_mappings(drawn.layer, drawn.accelerator, profile))
    return [Corner(float(cost.latency_cycles), float(cost.energy_pj)) for cost in costs]


@pytest.mark.parametrize("first", range(0, 20, BATCH))
def test_below_a_whole_front_there_is_nothing(first: int) -> None:
    several = 0
    for seed in range(first, first + BATCH):
        drawn, profile = case(seed), PROFILES[seed % len(PROFILES)]
        front = corners(drawn, profile)
        if not front:
            continue
        found = underside(drawn.layer, drawn.accelerator, profile, front)
        assert found.is_empty, seed
        assert found.is_settled, seed
        assert found.gaps == found.closed == len(front) + 1
        several += len(front) > 1
    assert several


@pytest.mark.parametrize("first", range(0, 20, BATCH))
def test_a_point_that_is_missing_or_too_high_is_seen(first: int) -> None:
    """As often as enumeration sees it: a point just a little too high may hide nothing."""
    tried = 0
    for seed in range(first, first + BATCH):
        drawn, profile = case(seed), PROFILES[seed % len(PROFILES)]
        front, costs = corners(drawn, profile), all_costs(drawn, profile)
        for number, point in enumerate(front):
            others = [*front[:number], *front[number + 1 :]]
            higher = replace(point, energy_pj=point.energy_pj * 1.001)
            slower = replace(point, latency_cycles=point.latency_cycles * 1.001)
            for wrong in (others, _with(others, higher), _with(others, slower)):
                if not wrong or not _is_staircase(wrong):
                    continue
                found = underside(drawn.layer, drawn.accelerator, profile, wrong)
                assert any(cost.is_below(wrong) for cost in costs), (seed, number)
                assert found.found is not None, (seed, number)
                cost = found.found.cost
                assert Corner(cost.latency_cycles, cost.energy_pj).is_below(wrong), (seed, number)
                assert found.is_settled
                tried += 1
    assert tried


def _with(others: list[Corner], point: Corner) -> list[Corner]:
    return sorted([*others, point], key=lambda corner: corner.latency_cycles)


def _is_staircase(front: list[Corner]) -> bool:
    return all(
        slower.latency_cycles > faster.latency_cycles and slower.energy_pj < faster.energy_pj
        for faster, slower in pairwise(front)
    )


def test_every_place_below_a_staircase_is_asked_about() -> None:
    """On a grid of costs: whatever lies below is within the limits of some question."""
    front = [Corner(10.0, 90.0), Corner(20.0, 50.0), Corner(40.0, 20.0)]
    for latency in range(1, 60):
        for energy in range(1, 120):
            place = Corner(float(latency), float(energy))
            asked = any(
                question.goal.allows(energy, latency)
                and question.goal.value(energy, latency) <= question.most
                for question in questions(front)
            )
            assert asked == place.is_below(front), place


def test_limits_leave_gaps_open() -> None:
    drawn = case(3)
    front = corners(drawn, PROFILES[0])
    over = Budget.of(0.0)
    found = underside(drawn.layer, drawn.accelerator, PROFILES[0], front, budget=over)
    assert (found.is_empty, found.is_settled, found.closed) == (False, False, 0)
    assert found.reason
