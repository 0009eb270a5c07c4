"""How much tiles hold, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.solver.presolve.tiny import buffer, product, tiny_accelerator
from tests.solver.tables.tiny_columns import at, layout_of, model_of
from zigzag_imc.core.layer import INPUTS, OUTPUTS, WEIGHTS
from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.solver.tables.amounts import Amounts

AMOUNTS = Amounts(model_of())
LAYOUT = layout_of()
"""Of the layer of four multiplications: two weights (C2), four inputs (D2 C2), two outputs (D2)."""


@pytest.mark.parametrize(("operand", "elements"), [(WEIGHTS, 2), (INPUTS, 4), (OUTPUTS, 2)])
def test_a_tile_has_the_elements_of_its_relevant_loops(operand: int, elements: int) -> None:
    """D2 C2: 2 weights, 4 inputs, 2 outputs."""
    found = AMOUNTS.elements(LAYOUT, operand, a=1, whole=True)
    assert at(LAYOUT, found, D=2, C=2) == elements


def test_one_element_crosses_at_the_array() -> None:
    """Whatever rests there."""
    assert at(LAYOUT, AMOUNTS.elements(LAYOUT, INPUTS, a=0, whole=True), D=2, C=2) == 1


def test_neighbouring_windows_share_inputs() -> None:
    """Outputs at 0 and 1 under a filter of 2: positions 0 to 2, three and not four."""
    layer = conv_layer("row", out_channels=1, in_channels=1, output_size=(1, 2), filter_size=(1, 2))
    layout = layout_of(layer)
    found = Amounts(model_of(layer)).elements(layout, INPUTS, a=1, whole=True)
    assert at(layout, found, OX=2, FX=2) == 3
    assert at(layout, found, FX=2) == 2


@pytest.mark.parametrize(("whole", "elements"), [(True, 2), (False, 1.5)])
def test_a_lane_that_is_idle_now_and_then_counts_on_average(whole: bool, elements: float) -> None:
    """Three output channels on two columns, in two steps: 2 and 1, on average 1.5 per step.

    Every boundary above the cells sees both columns.
    """
    layer = product(out_channels=3)
    accelerator = tiny_accelerator(shared=buffer("I1 I2", 64))
    layout = layout_of(layer, accelerator, unrolled={"D1": {"K": 2}})
    amounts = Amounts(model_of(layer, accelerator))
    assert at(layout, amounts.elements(layout, WEIGHTS, a=2, whole=whole)) == elements


@pytest.mark.parametrize(("whole", "elements"), [(True, 2), (False, 1.5)])
def test_a_filter_that_does_not_divide_reads_fewer_inputs_on_average(
    whole: bool, elements: float
) -> None:
    """Three taps on two rows, in two steps: 2 inputs and 1, on average 1.5."""
    layer = conv_layer("row", out_channels=1, in_channels=1, output_size=1, filter_size=(1, 3))
    accelerator = tiny_accelerator(shared=buffer("I1 I2", 64))
    layout = layout_of(layer, accelerator, unrolled={"D2": {"FX": 2}})
    amounts = Amounts(model_of(layer, accelerator))
    assert at(layout, amounts.elements(layout, INPUTS, a=2, whole=whole)) == elements


def test_a_memory_that_buffers_twice_holds_two_tiles() -> None:
    """Two inputs of 8 bits, twice: 32. Of all four there is no second tile: 32 as well."""
    doubled = buffer("I1", 64) | {"force_double_buffering": True}
    accelerator = tiny_accelerator(rf_i=doubled)
    layout = layout_of(accelerator=accelerator)
    held = Amounts(model_of(accelerator=accelerator)).held_bits(layout, INPUTS, level=0)
    assert at(layout, held, C=2) == 32
    assert at(layout, held, D=2, C=2) == 32


def test_outputs_are_partial_until_their_sum_is_below() -> None:
    """The sum runs over C2: with it below the cut outputs are finished, 8 bits, else 16.

    A part of the sum that is unrolled above keeps them partial.
    """
    partial = AMOUNTS.reduced_above(LAYOUT.lattice, False)
    assert at(LAYOUT, partial, D=2) == 1
    assert at(LAYOUT, partial, C=2) == 0
    assert at(LAYOUT, AMOUNTS.reduced_above(LAYOUT.lattice, True), C=2) == 1
    assert AMOUNTS.output_bits(np.array([True, False])).tolist() == [16, 8]


def test_a_second_tile_needs_whole_elements() -> None:
    """1.5 weights on average are two of 8 bits: 16."""
    layer = product(out_channels=3)
    accelerator = tiny_accelerator(shared=buffer("I1 I2", 64))
    layout = layout_of(layer, accelerator, unrolled={"D1": {"K": 2}})
    needed = Amounts(model_of(layer, accelerator)).needed_bits(layout, WEIGHTS, a=2, bits=8)
    assert at(layout, needed) == 16
