"""Ranges of models with few bundles: they are wide enough for every tile, not just for the least.

With all bundles of a cut there is always one of small tiles, which moves the most; what is left in
a long search may have none.
"""

from __future__ import annotations

import math

import pytest

from tests.solver.any_sizes.crowded_cases import crowded_cases
from tests.solver.any_sizes.model_checks import values_of_few_bundles
from tests.solver.paired_cases import paired_case
from zigzag_imc.solver.formulation import candidate
from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.lines import add_above
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions


def left_out() -> int:
    """How many mappings models do not have, though they have the bundles of their tiles."""
    told = [pair for known in crowded_cases() for pair in values_of_few_bundles(known, 6)]
    assert told
    return sum(math.isinf(in_model) for in_model, _ in told)


def test_no_mapping_of_a_bundle_is_out_of_range() -> None:
    assert left_out() == 0


def test_a_range_of_the_least_energies_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: the energy of interest ends at the least of every bundle."""
    monkeypatch.setattr(Candidate, "most_energy_pj", property(lambda self: self.energy_pj))
    assert left_out() > 0


def test_a_range_of_the_least_amounts_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: no bundle has more of an amount than its least tile."""
    monkeypatch.setattr(candidate, "most_of", lambda least, by_length: least)
    assert left_out() > 0


def test_bundles_that_take_too_much_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: lines below what bundles take are a thousand bits too high."""
    monkeypatch.setattr(
        "zigzag_imc.solver.formulation.capacity.add_above",
        lambda model, bits, *line: add_above(model, bits - 1000, *line),
    )
    assert left_out() > 0


def test_a_bound_beyond_the_range_refutes_the_model() -> None:
    """Nothing fits: the price of room alone is above all that the tiles could ever cost."""
    drawn = paired_case(803_298, 1250)
    options = SearchOptions(space=drawn.space)
    found = solve(drawn.layer, drawn.accelerator, drawn.profile, "edp", options)
    assert found.status == "INFEASIBLE"
