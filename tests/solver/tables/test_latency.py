"""How long the transfers of the layer of four multiplications keep the ports.

Every port but that of the output register moves 8 bits per cycle, that one 16. An activation takes
one cycle.
"""

from __future__ import annotations

from tests.solver.presolve.tiny import product
from tests.solver.tables.tiny_columns import (
    CELLS,
    DRAM,
    OUTPUT_REGISTER,
    at,
    columns_of,
    lowest_memory_cut,
)
from zigzag_imc.core.layer import INPUTS, OUTPUTS, WEIGHTS
from zigzag_imc.solver.tables.cut import ROW_PORT


def test_a_port_is_busy_with_all_transfers_but_the_first() -> None:
    """Of 4 weights of 8 bits the first is onloading; the others take ``3 * 1`` cycles.

    With both rows below the cut, one of two is left.
    """
    columns = columns_of()
    cut = lowest_memory_cut(columns, WEIGHTS)
    assert at(columns, cut.busy[DRAM, 0]) == 3
    assert at(columns, cut.busy[DRAM, 0], D=2) == 1


def test_a_port_is_busy_with_partial_sums_both_ways() -> None:
    """Partial sums of 16 bits take 2 cycles, and two of four visits are first: ``3 * 2 + 2 * 2``.

    Finished outputs take one and do not come back: ``1 * 1``.
    """
    columns = columns_of()
    busy = lowest_memory_cut(columns, OUTPUTS).busy[DRAM, 0]
    assert at(columns, busy) == 10
    assert at(columns, busy, C=2) == 1


def test_what_outlasts_its_window_is_stuck() -> None:
    """Five transfers of 2 cycles, in windows of one activation: ``5 * (2 - 1) = 5`` cycles.

    With C2 below, a transfer of one cycle has a window of two: nothing is stuck.
    """
    columns = columns_of()
    stuck = lowest_memory_cut(columns, OUTPUTS).stuck[DRAM, 0]
    assert at(columns, stuck) == 5
    assert at(columns, stuck, C=2) == 0


def test_the_array_is_written_row_by_row() -> None:
    """Two input channels on two rows, rows of the product in time: weights are loaded twice.

    The second time takes 2 rows of a cycle each, unless both products are below the cut.
    """
    columns = columns_of(product(rows=2, in_channels=2), unrolled={"D2": {"C": 2}})
    rows = lowest_memory_cut(columns, WEIGHTS).stuck[CELLS, ROW_PORT]
    assert at(columns, rows) == 2
    assert at(columns, rows, D=2) == 0


def test_a_link_is_the_slower_side_of_one_transfer() -> None:
    """A weight of 8 bits takes a cycle. A partial sum of 16 takes 2 cycles at the DRAM."""
    columns = columns_of()
    assert at(columns, lowest_memory_cut(columns, WEIGHTS).link) == 1
    assert at(columns, lowest_memory_cut(columns, OUTPUTS).link) == 2


def test_of_a_single_transfer_the_first_part_is_exposed() -> None:
    """All 4 inputs at once take 4 cycles, of which one, for the first input, is surely exposed.

    Two at a time come more than once: their first transfer is exposed as a whole.
    """
    columns = columns_of()
    cut = lowest_memory_cut(columns, INPUTS)
    assert at(columns, cut.link, D=2, C=2) == 1
    assert at(columns, cut.link, C=2) == 2
    assert at(columns, cut.loads[DRAM, 0], D=2, C=2) == 4


def test_periodic_loads_take_bits_of_every_cycle() -> None:
    """A weight of 8 bits per activation takes 8 bits per cycle; per two activations, 4."""
    columns = columns_of()
    taken = lowest_memory_cut(columns, WEIGHTS).taken[DRAM, 0]
    assert at(columns, taken) == 8
    assert at(columns, taken, D=2) == 4
    assert at(columns, taken, D=2, C=2) == 0


def test_a_second_tile_takes_as_much_as_the_first_or_a_step_of_it() -> None:
    """Four inputs take 32 bits, a second tile as many.

    At least, with all loops on top relevant: one step of them, 8.
    """
    columns = columns_of()
    cut = lowest_memory_cut(columns, INPUTS)
    assert cut.need is not None
    assert cut.least_need is not None
    assert at(columns, cut.need, D=2, C=2) == 32
    assert at(columns, cut.least_need, D=2, C=2) == 8


def test_the_array_keeps_the_output_register_busy_in_any_case() -> None:
    """Sums go up in 3 activations after the first and come back in 2 of the 4, a cycle each."""
    columns = columns_of()
    assert columns.compute_cycles == 4
    assert columns.fixed_busy == {(OUTPUT_REGISTER, 0): 5}
    assert columns.fixed_stuck == {(OUTPUT_REGISTER, 0): 0}
