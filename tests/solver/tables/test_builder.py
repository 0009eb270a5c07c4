"""What the columns say of the layer of four multiplications, transfer by transfer."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.accelerators import cells
from tests.solver.presolve.tiny import buffer, product, tiny_accelerator
from tests.solver.tables.tiny_columns import at, columns_of, lowest_memory_cut, model_of
from zigzag_imc.core.layer import INPUTS, OUTPUTS, WEIGHTS


def test_a_weight_comes_once_for_every_period() -> None:
    """A weight costs 10 pJ to read from the DRAM and 0.5 pJ to write into its cell.

    With nothing below the cut it comes in each of 4 activations, ``4 * 10.5 = 42``; with both rows
    below, only 2 times, 21. Two weights (C2) do not fit in the cell.
    """
    columns = columns_of()
    energy_pj = lowest_memory_cut(columns, WEIGHTS).energy_pj
    assert at(columns, energy_pj) == 42
    assert at(columns, energy_pj, D=2) == 21
    assert math.isinf(at(columns, energy_pj, C=2))


def test_an_input_is_also_read_for_the_array() -> None:
    """DRAM to register ``10 + 3``, register to array 2: ``4 * 15 = 60`` pJ."""
    columns = columns_of()
    assert at(columns, lowest_memory_cut(columns, INPUTS).energy_pj) == 60


def test_partial_sums_go_up_and_come_back() -> None:
    """Of 16 bits, two words of the DRAM: up for ``2 + 2 * 20 = 42`` pJ, back for ``2 * 10 + 3``.

    Nothing below the cut: up 4 times, back 2 times (not on the first visit of either output), so
    ``4 * 42 + 2 * 23 = 214``.
    """
    columns = columns_of()
    assert at(columns, lowest_memory_cut(columns, OUTPUTS).energy_pj) == 214


def test_finished_outputs_only_go_up() -> None:
    """The sum over C2 below the cut: 2 outputs of 8 bits leave, ``2 * (2 + 20) = 44`` pJ."""
    columns = columns_of()
    assert at(columns, lowest_memory_cut(columns, OUTPUTS).energy_pj, C=2) == 44


def test_what_the_array_adds_to_its_register_is_fixed() -> None:
    """4 products are written (3 pJ), 2 of them onto a sum that is read first (2 pJ): 16 pJ."""
    columns = columns_of()
    assert columns.fixed_energy_pj - columns.laid.array_total_pj == pytest.approx(16)


def test_one_transfer_feeds_all_columns_that_share_it() -> None:
    """Two output channels side by side, two input channels in time: 2 activations.

    The one input of an activation is broadcast, ``2 * 15 = 30``; each of the two weights has its
    own word and cell, ``2 * (2 * 10 + 2 * 0.5) = 42``.
    """
    columns = columns_of(product(out_channels=2, in_channels=2), unrolled={"D1": {"K": 2}})
    assert at(columns, lowest_memory_cut(columns, INPUTS).energy_pj) == 30
    assert at(columns, lowest_memory_cut(columns, WEIGHTS).energy_pj) == 42


def test_weights_that_rest_are_precharged_once() -> None:
    """Cells of two weights precharge their line for every change: 4 times, or 2 for both rows.

    The lower cut of the weights has nothing else: reading the cells is free.
    """
    accelerator = tiny_accelerator(cells=cells(2))
    unit_pj = model_of(accelerator=accelerator).macro.precharge_pj
    columns = columns_of(accelerator=accelerator)
    resting = columns.cuts[WEIGHTS][0]
    assert resting.boundaries == (0,)
    assert unit_pj > 0
    assert at(columns, resting.energy_pj) == 4 * unit_pj
    assert at(columns, resting.energy_pj, D=2) == 2 * unit_pj


def test_bits_are_those_of_the_tile() -> None:
    """Two partial sums of 16 bits take 32; once C2 is below, two finished ones take 16."""
    columns = columns_of()
    bits = lowest_memory_cut(columns, OUTPUTS).bits
    assert at(columns, bits, D=2) == 32
    assert at(columns, bits, D=2, C=2) == 16


def test_a_tile_that_overflows_is_not_allowed() -> None:
    """The register of 16 bits holds two finished outputs (42 pJ), not two partial sums.

    Both finished ones leave at once: ``2 + 2 * 20 = 42``.
    """
    columns = columns_of()
    energy_pj = lowest_memory_cut(columns, OUTPUTS).energy_pj
    assert at(columns, energy_pj, D=2, C=2) == 42
    assert math.isinf(at(columns, energy_pj, D=2))


@pytest.mark.parametrize(("size_bits", "allowed"), [(40, True), (39, False)])
def test_a_tile_has_to_fit_beside_the_smallest_of_others(size_bits: int, allowed: bool) -> None:
    """All four inputs take 32 bits, beside a weight of 8 at least: 40."""
    columns = columns_of(accelerator=tiny_accelerator(shared=buffer("I1 I2", size_bits)))
    upper = columns.cuts[INPUTS][-1]
    assert math.isfinite(at(columns, upper.energy_pj, D=2, C=2)) == allowed


@pytest.mark.parametrize(("size_bits", "fits"), [(64, True), (63, False)])
def test_the_top_memory_holds_everything(size_bits: int, fits: bool) -> None:
    """2 weights, 4 inputs and 2 finished outputs of 8 bits each: 64 bits."""
    plain = tiny_accelerator()
    *below, top = plain.memories
    columns = columns_of(
        accelerator=plain.replace(memories=(*below, replace(top, size_bits=size_bits)))
    )
    assert columns.fixed_bits == (0, 0, 0, 64)
    assert columns.fits == fits


def test_cuts_at_the_same_place_are_one() -> None:
    """A register of one input changes whenever the array's input does: boundaries 0 and 1 are one.

    In a buffer of two inputs, 16 bits at 1 pJ to read and 1.25 to write, they are two. The array
    reads 4 times, for 4 pJ. With C2 in the buffer, 2 transfers of two inputs come from the DRAM,
    ``2 * 2 * (10 + 1.25) = 45``.
    """
    assert [cut.boundaries for cut in columns_of().cuts[INPUTS]] == [(0, 1)]
    columns = columns_of(accelerator=tiny_accelerator(rf_i=buffer("I1", 16)))
    resting, held = columns.cuts[INPUTS]
    assert (resting.boundaries, held.boundaries) == ((0,), (1,))
    assert at(columns, resting.energy_pj) == 4
    assert math.isinf(at(columns, resting.energy_pj, C=2))
    assert at(columns, held.energy_pj, C=2) == 45
