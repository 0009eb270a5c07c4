"""The proof loop where bounds alone prove nothing: a buffer too small for weights and inputs.

Of the layer of eight multiplications with a buffer of 40 bits, the memories take 395 pJ at best,
but the bound of the survey is only 365: a gap of about ``30 / 397``, 7.5 percent, which the model
has to close.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.solver.presolve.sharing import EIGHT, array_pj, sharing
from tests.solver.presolve.tiny import buffer, tiny_accelerator
from tests.solver.small_cases import case
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.solver.formulation.remainder import Remainder
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof import taken
from zigzag_imc.solver.proof.minimise import minimise
from zigzag_imc.solver.proof.verdict import UNTOLD, Verdict
from zigzag_imc.solver.scoring import scores
from zigzag_imc.solver.solution import STOPPED, SearchOptions, at_the_gap


@dataclass(frozen=True)
class Found:
    """A verdict in pJ of the memories, without the array."""

    verdict: Verdict
    value_pj: float | None
    bound_pj: float


def found(options: SearchOptions, budget: Budget | None = None) -> Found:
    """Minimise the energy of the layer."""
    costs = CostModel(EIGHT, sharing(40))
    verdict = minimise(Workbench(costs, options, budget, with_latency=False), Goal("energy"))
    value_pj = None if verdict.best is None else verdict.best.value - array_pj()
    return Found(verdict, value_pj, verdict.bound - array_pj())


def test_a_closed_batch_proves_the_optimum() -> None:
    """395 pJ, and no mapping has less."""
    proof = found(SearchOptions())
    assert proof.verdict.proved
    assert proof.value_pj == pytest.approx(395, rel=1e-12)
    assert proof.bound_pj == pytest.approx(395, rel=1e-7)


def test_within_the_gap_asked_for_the_bound_is_that_of_what_waits() -> None:
    """A tenth is more than 7.5 percent: nothing is closed, the survey's bound of 365 stands."""
    proof = found(SearchOptions(gap=0.1))
    assert proof.verdict.reason == at_the_gap(0.1)
    assert not proof.verdict.stopped
    assert proof.value_pj == pytest.approx(395, rel=1e-12)
    assert 364 < proof.bound_pj <= 365


def test_a_gap_that_is_too_small_is_closed() -> None:
    """Five percent is less than 7.5: the batch has to be closed, which proves the optimum."""
    proof = found(SearchOptions(gap=0.05))
    assert proof.verdict.proved
    assert proof.bound_pj == pytest.approx(395, rel=1e-7)


def test_out_of_time_the_bound_is_that_of_what_waits() -> None:
    """The survey has looked at the only spatial mapping, then time is over."""
    proof = found(SearchOptions(), Budget.of(None, lambda: True))
    assert proof.verdict.reason == STOPPED
    assert 364 < proof.bound_pj <= 365


def test_a_cutoff_that_nothing_reaches_is_the_bound() -> None:
    """No mapping takes 390 pJ or less, as the best takes 395 and the array."""
    verdict = found(SearchOptions(cutoff=390.0)).verdict
    assert verdict.proved
    assert verdict.bound == 390


@pytest.mark.parametrize(("gap", "bound"), [(0.0, 22), (0.15, 22), (0.2, 18), (0.4, 17)])
def test_the_bound_is_the_least_of_closed_and_open(
    monkeypatch: pytest.MonkeyPatch, gap: float, bound: float
) -> None:
    """On two rows and two columns, three spatial mappings take at least 17, 18 and 22 cycles.

    The fastest mapping takes 22. Closed one by one, the first, of 17, turns out to have nothing
    below 22; then 18 is left, within ``4 / 22``, 18 percent. Within 40 percent, 17 is enough.
    """
    monkeypatch.setattr(taken, "MOST_TILES", 1)
    costs = CostModel(EIGHT, tiny_accelerator(shared=buffer("I1 I2", 40)))
    verdict = minimise(Workbench(costs, SearchOptions(gap=gap)), Goal("latency"))
    assert verdict.best is not None
    assert verdict.best.value == 22
    assert verdict.bound == bound
    assert verdict.proved == (bound == 22)


def test_orders_that_are_not_told_apart_leave_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one loop order scored of each choice of tiles, a better one may be left.

    The bound is then that of the tiles, which the optimum is not below.
    """
    drawn = case(16, 1500)
    costs = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
    optimum = minimise(Workbench(costs), Goal("latency"))
    monkeypatch.setattr(scores, "MOST_ORDERS", 1)
    verdict = minimise(Workbench(costs), Goal("latency"))
    assert optimum.proved
    assert verdict.reason == UNTOLD
    assert verdict.best is not None
    assert optimum.best is not None
    assert verdict.bound < verdict.best.value
    assert verdict.bound <= optimum.best.value <= verdict.best.value


def test_nothing_is_proved_before_cp_sat_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds alone prove no optimum: where CP-SAT does not refute what remains, it is open."""
    monkeypatch.setattr(Remainder, "is_refuted", lambda *_: False)
    proof = found(SearchOptions())
    assert proof.value_pj == pytest.approx(395, rel=1e-12)
    assert not proof.verdict.proved


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
def test_the_last_model_of_every_search_has_no_solution(
    seed: int, objective: Objective, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And whatever presolve left has been decided by then."""
    answers: list[bool] = []
    plain = Remainder.is_refuted

    def watched(self: Remainder, *options: Any) -> bool:
        answers.append(plain(self, *options))
        return answers[-1]

    monkeypatch.setattr(Remainder, "is_refuted", watched)
    drawn = case(seed, 1500)
    bench = Workbench(CostModel(drawn.layer, drawn.accelerator, drawn.profile))
    assert minimise(bench, Goal(objective)).proved
    assert answers[-1]
    word = bench.last_word()
    assert word is not None
    assert 0 <= word.by_tiles <= word.left_spatial_mappings <= len(bench.listing.spatials)
    assert word.models >= len(answers) + bool(word.by_tiles)
    assert answers.count(False) == 0 if not word.by_tiles else answers.count(False) >= 1


def test_what_is_left_is_counted_with_its_mappings() -> None:
    """One of the spatial mappings of the layer needs a model of its tiles."""
    bench = Workbench(CostModel(EIGHT, sharing(40)), with_latency=False)
    assert bench.last_word() is None
    minimise(bench, Goal("energy"))
    word = bench.last_word()
    assert word is not None
    assert word.by_tiles >= 1
    assert 0 < word.left_mappings <= mapspace_size(EIGHT, bench.accelerator, bench.costs.profile)
