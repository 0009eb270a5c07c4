"""Searches that end early.

Whatever stops them, the bound stays below the optimum, and a mapping is there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial

import pytest

from tests.solver.corner_cases import corner_case
from tests.solver.differential import OBJECTIVES, Enumerated, enumerated
from tests.solver.small_cases import Case, case, stalling_case, told
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.runs.job import Job, run_job
from zigzag_imc.solver.formulation.answer import Answer
from zigzag_imc.solver.formulation.session import Session
from zigzag_imc.solver.network.edp import choose, network_bound
from zigzag_imc.solver.pareto import pareto_front
from zigzag_imc.solver.presolve import energy_bound as bounds
from zigzag_imc.solver.presolve import survey
from zigzag_imc.solver.proof import taken
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import Front, SearchOptions, Solution

MOST_MAPPINGS = 800


def _cases(seeds: range) -> Iterator[tuple[Case, Enumerated]]:
    for draw in (stalling_case, corner_case, case):
        for seed in seeds:
            drawn = draw(seed, MOST_MAPPINGS)
            everything = enumerated(drawn)
            if everything.optima:
                yield drawn, everything


def _holds(found: Solution, objective: Objective, everything: Enumerated) -> bool:
    """Whether bound <= optimum <= value, and value = optimum where that is said."""
    optimum = everything.optima[objective][0]
    if found.bound is None or found.bound > optimum * (1 + TOLERANCE):
        return False
    value = found.objective_value
    if value is None:
        return found.status == "UNKNOWN"
    return value >= optimum * (1 - TOLERANCE) and (
        found.status != "OPTIMAL" or value <= optimum * (1 + TOLERANCE)
    )


def _reached(done: list[int], last: int) -> bool:
    return done[0] >= last


def test_bounds_hold_whichever_solve_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    # Batches of one spatial mapping and loose bounds: as much as possible is left to CP-SAT, in
    # many solves.
    monkeypatch.setattr(taken, "MOST_TILES", 1)
    monkeypatch.setattr(survey, "PATIENCE", 0)
    monkeypatch.setattr(bounds, "PRICE_STEPS", 1)
    done = [0]
    plain = Session.minimise

    def counted(self: Session, *args: object) -> Answer:
        done[0] += 1
        return plain(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "minimise", counted)
    wrong: list[str] = []
    stopped = 0
    for drawn, everything in _cases(range(300, 306)):
        for objective in OBJECTIVES:
            done[0] = 0
            found = solve(drawn.layer, drawn.accelerator, drawn.profile, objective)
            assert found.status == "OPTIMAL", told(drawn)
            for last, gap in itertools.product(range(1, min(done[0], 4)), (0.0, 0.05)):
                done[0] = 0
                options = SearchOptions(gap=gap)
                enough = Budget.of(None, partial(_reached, done, last))
                found = solve(
                    drawn.layer, drawn.accelerator, drawn.profile, objective, options, enough
                )
                stopped += found.status == "FEASIBLE"
                if found.bound is not None and not _holds(found, objective, everything):
                    wrong.append(f"{told(drawn)}, {objective}, {last} solves, gap {gap}: {found}")
    assert not wrong
    assert stopped > 10


def test_no_time_at_all_still_gives_a_mapping_and_a_bound() -> None:
    for drawn, everything in _cases(range(320, 328)):
        for objective in OBJECTIVES:
            found = solve(
                drawn.layer,
                drawn.accelerator,
                drawn.profile,
                objective,
                SearchOptions(time_limit_s=0.0),
            )
            assert found.mapping is not None, told(drawn)
            assert _holds(found, objective, everything), told(drawn)


def test_a_front_cut_short_keeps_what_was_scored_and_bounds_the_rest() -> None:
    short = 0
    for drawn, everything in _cases(range(340, 350)):
        front = pareto_front(
            drawn.layer, drawn.accelerator, drawn.profile, SearchOptions(time_limit_s=0.0)
        )
        assert front.points, told(drawn)
        assert front.least_energy_pj <= everything.optima["energy"][0] * (1 + TOLERANCE), told(
            drawn
        )
        assert front.least_latency_cycles <= everything.optima["latency"][0], told(drawn)
        costs = [(point.cost.latency_cycles, point.cost.energy_pj) for point in front.points]
        assert costs == sorted(costs)
        assert [pj for _, pj in costs] == sorted((pj for _, pj in costs), reverse=True)
        short += not front.proved
    assert short > 10


def test_the_gap_asked_for_does_not_shorten_fronts() -> None:
    for drawn, everything in _cases(range(360, 366)):
        front = pareto_front(drawn.layer, drawn.accelerator, drawn.profile, SearchOptions(gap=0.5))
        assert front.proved, told(drawn)
        assert len(front.points) == len(everything.front), told(drawn)


def test_the_bound_of_a_network_is_below_every_choice() -> None:
    drawn = [one for one, _ in _cases(range(366, 370))][:4]
    counts = [1 + place % 3 for place in range(len(drawn))]

    def fronts(options: SearchOptions) -> list[Front]:
        found = []
        for one in drawn:
            job = Job(
                one.layer, one.accelerator, one.profile, "edp", options, optimum=False, front=True
            )
            front = run_job(job, lambda: False).front
            assert front is not None
            found.append(front)
        return found

    whole = fronts(SearchOptions())
    chosen, proved = choose(whole, counts)
    assert proved
    points = [front.points[place] for front, place in zip(whole, chosen, strict=True)]
    optimum = sum(
        count * point.cost.energy_pj for count, point in zip(counts, points, strict=True)
    ) * sum(count * point.cost.latency_cycles for count, point in zip(counts, points, strict=True))
    short = fronts(SearchOptions(time_limit_s=0.0))
    assert not all(front.proved for front in short)
    for told_by in (whole, short, [whole[0], *short[1:]]):
        assert 0 < network_bound(told_by, counts) <= optimum * (1 + TOLERANCE)
