"""Solves that find one better solution after another, each by a unit of the objective."""

from __future__ import annotations

from tests.solver.differential import against_enumeration, enumerated, solved
from tests.solver.paired_cases import paired_case


def test_a_search_that_comes_down_unit_by_unit_is_begun_anew() -> None:
    """A latency of 20 cycles, told in parts: 12 million solutions were better than the last."""
    drawn = paired_case(800384, 1250)
    (found,) = solved(drawn, "energy").layers
    assert list(against_enumeration(found, "energy", enumerated(drawn))) == []
