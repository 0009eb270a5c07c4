"""The CP-SAT model of tiles of any lengths takes no mapping for slower than it is."""

from __future__ import annotations

import math

from tests.solver.any_sizes.model_checks import is_above, latencies_in_the_model
from tests.solver.any_sizes.test_bounds import known_cases


def test_no_mapping_is_faster_than_in_the_model() -> None:
    told = [pair for known in known_cases() for pair in latencies_in_the_model(known, most=4)]
    assert not any(is_above(*pair) for pair in told)
    exact = sum(math.isclose(*pair, rel_tol=1e-6) for pair in told)
    assert exact > len(told) / 2
