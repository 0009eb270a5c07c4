"""One answer from two searches: the better mapping, the lower bound, and what is proved of both."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.spaces import DIVIDING
from zigzag_imc import load_accelerator, map_network, matmul_layer, verify_result
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.enumeration import best_by_enumeration
from zigzag_imc.models.profile import IMC
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.solver import alternatives
from zigzag_imc.solver.alternatives import better_solution, joint_front
from zigzag_imc.solver.solution import Front, ParetoPoint, Solution, Tie

AIMC = load_accelerator("aimc")

TALL = matmul_layer(
    "tall", rows=9, out_channels=2, in_channels=3, activations=("a", "b"), weight_batched=True
)
"""Better off with its first operand stored."""


def _any_mapping() -> tuple[LayerMapping, Cost]:
    best = best_by_enumeration(TALL, AIMC, IMC, "energy")
    assert best is not None
    return best[1], CostModel(TALL, AIMC).evaluate(best[1])


MAPPING, COST = _any_mapping()


def optimal(value: float, second: float = 1.0, **changed: Any) -> Solution:
    """An optimum of energy with a latency."""
    cost = replace(COST, energy_pj=value, latency_cycles=second)
    proved = Solution("OPTIMAL", "energy", MAPPING, cost, value, value, exact_scores=3, seconds=1.0)
    tie = Tie("latency", second, second)
    return replace(proved, spatial_mappings=2, mapspace_size=5, tie=tie, **changed)


NOTHING_FITS = Solution("INFEASIBLE", "energy", reason="too large", mapspace_size=5)
NOT_KNOWN = Solution("UNKNOWN", "energy", reason="stopped", bound=4.0, mapspace_size=None)
CUT_SHORT = replace(optimal(12.0), status="FEASIBLE", bound=6.0, reason="stopped", tie=None)


@pytest.mark.parametrize(
    ("own", "other", "value", "bound", "status", "swapped"),
    [
        (optimal(10), optimal(9), 9, 9, "OPTIMAL", True),
        (optimal(9), optimal(10), 9, 9, "OPTIMAL", False),
        (optimal(9), optimal(9), 9, 9, "OPTIMAL", False),
        (optimal(9, second=5), optimal(9, second=4), 9, 9, "OPTIMAL", True),
        (optimal(9, second=4), optimal(9 * (1 - 1e-8), second=5), 9, 9, "OPTIMAL", False),
        (NOTHING_FITS, optimal(9), 9, 9, "OPTIMAL", True),
        (optimal(9), NOTHING_FITS, 9, 9, "OPTIMAL", False),
        (optimal(9), NOT_KNOWN, 9, 4, "FEASIBLE", False),
        (NOT_KNOWN, optimal(9), 9, 4, "FEASIBLE", True),
        (optimal(9), CUT_SHORT, 9, 6, "FEASIBLE", False),
        (optimal(15), CUT_SHORT, 12, 6, "FEASIBLE", True),
        (optimal(5), CUT_SHORT, 5, 5, "FEASIBLE", False),
        (NOTHING_FITS, NOTHING_FITS, None, None, "INFEASIBLE", False),
        (NOTHING_FITS, NOT_KNOWN, None, 4, "UNKNOWN", False),
        (NOT_KNOWN, NOTHING_FITS, None, 4, "UNKNOWN", False),
        (optimal(9), replace(NOT_KNOWN, bound=None), 9, None, "FEASIBLE", False),
    ],
)
def test_two_answers_make_one(
    own: Solution,
    other: Solution,
    value: float | None,
    bound: float | None,
    status: str,
    swapped: bool,
) -> None:
    """Nothing is proved of both that is open of one."""
    found = better_solution(own, other)
    assert found.status == status
    assert found.objective_value == pytest.approx(value)
    assert found.bound == pytest.approx(bound)
    assert found.swapped == swapped
    assert found.exact_scores == own.exact_scores + other.exact_scores
    is_proved = status == "OPTIMAL"
    assert (found.tie is not None) == is_proved
    assert is_proved or found.reason in ("stopped", "too large")


def test_a_cutoff_without_a_mapping_keeps_the_lower_bound() -> None:
    """Where nothing is as good as asked, the bound of each says so."""
    own = replace(NOTHING_FITS, bound=7.0)
    found = better_solution(own, replace(NOTHING_FITS, bound=8.0))
    assert (found.status, found.bound) == ("INFEASIBLE", 7.0)
    assert better_solution(own, NOTHING_FITS).bound == 7.0


def test_what_decides_a_tie_is_bounded_for_both() -> None:
    """Only those as good count."""
    tied = better_solution(optimal(9, second=5), optimal(9, second=6))
    assert tied.tie == Tie("latency", 5, 5)
    loose = replace(optimal(9, second=6), tie=Tie("latency", 6, 3))
    assert better_solution(optimal(9, second=5), loose).tie == Tie("latency", 5, 3)
    assert better_solution(optimal(9, second=5), optimal(10, second=1)).tie == Tie("latency", 5, 5)


def _front(*points: tuple[float, float], proved: bool = True) -> Front:
    found = tuple(
        ParetoPoint(MAPPING, replace(COST, latency_cycles=latency, energy_pj=energy))
        for latency, energy in points
    )
    return Front(
        found,
        proved,
        least_energy_pj=min((energy for _, energy in points), default=0.0),
        least_latency_cycles=min((latency for latency, _ in points), default=0.0),
    )


def test_two_fronts_make_one() -> None:
    """Points that the other front beats go; those that are left say what they store."""
    found = joint_front(_front((1, 9), (4, 4)), _front((2, 6), (5, 5)))
    told = [(p.cost.latency_cycles, p.cost.energy_pj, p.swapped) for p in found.points]
    assert told == [(1, 9, False), (2, 6, True), (4, 4, False)]
    assert (found.proved, found.least_energy_pj, found.least_latency_cycles) == (True, 4, 1)


def test_an_empty_front_bounds_nothing() -> None:
    """One operand that fits nowhere does not lower the bounds of the other; an open one does."""
    whole = _front((2, 6))
    assert joint_front(_front(), whole).least_energy_pj == 6
    still_open = joint_front(whole, _front(proved=False))
    assert (still_open.proved, still_open.least_energy_pj) == (False, 0.0)


# ---------------------------------------------------------------- planted faults
Join = Callable[[Any, Any], Any]


def _never_the_other(own: Solution, other: Solution) -> Solution:
    found = better_solution(own, replace(other, objective_value=math.inf, bound=math.inf))
    return replace(found, mapping=own.mapping, cost=own.cost)


def _always_the_other(own: Solution, other: Solution) -> Solution:
    found = better_solution(own, other)
    return replace(
        found,
        mapping=other.mapping,
        cost=other.cost,
        objective_value=other.objective_value,
        bound=other.bound,
        tie=other.tie,
        swapped=True,
    )


def _forgets_to_say_so(own: Solution, other: Solution) -> Solution:
    return replace(better_solution(own, other), swapped=False)


def _bound_of_one(own: Solution, other: Solution) -> Solution:
    return replace(better_solution(own, other), bound=own.bound)


WIDE = TALL.replace(name="wide", loop_dims=(("B", 1), ("H", 1), ("D", 2), ("K", 9), ("C", 3)))


@pytest.mark.parametrize(
    ("layer", "fault"),
    [
        (TALL, _never_the_other),
        (WIDE, _always_the_other),
        (TALL, _forgets_to_say_so),
        (TALL, _bound_of_one),
    ],
)
def test_planted_faults_are_seen(
    monkeypatch: pytest.MonkeyPatch, layer: Layer, fault: Join
) -> None:
    """The checker sees each of them, and nothing without one."""
    network = Network("n", (layer,))
    for join, is_right in ((better_solution, True), (fault, False)):
        monkeypatch.setattr("zigzag_imc.runs.job.better_solution", join)
        found = map_network(network, AIMC, jobs=1, objective="latency", space=DIVIDING)
        assert (verify_result(found, exhaustive=True).problems == ()) == is_right


def test_a_front_of_one_operand_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """It lacks what the mapping of the layer itself is."""
    monkeypatch.setattr("zigzag_imc.runs.job.joint_front", lambda own, other: own)
    found = map_network(
        Network("n", (TALL,)), AIMC, jobs=1, objective="latency", pareto=True, space=DIVIDING
    )
    assert any("beats the front" in said for said in verify_result(found).problems)
    assert alternatives.joint_front is joint_front
