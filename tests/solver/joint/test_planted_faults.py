"""Faults planted into the joint model: scoring every mapping sees each of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.solver.joint import faults
from tests.solver.joint.checks import refuted

Fault = Callable[[pytest.MonkeyPatch], None]

SEEN_IN: dict[Fault, int] = {
    faults.a_dropped_array_dimension: 7,
    faults.no_feeding: 16,
    faults.unrollings_that_are_not_smallest: 1,
    faults.a_capacity_without_outputs: 8,
    faults.no_capacities: 8,
    faults.tiles_that_may_overflow: 8,
    faults.a_chain_without_divisibility: 0,
    faults.a_chain_of_one_operand_alone: 0,
    faults.a_fixed_order_of_operands: 0,
    faults.tiles_of_all_or_nothing: 17,
    faults.windows_without_overlap: 0,
    faults.outputs_that_never_come_back: 0,
    faults.outputs_that_are_always_finished: 0,
    faults.steps_without_idle_dimensions: 0,
    faults.an_array_that_costs_nothing: 0,
    faults.energies_rounded_up: 0,
    faults.an_interest_too_narrow: 0,
}
"""Every fault, and a small case that shows it."""


@pytest.mark.parametrize("fault", SEEN_IN, ids=lambda fault: fault.__name__)
def test_every_fault_is_seen(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    assert refuted(SEEN_IN[fault])


@pytest.mark.parametrize("seed", sorted(set(SEEN_IN.values())))
def test_nothing_is_refuted_without_a_fault(seed: int) -> None:
    assert not refuted(seed)
