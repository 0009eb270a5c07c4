"""What crosses one boundary of the outputs: two transfers up of partial sums, one of a finished."""

from __future__ import annotations

import dataclasses

import numpy as np

from tests.solver.tables.tiny_columns import model_of
from zigzag_imc.core.layer import INPUTS, OUTPUTS
from zigzag_imc.solver.tables.transfers import Transfers

MODEL = model_of()

SUMS = Transfers(
    operand=OUTPUTS,
    boundary=MODEL.boundaries["O"][1],
    element_bits=np.array([16, 8]),
    partial=np.array([True, False]),
    count=np.array([4, 2]),
    back=np.array([2, 0]),
)
"""Two tiles: partial sums go up 4 times and come back 2 times; finished outputs go up 2 times."""


def test_every_side_of_a_boundary_counts_its_own_transfers() -> None:
    """Up, the register is read (th) and the DRAM written (fl); back, it is read (tl), and so on."""
    counted = {
        (access.memory.name, access.direction.value): count.tolist()
        for access, count in SUMS.counted()
    }
    assert counted == {
        ("rf_o", "th"): [4, 2],
        ("dram", "fl"): [4, 2],
        ("dram", "tl"): [2, 0],
        ("rf_o", "fh"): [2, 0],
    }


def test_only_outputs_on_their_way_down_come_back() -> None:
    """Inputs go down, too, but come from above for the first time."""
    count = np.array([4])
    inputs = Transfers(
        operand=INPUTS,
        boundary=MODEL.boundaries["I"][1],
        element_bits=8,
        partial=False,
        count=count,
        back=count,
    )
    assert {access.direction.value for access, back in SUMS.directed() if back} == {"tl", "fh"}
    assert not any(back for _, back in inputs.directed())
    assert (SUMS.place, inputs.place) == (1, 1)


def test_all_but_the_first_transfer_compete_with_computing() -> None:
    """``4 - 1`` and ``2 - 1`` on their way up; back, the first visits are not counted at all."""
    assert SUMS.after_first(back=False).tolist() == [3, 1]
    assert SUMS.after_first(back=True).tolist() == [2, 0]


def test_the_first_of_the_ways_back_on_every_visit_is_onloading() -> None:
    """Where the cost profile counts some on first visits, too: ``4 - 1``."""
    every_visit = dataclasses.replace(SUMS, back=np.array([4, 0]))
    assert every_visit.after_first(back=True).tolist() == [3, 0]
