"""ZigZag's greedy rule on networks of a few layers."""

from __future__ import annotations

from dataclasses import replace

from zigzag_imc.core.dataflow import Dataflow, Step
from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.locality.greedy import greedy_placement
from zigzag_imc.models.locality.timeline import Timeline

SRAM = "sram_256KB"
BOTH_WHOLE = 12 * (8 + 16)
"""Bits of 12 inputs, and of 12 outputs with the bits of partial sums."""


def step(name: str, *reads: str) -> Step:
    """Make a layer that reads a tensor, or an operator that reads several; both write their name.

    Operators have names in capitals.
    """
    if name.isupper():
        return Step(name, "operator", reads, (name,))
    return Step(name, "layer", reads, (name,), streamed=reads[0])


def timeline(*steps: Step, sram_bits: int = 10**6, keep_ends: bool = False) -> Timeline:
    """Lay out steps of 4 channels over 3 positions."""
    layers = {
        one.name: conv_layer(
            one.name, out_channels=4, in_channels=4, output_size=(1, 3), filter_size=(1, 1)
        )
        for one in steps
        if one.kind == "layer"
    }
    names = {name for one in steps for name in (*one.reads, *one.writes)}
    flow = Dataflow(steps, dict.fromkeys(names, 12), (steps[-1].name,))
    preset = load_accelerator("aimc")
    memories = tuple(
        replace(one, size_bits=sram_bits) if one.name == SRAM else one for one in preset.memories
    )
    return Timeline(flow, layers, preset.replace(memories=memories), keep_ends)


ROW = (step("a", "x"), step("RELU", "a"), step("b", "RELU"), step("c", "b"))
SKIP = (
    *(step("a", "x"), step("b", "a"), step("c", "b"), step("d", "c")),
    *(step("ADD", "b", "d"), step("e", "ADD"), step("f", "e")),
)


def test_what_goes_one_way_only_stays() -> None:
    assert greedy_placement(timeline(*ROW)) == {"a": SRAM, "RELU": SRAM, "b": SRAM}


def test_what_parts_or_meets_goes_to_the_top() -> None:
    assert greedy_placement(timeline(*SKIP)) == {"a": SRAM, "c": SRAM, "e": SRAM}


def test_ends_stay_where_that_is_asked() -> None:
    assert greedy_placement(timeline(*ROW, keep_ends=True)).keys() == {"x", "a", "RELU", "b", "c"}


def test_an_input_stays_only_with_the_output_of_its_layer() -> None:
    parting = (step("a", "x"), step("b", "a"), step("c", "a"), step("ADD", "b", "c"))
    assert greedy_placement(timeline(*parting, step("d", "ADD"), keep_ends=True)) == {"d": SRAM}


def test_input_and_output_have_to_fit_together() -> None:
    assert greedy_placement(timeline(*ROW, sram_bits=BOTH_WHOLE)) != {}
    assert greedy_placement(timeline(*ROW, sram_bits=BOTH_WHOLE - 1)) == {}


def test_what_an_addition_makes_needs_all_that_it_reads() -> None:
    with_input = (step("a", "x"), step("b", "a"), step("ADD", "x", "b"), step("c", "ADD"))
    assert greedy_placement(timeline(*with_input)) == {"a": SRAM}
