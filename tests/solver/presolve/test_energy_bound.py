"""No bound exceeds what it bounds: spatial mappings, columns, discarded tiles, the CP-SAT model."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.solver.bound_checks import bounds_above_costs
from tests.solver.corner_cases import corner_case
from tests.solver.differential import OBJECTIVES
from tests.solver.small_cases import Case, case, diagonal_case, stalling_case, told

CASES = range(7000, 7012)


@pytest.mark.parametrize("draw", [case, stalling_case, corner_case, diagonal_case])
@pytest.mark.parametrize("first", range(CASES.start, CASES.stop, 4))
def test_no_bound_exceeds_the_exact_cost(first: int, draw: Callable[[int], Case]) -> None:
    wrong = [
        f"{told(drawn)}: {problem}"
        for drawn in map(draw, range(first, first + 4))
        for problem in bounds_above_costs(drawn, OBJECTIVES)
    ]
    assert not wrong, "\n".join(wrong)
