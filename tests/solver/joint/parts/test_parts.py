"""Searches in parts, against every mapping."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.solver.joint.parts import faults
from tests.solver.joint.parts.checks import drawn, floors, scored
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import COARSEST, RESOLUTION
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint import bench, minimising
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.parts import parts, side_by_side
from zigzag_imc.solver.joint.parts.floors import Floors, floors_of
from zigzag_imc.solver.joint.parts.parts import EVERYTHING, parts_of
from zigzag_imc.solver.joint.search import solve_jointly
from zigzag_imc.solver.joint.tiles import every_length
from zigzag_imc.solver.solution import SearchOptions, Solution

CASES = (("any", 4), ("stalling", 7), ("resting", 5), ("diagonal", 5))
OBJECTIVES: tuple[Objective, ...] = ("energy", "latency", "edp")

Fault = Callable[[pytest.MonkeyPatch], None]


def least(kind: str, seed: int, objective: Objective) -> float:
    """The optimum of a case."""
    every = scored(kind, seed)
    values: dict[Objective, Callable[[float, float], float]] = {
        "energy": lambda energy_pj, _cycles: energy_pj,
        "latency": lambda _energy_pj, cycles: cycles,
        "edp": lambda energy_pj, cycles: energy_pj * cycles,
    }
    return min(values[objective](energy_pj, cycles) for _, energy_pj, cycles in every)


def asked(kind: str, seed: int, objective: Objective, cutoff: float = math.inf) -> Solution:
    """Search a case by the joint model alone."""
    own = drawn(kind, seed)
    assert own is not None
    options = SearchOptions(space=own.space, cutoff=cutoff)
    return solve_jointly(own.layer, own.accelerator, own.profile, objective, options)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_optima_are_those_of_all_mappings(kind: str, seed: int, objective: Objective) -> None:
    optimum = least(kind, seed, objective)
    found = asked(kind, seed, objective)
    assert found.status == "OPTIMAL"
    assert found.objective_value == pytest.approx(optimum, rel=COARSEST)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_one_model_of_everything_says_the_same(
    objective: Objective, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MOST_PARTS", 0)
    optimum = least("diagonal", 5, objective)
    assert asked("diagonal", 5, objective, optimum * (1 - 3 * COARSEST)).status == "INFEASIBLE"
    at = asked("diagonal", 5, objective, optimum * (1 + RESOLUTION))
    assert at.objective_value == pytest.approx(optimum, rel=COARSEST)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_nothing_is_below_an_optimum_and_something_is_at_it(
    kind: str, seed: int, objective: Objective
) -> None:
    optimum = least(kind, seed, objective)
    below = asked(kind, seed, objective, optimum * (1 - 3 * COARSEST))
    assert (below.status, below.mapping) == ("INFEASIBLE", None)
    at = asked(kind, seed, objective, optimum * (1 + RESOLUTION))
    assert at.objective_value == pytest.approx(optimum, rel=COARSEST)


def no_part_but_the_first(patch: pytest.MonkeyPatch) -> None:
    """All spatial mappings but that of the least floor are forgotten."""
    patch.setattr(minimising, "parts_of", lambda *asked: parts_of(*asked)[:1])


@pytest.mark.parametrize("fault", [no_part_but_the_first, faults.energy_too_high])
def test_every_fault_loses_an_optimum(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, seed = LOST_IN[fault]
    optimum = least(kind, seed, "energy")
    fault(monkeypatch)
    found = asked(kind, seed, "energy", optimum * (1 + RESOLUTION))
    assert found.objective_value is None or found.objective_value > optimum * (1 + COARSEST)


LOST_IN: dict[Fault, tuple[str, int]] = {
    no_part_but_the_first: ("diagonal", 1),
    faults.energy_too_high: ("any", 4),
}
"""A case of which every fault loses the optimum."""


def test_floors_above_the_incumbent_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The optimum among tiles that divide is known; no floor may be above it."""

    def too_high(costs: CostModel, domain: Domain, _budget: object) -> Floors:
        found = floors_of(costs, domain)
        return replace(found, energy_pj=found.energy_pj * 1e3)

    monkeypatch.setattr(bench, "floors_of", too_high)
    with pytest.raises(RuntimeError, match="floors are above a mapping"):
        asked("any", 4, "energy")


def test_parts_are_what_floors_leave_the_least_first() -> None:
    found = floors("diagonal", 5)
    most_pj = float(sorted(found.energy_pj.min(axis=0))[2])
    split = parts_of(found, Domain(every_length, most_pj=most_pj))
    assert len(split) >= 3
    assert [part.floor for part in split] == sorted(part.floor for part in split)
    assert all(part.floor == part.least.energy_pj <= most_pj * (1 + 1e-4) for part in split)
    assert all(part.holds(part.only) for part in split if part.only is not None)
    assert split[1].only is not None
    assert not split[0].holds(split[1].only)


def test_what_cannot_be_split_is_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles that divide, too many spatial mappings to list, or too many that are left."""
    assert parts_of(None, Domain()) == [EVERYTHING]
    monkeypatch.setattr(parts, "MOST_PARTS", 2)
    found = floors("diagonal", 5)
    (whole,) = parts_of(found, Domain(every_length))
    assert whole.only is None
    assert (whole.floor, whole.least.cycles) == (found.energy_pj.min(), found.cycles.min())
    optimum = least("any", 4, "energy")
    monkeypatch.setattr(side_by_side, "MOST_PAIRS", 0)
    answer = asked("any", 4, "energy")
    assert answer.status == "OPTIMAL"
    assert answer.objective_value == pytest.approx(optimum, rel=COARSEST)
