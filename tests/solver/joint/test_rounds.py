"""Rounds: what is loaded once hides in one of them, so that the first bound is the optimum."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.solver.joint import latency_faults
from zigzag_imc import load_accelerator, matmul_layer
from zigzag_imc.core.budget import Budget
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.joint.domain import domain_of
from zigzag_imc.solver.joint.model import JointModel
from zigzag_imc.solver.joint.session import minimise
from zigzag_imc.solver.solution import SearchOptions

OPTIMUM = 560.0
"""Least latency of 64 rows that meet all 27 x 16 weights at once: cycles."""


def first_bound() -> float:
    """Bound of the model before anything is excluded."""
    layer = matmul_layer("rows", rows=64, out_channels=16, in_channels=27)
    costs = CostModel(layer, load_accelerator("dimc"), IMC)
    model = JointModel.of(costs, domain_of(Goal("latency"), OPTIMUM))
    return minimise(model, SearchOptions(), Budget.of()).bound


def test_the_first_bound_is_the_optimum() -> None:
    assert first_bound() == OPTIMUM


@pytest.mark.parametrize(
    ("fault", "is_wrong"),
    [
        (latency_faults.rounds_without_an_end, lambda bound: bound < OPTIMUM),
        (latency_faults.twice_the_rounds, lambda bound: bound > OPTIMUM),
    ],
)
def test_faults_are_seen(
    fault: Callable[[pytest.MonkeyPatch], None],
    is_wrong: Callable[[float], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fault(monkeypatch)
    assert is_wrong(first_bound())
