"""Tiles of any sizes beside what is kept, against enumeration."""

from __future__ import annotations

import random

import pytest

from tests.locality.small_networks import random_accelerator
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import ANY_OUTERMOST
from zigzag_imc.models.locality.situation import Kept, Room, Situation
from zigzag_imc.models.mapspace.enumeration import best_by_enumeration
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions

LAYER = matmul_layer("layer", rows=3, out_channels=2, in_channels=2)
WHOLE = random_accelerator(random.Random(3))


@pytest.mark.parametrize("objective", ["energy", "edp"])
@pytest.mark.parametrize("bits", [32, 48])
def test_what_is_kept_takes_none_of_the_room_for_tiles(bits: int, objective: Objective) -> None:
    found = Situation((Kept("I", "sram"),), (Room("sram", bits),)).accelerator(WHOLE)
    expected = best_by_enumeration(LAYER, found, IMC, objective, ANY_OUTERMOST)
    solution = solve(LAYER, found, IMC, objective, SearchOptions(space=ANY_OUTERMOST))
    assert expected is not None
    assert solution.objective_value == pytest.approx(expected[0], rel=1e-9)
    assert solution.status == "OPTIMAL"
