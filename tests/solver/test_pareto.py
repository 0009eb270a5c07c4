"""The walk along a front finds every point that enumeration finds, and no other."""

from __future__ import annotations

import itertools

import pytest

from tests.solver.small_cases import PROFILES, case
from zigzag_imc.models.mapspace.enumeration import front_by_enumeration
from zigzag_imc.solver.network.edp import choose
from zigzag_imc.solver.pareto import pareto_front

BATCH = 20


@pytest.mark.parametrize("first", range(0, 80, BATCH))
def test_fronts_equal_enumeration(first: int) -> None:
    for seed in range(first, first + BATCH):
        drawn, profile = case(seed), PROFILES[seed % len(PROFILES)]
        expected: list[tuple[float, float]] = []
        for latency, energy in front_by_enumeration(drawn.layer, drawn.accelerator, profile):
            # Sums in another order may differ in their last digits; such points are one.
            if not expected or energy < expected[-1][1] * (1 - 1e-9):
                expected.append((latency, energy))
        front = pareto_front(drawn.layer, drawn.accelerator, profile)
        found = [(point.cost.latency_cycles, point.cost.energy_pj) for point in front.points]
        assert front.proved, seed
        assert len(found) == len(expected), seed
        for point, other in zip(found, expected, strict=True):
            assert point == pytest.approx(other, rel=1e-9), seed


def test_network_choice_equals_trying_all() -> None:
    drawn = map(case, range(60))
    fronts = (pareto_front(one.layer, one.accelerator, PROFILES[0]) for one in drawn)
    several = list(itertools.islice((front for front in fronts if len(front.points) > 1), 4))
    assert len(several) == 4
    counts = (1, 3, 2, 1)
    chosen, proved = choose(several, counts)
    assert proved

    def product(picks: tuple[int, ...]) -> float:
        costs = [front.points[i].cost for front, i in zip(several, picks, strict=True)]
        energy = sum(n * cost.energy_pj for n, cost in zip(counts, costs, strict=True))
        return energy * sum(n * cost.latency_cycles for n, cost in zip(counts, costs, strict=True))

    everything: list[tuple[int, ...]] = [()]
    for front in several:
        everything = [(*picks, i) for picks in everything for i in range(len(front.points))]
    assert product(chosen) == pytest.approx(min(map(product, everything)), rel=1e-12)
