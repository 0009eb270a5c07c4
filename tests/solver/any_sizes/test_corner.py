"""The corner of products: energy and latency, each minimised for itself."""

from __future__ import annotations

from typing import Literal

import pytest

from tests.solver.any_sizes.models_alone import answer, answer_of_models, any_sizes, is_right, odd
from tests.solver.differential import enumerated
from zigzag_imc.core.budget import Budget
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.presolve.workbench import Workbench
from zigzag_imc.solver.proof import corner, deepening
from zigzag_imc.solver.proof.corner import prove_corner
from zigzag_imc.solver.solution import SearchOptions


@pytest.fixture(autouse=True)
def always_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every product is proved from its corner, however few tiles there are."""
    monkeypatch.setattr(deepening, "CORNER_CANDIDATES", -1)


@pytest.mark.parametrize("gap", [0.0, corner.LATENCY_GAP, 0.3])
def test_it_is_that_of_both_optima(monkeypatch: pytest.MonkeyPatch, gap: float) -> None:
    """The latency up to its gap, and never more than the least."""
    monkeypatch.setattr(corner, "LATENCY_GAP", gap)
    drawn, everything = odd()[0]
    costs = CostModel(drawn.layer, drawn.accelerator, drawn.profile)
    bench = Workbench(costs, SearchOptions(space=drawn.space), Budget.of())
    value, _ = everything.optima["edp"]
    prove_corner(bench, value)
    least_pj, least_cycles = (everything.optima[factor][0] for factor in ("energy", "latency"))
    assert bench.corner.energy_pj == pytest.approx(least_pj, rel=1e-6)
    assert least_cycles * (1 - gap) * (1 - 1e-6) <= bench.corner.latency <= least_cycles


@pytest.mark.parametrize("number", range(5))
def test_products_are_proved_from_it(number: int) -> None:
    drawn, everything = odd()[number]
    value, _ = everything.optima["edp"]
    assert is_right(answer_of_models(drawn, "edp", value), value)


def test_one_found_on_the_way_is_taken() -> None:
    """Either optimum may have a better product than the best mapping among divisors."""
    drawn = any_sizes("stalling", 134)
    assert drawn is not None
    value, _ = enumerated(drawn).optima["edp"]
    assert is_right(answer(drawn, "edp"), value)


def test_a_corner_too_far_is_seen() -> None:
    """A planted fault: twice the least latency is said to be proved."""
    least = corner._least

    def too_far(bench: Workbench, factor: Literal["energy", "latency"], most: float) -> float:
        return least(bench, factor, most) * (2 if factor == "latency" else 1)

    right = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corner, "_least", too_far)
        for drawn, everything in odd():
            value, _ = everything.optima["edp"]
            right.append(is_right(answer_of_models(drawn, "edp", value), value))
    assert not all(right)
