"""When a verdict proves its mapping, and what it says otherwise."""

from __future__ import annotations

import pytest

from zigzag_imc.solver.proof.verdict import UNBOUNDED, UNTOLD, Verdict
from zigzag_imc.solver.solution import at_the_gap


@pytest.mark.parametrize("reason", [UNTOLD, UNBOUNDED, at_the_gap(0.1)])
def test_a_reason_for_a_gap_is_no_proof(reason: str) -> None:
    """With nothing found and no reason, it is proved that nothing keeps the limits."""
    assert not Verdict(best=None, bound=1.0, reason=reason).proved
    assert Verdict(best=None, bound=1.0).proved


def test_the_gap_is_told_as_it_was_asked_for() -> None:
    """A tenth is 0.1, a ten-thousandth 0.0001."""
    assert at_the_gap(0.1) == "stopped at the gap asked for (0.1)"
    assert at_the_gap(1e-4) == "stopped at the gap asked for (0.0001)"
