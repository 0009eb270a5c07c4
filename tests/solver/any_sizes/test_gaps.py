"""Searches among tiles of any size up to a gap: none above what was asked for, each bound holds."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from tests.solver.any_sizes.models_alone import answer_of_models, any_sizes
from tests.solver.differential import OBJECTIVES, enumerated
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.solver.presolve.standing import Waiting
from zigzag_imc.solver.proof import deepening

SEEDS = range(10, 28)


def is_kept(objective: Objective, gap: float) -> bool:
    """Whether models alone keep the gap, with bounds that no mapping of small layers is below."""
    kept = []
    for drawn in (any_sizes("stalling", seed) for seed in SEEDS):
        if drawn is None or objective not in (optima := enumerated(drawn).optima):
            continue
        value, _ = optima[objective]
        found = answer_of_models(drawn, objective, 2 * value, gap)
        bound, best = found.bound or 0.0, found.objective_value or math.inf
        kept.append(bound <= value * (1 + COARSEST))
        kept.append(bound >= best * (1 - gap) * (1 - COARSEST))
    assert len(kept) > 8
    return all(kept)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("gap", [0.1, 0.5])
def test_a_gap_is_kept(objective: Objective, gap: float) -> None:
    assert is_kept(objective, gap)


def test_what_is_within_the_gap_is_not_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: a turn that asks for nothing within the gap refutes all it has tiles of."""
    gap = 0.5

    def refuted(waiting: Waiting, **changed: Any) -> Waiting:
        return replace(waiting, bound=changed["bound"] / (1 - gap))

    monkeypatch.setattr(deepening, "replace", refuted)
    assert not is_kept("latency", gap)
