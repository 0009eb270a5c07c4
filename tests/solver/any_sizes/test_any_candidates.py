"""Tiles that can reach an objective, told a few at a time: they are the same."""

from __future__ import annotations

import math

import pytest

from tests.solver.any_sizes.test_bounds import known_cases
from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve import any_candidates
from zigzag_imc.solver.presolve.energy_bound import energy_bound
from zigzag_imc.solver.presolve.latency_sums import LatencySums
from zigzag_imc.solver.presolve.standing import SpatialOption
from zigzag_imc.solver.tables.any_sizes.any_columns import AnyColumnBuilder


def test_lots_of_tiles_leave_none_out(monkeypatch: pytest.MonkeyPatch) -> None:
    known = next(iter(known_cases()))
    spatial, found = next(iter(known.by_spatial.items()))
    fine = AnyColumnBuilder(known.costs, with_latency=True).fine(spatial)
    energy = energy_bound(fine.classes, known.costs.accelerator, math.inf)
    option = SpatialOption(0.0, fine.classes, energy, LatencySums(fine.classes))
    most = max(cost.latency_cycles for _, cost in found)

    def tiles() -> list[Candidate]:
        wanted = known.costs, fine, option, Goal("latency"), most
        return any_candidates.AnyCandidates(*wanted).up_to(most)

    together = tiles()
    monkeypatch.setattr(any_candidates, "LOT", 2)
    assert tiles() == together
    assert len(together) > 2
