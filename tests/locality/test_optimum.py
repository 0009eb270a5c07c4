"""What is kept is best: the same optimum as going through all choices and all mappings."""

from __future__ import annotations

import random

import pytest

from tests.locality.plain_choices import PlainChoices
from tests.locality.small_networks import random_accelerator, random_network
from zigzag_imc.checking.verify import verify_result
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import DIVISORS
from zigzag_imc.library.mapping import map_network
from zigzag_imc.models.profile import IMC


@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
@pytest.mark.parametrize("seed", range(4))
def test_enumeration_of_all_choices_finds_the_same_optimum(seed: int, objective: Objective) -> None:
    draw = random.Random(seed)
    network, accelerator = random_network(draw), random_accelerator(draw)
    expected = PlainChoices(network, accelerator, IMC, DIVISORS).least(objective)
    result = map_network(
        network, accelerator, objective=objective, locality="best", space=DIVISORS, jobs=1
    )
    assert result.totals.objective_value == pytest.approx(expected, rel=1e-6)
    assert result.totals.status == "OPTIMAL"
    report = verify_result(result)
    assert report.holds, report.problems
