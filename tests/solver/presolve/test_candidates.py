"""Which tiles are left of the layer of four multiplications, at five values of the incumbent.

With finished outputs as wide as partial sums (16 bits), whatever the loop order:

- products are added in the register, 16 pJ
- inputs come one at a time, ``4 * 15 = 60``

Of the two loops, one is innermost. With C2, outputs are finished: ``2 * (2 + 2 * 20) = 84``, while
each weight comes twice, ``4 * 10.5 = 42``: 202 pJ. With D2, a weight is used twice, 21, but sums go
up and down, ``4 * 42 + 2 * 23 = 214``: 311 pJ.
"""

from __future__ import annotations

import math

import pytest

from tests.solver.presolve.tiny import tiny_accelerator
from tests.solver.tables.tiny_columns import FOUR, columns_of
from zigzag_imc.core.layer import INPUTS, OUTPUTS, WEIGHTS, Precision
from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.presolve.candidates import candidates_of
from zigzag_imc.solver.presolve.energy_bound import energy_bound
from zigzag_imc.solver.presolve.latency_sums import LatencySums
from zigzag_imc.solver.presolve.standing import SpatialOption

ACCELERATOR = tiny_accelerator()
COLUMNS = columns_of(FOUR.replace(precision=Precision(8, 8, 16, 16)))


def left(most_memory_pj: float, goal: Goal | None = None) -> list[Candidate] | None:
    """Tiles left at an incumbent of the array's energy and some of the memories'."""
    option = SpatialOption(
        bound=0.0,
        columns=COLUMNS,
        energy=energy_bound(COLUMNS, ACCELERATOR, math.inf),
        latency=LatencySums(COLUMNS),
    )
    most_pj = COLUMNS.laid.array_total_pj + most_memory_pj
    return candidates_of(7, option, ACCELERATOR, goal or Goal("energy"), most_pj)


@pytest.mark.parametrize(
    ("most_memory_pj", "tiles"),
    [
        (201, None),
        (202, [(WEIGHTS, ""), (INPUTS, ""), (OUTPUTS, "C")]),
        (310, [(WEIGHTS, ""), (INPUTS, ""), (OUTPUTS, "C")]),
        (311, [(WEIGHTS, ""), (WEIGHTS, "D"), (INPUTS, ""), (OUTPUTS, ""), (OUTPUTS, "C")]),
    ],
)
def test_a_tile_is_left_as_long_as_a_chain_through_it_is(
    most_memory_pj: float, tiles: list[tuple[int, str]] | None
) -> None:
    """Below 202 pJ none is; from 311 on, those of the other order are as well."""
    found = left(most_memory_pj)
    if found is not None:
        found_tiles = [
            (tile.at.operand, "".join(dim for dim, _ in tile.at.powers)) for tile in found
        ]
        assert sorted(found_tiles) == tiles
    else:
        assert tiles is None


def test_a_limit_of_the_latency_leaves_fewer() -> None:
    """No mapping takes less than 4 cycles of computing: within 3, nothing is left."""
    assert left(1000, Goal("energy", most_latency=3)) is None
    assert left(1000, Goal("energy", most_latency=1000)) is not None


def test_a_candidate_says_what_its_tile_costs_and_takes() -> None:
    """Outputs of C2: 84 pJ, one sum of 16 bits, two steps below the cut.

    The last one leaves the DRAM's port of 8 bits busy for 2 cycles; the one before as well.
    """
    found = left(202)
    assert found is not None
    (outputs,) = [tile for tile in found if tile.at.operand == OUTPUTS]
    assert (outputs.at.option, outputs.at.place, outputs.at.steps) == (7, (OUTPUTS, 1), 2)
    assert (outputs.energy_pj, outputs.room.memory, outputs.room.bits) == (84, 2, 16)
    assert outputs.ports.exposed == 2
    assert outputs.ports.busy[3, 0] == 2
