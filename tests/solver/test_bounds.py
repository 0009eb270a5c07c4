"""No bound exceeds what it bounds: spatial mappings, columns, discarded tiles, the CP-SAT model."""

from __future__ import annotations

import pytest

from tests.solver.bound_checks import bounds_above_costs
from tests.solver.differential import OBJECTIVES
from tests.solver.small_cases import case, told

CASES = range(7000, 7060)


@pytest.mark.parametrize("first", range(CASES.start, CASES.stop, 10))
def test_no_bound_exceeds_the_exact_cost(first: int) -> None:
    wrong = [
        f"{told(drawn)}: {problem}"
        for drawn in map(case, range(first, first + 10))
        for problem in bounds_above_costs(drawn, OBJECTIVES)
    ]
    assert not wrong, "\n".join(wrong)
