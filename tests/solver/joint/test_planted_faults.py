"""Faults planted into the joint model: scoring every mapping sees each of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.solver.joint import faults
from tests.solver.joint import latency_faults as of_latency
from tests.solver.joint.checks import refuted
from zigzag_imc.core.objective import Objective

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

SEEN_IN_LATENCY: dict[Fault, tuple[str, int]] = {
    of_latency.no_port_stalls: ("stalling", 1),
    of_latency.a_dropped_port: ("resting", 0),
    of_latency.a_transfer_too_few: ("stalling", 1),
    of_latency.a_port_twice_as_wide: ("any", 0),
    of_latency.rows_that_take_no_time: ("any", 2),
    of_latency.a_first_write_that_takes_no_time: ("any", 15),
    of_latency.everything_is_buffered: ("resting", 12),
    of_latency.ports_that_hide_everything: ("resting", 15),
    of_latency.onloading_in_no_time: ("any", 0),
    of_latency.the_first_transfer_competes: ("resting", 0),
    of_latency.nothing_hides: ("any", 13),
    of_latency.hiding_beside_all_bits: ("any", 13),
    of_latency.cycles_rounded_up: ("any", 0),
    of_latency.writes_of_a_row_more: ("any", 2),
    of_latency.rows_of_the_other_line: ("any", 15),
    of_latency.an_interest_too_short: ("any", 0),
}
"""Every fault of the latency, and a small case whose least latency shows it."""


@pytest.mark.parametrize("fault", SEEN_IN, ids=lambda fault: fault.__name__)
def test_every_fault_is_seen(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    assert refuted(SEEN_IN[fault])


@pytest.mark.parametrize("seed", sorted(set(SEEN_IN.values())))
def test_nothing_is_refuted_without_a_fault(seed: int) -> None:
    assert not refuted(seed)


@pytest.mark.parametrize("fault", SEEN_IN_LATENCY, ids=lambda fault: fault.__name__)
def test_every_fault_of_the_latency_is_seen(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    kind, seed = SEEN_IN_LATENCY[fault]
    assert refuted(seed, "latency", kind)


def test_a_product_too_large_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    of_latency.a_product_too_large(monkeypatch)
    assert refuted(0, "edp")


@pytest.mark.parametrize("objective", ["latency", "edp"])
@pytest.mark.parametrize(("kind", "seed"), sorted(set(SEEN_IN_LATENCY.values())))
def test_no_latency_is_refuted_without_a_fault(kind: str, seed: int, objective: Objective) -> None:
    """The bound is the optimum before anything is excluded."""
    assert not refuted(seed, objective, kind)
