"""Faults planted into what the joint model knows of diagonals and constraints: each is seen."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.solver.joint import faults_of_spaces as faults
from tests.solver.joint.checks import loose_within, refuted, refuted_within
from tests.solver.plain_constraints import random_constraint
from tests.solver.small_cases import Case, case
from zigzag_imc.core.constraints import Constraints

Fault = Callable[[pytest.MonkeyPatch], None]

OF_DIAGONALS: dict[Fault, int] = {
    faults.bands_a_row_short: 1,
    faults.no_rows_of_windows: 1,
    faults.blocks_that_count_twice: 0,
    faults.blocks_along_one_line: 0,
    faults.diagonals_seen_along_both_lines: 0,
    faults.inputs_that_are_not_shared: 56,
    faults.columns_that_add_up_the_band: 19,
}
"""Every fault, and a small case that shows it."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault, the kind of constraint and the case that show it, and the check that sees it."""

    fault: Fault
    kind: str
    seed: int
    check: Callable[[Case, Constraints], list[str]]

    def said(self) -> list[str]:
        """What the check says of the case."""
        own, rng = case(self.seed, 600), random.Random(f"{self.kind} {self.seed}")
        return self.check(own, (random_constraint(own, rng, self.kind),))


OF_CONSTRAINTS = (
    Planted(faults.even_along_all_dimensions, "even", 6, refuted_within),
    Planted(faults.no_even_allocation, "even", 6, loose_within),
    Planted(faults.ends_taken_for_each_other, "inner", 0, refuted_within),
    Planted(faults.no_loop_order, "outer", 0, loose_within),
    Planted(faults.no_loop_order, "order", 17, loose_within),
    Planted(faults.sizes_one_too_small, "tile", 13, refuted_within),
    Planted(faults.no_tile_sizes, "tile", 1, loose_within),
    Planted(faults.no_tiles_written_out, "tile", 9, loose_within),
    Planted(faults.steps_that_count_twice, "utilization", 7, refuted_within),
    Planted(faults.no_utilization, "utilization", 0, loose_within),
    Planted(faults.unrollings_without_limits, "unroll", 0, loose_within),
    Planted(faults.unrollings_without_limits, "allow", 1, loose_within),
)


@pytest.mark.parametrize("fault", OF_DIAGONALS, ids=lambda fault: fault.__name__)
def test_every_fault_of_diagonals_is_seen(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    assert refuted(OF_DIAGONALS[fault], kind="diagonal")


@pytest.mark.parametrize("seed", sorted(set(OF_DIAGONALS.values())))
def test_no_diagonal_is_refuted_without_a_fault(seed: int) -> None:
    assert not refuted(seed, kind="diagonal")


@pytest.mark.parametrize(
    "planted", OF_CONSTRAINTS, ids=lambda planted: f"{planted.fault.__name__} {planted.kind}"
)
def test_every_fault_of_constraints_is_seen(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not planted.said()
    planted.fault(monkeypatch)
    assert planted.said()
