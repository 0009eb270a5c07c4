"""Lives, sizes and room of tensors, and what layers find on chip."""

from __future__ import annotations

from zigzag_imc.core.dataflow import Dataflow, Step
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.locality.situation import Kept, Room, Situation
from zigzag_imc.models.locality.timeline import Timeline

SRAM = "sram_256KB"


def point(name: str, **bits: int) -> Layer:
    """A layer of 4 channels over 3 positions."""
    layer = conv_layer(name, out_channels=4, in_channels=4, output_size=(1, 3), filter_size=(1, 1))
    return layer.replace(precision=Precision(**bits))


def skip(**bits: int) -> Timeline:
    """Two layers, the first of which is added to the second, and a third one."""
    names = ("first", "second", "third")
    steps = (
        Step("first", "layer", ("x",), ("a",), streamed="x"),
        Step("second", "layer", ("a",), ("b",), streamed="a"),
        Step("add", "operator", ("a", "b"), ("c",)),
        Step("third", "layer", ("c",), ("y",), streamed="c"),
    )
    flow = Dataflow(steps, dict.fromkeys("xabcy", 12), ("y",))
    layers = {name: point(name, **bits) for name in names}
    return Timeline(flow, layers, load_accelerator("aimc"))


def test_a_tensor_lives_from_its_writer_to_its_last_reader() -> None:
    lives = {name: (one.first, one.last) for name, one in skip().tensors.items()}
    assert lives == {"a": (0, 2), "b": (1, 2), "c": (2, 3)}


def test_inputs_and_results_stay_only_where_that_is_asked() -> None:
    asked = Timeline(skip().dataflow, skip().layers, skip().accelerator, keep_ends=True)
    lives = {name: (one.first, one.last) for name, one in asked.tensors.items()}
    assert lives == {"x": (0, 0), "a": (0, 2), "b": (1, 2), "c": (2, 3), "y": (3, 3)}


def test_an_element_has_the_most_bits_of_its_writers_and_readers() -> None:
    tensors = skip(I=6, O_final=4).tensors
    assert {name: one.element_bits for name, one in tensors.items()} == {"a": 6, "b": 4, "c": 6}


def test_an_operators_result_needs_all_that_it_reads() -> None:
    timeline = skip()
    assert timeline.is_legal({"a": SRAM, "b": SRAM, "c": SRAM})
    assert timeline.is_legal({"a": SRAM})
    assert not timeline.is_legal({"a": SRAM, "c": SRAM})
    assert not timeline.is_legal({"a": "cells"})


def test_partial_sums_take_more_room_while_their_layer_runs() -> None:
    timeline, kept = skip(), {"a": SRAM, "b": SRAM}
    size = timeline.accelerator.memory("O", 1).size_bits
    second = timeline.layers["second"]
    assert timeline.held_bits(kept, SRAM, 1) == 2 * 12 * 8
    assert timeline.extra_bits(second, "b") == 12 * 8
    # Both operands of the layer are kept, so no tile of it is left in the memory.
    both = timeline.situation(1, second, kept)
    assert both == Situation((Kept("I", SRAM), Kept("O", SRAM)))
    only_skip = timeline.situation(1, second, {"b": SRAM})
    assert only_skip == Situation((Kept("O", SRAM),), (Room(SRAM, size - 12 * 16),))
    finished = timeline.situation(1, second, {"b": SRAM}, finished=True)
    assert finished == Situation((Kept("O", SRAM),), (Room(SRAM, size - 12 * 8),), True)


def test_what_does_not_fit_is_no_situation() -> None:
    whole = load_accelerator("aimc")
    memories = [
        one if one.name != SRAM else one.__class__(**{**one.__dict__, "size_bits": 250})
        for one in whole.memories
    ]
    small = whole.replace(memories=tuple(memories))
    timeline = Timeline(skip().dataflow, skip().layers, small)
    second = timeline.layers["second"]
    assert timeline.situation(1, second, {"a": SRAM, "b": SRAM}) is None
    assert timeline.situation(1, second, {"a": SRAM, "b": SRAM}, finished=True) is not None


def test_kept_operands_end_in_their_memory() -> None:
    whole = load_accelerator("aimc")
    found = Situation((Kept("I", SRAM), Kept("O", SRAM)), (Room(SRAM, 100),)).accelerator(whole)
    assert [memory.name for memory in found.memories] == [one.name for one in whole.memories]
    assert found.memory("I", -1).name == found.memory("O", -1).name == SRAM
    assert found.memory("O", -1).size_bits == 100
    dram = found.memories[-1]
    assert dram.operands == ("W",)
    assert {operand for port in dram.ports for operand, _ in port.allocation} == {"W"}


def test_nothing_kept_changes_nothing() -> None:
    whole = load_accelerator("aimc")
    assert Situation().accelerator(whole) is whole


def test_finished_outputs_are_asked_of_the_memory_below() -> None:
    whole = load_accelerator("aimc")
    asked = Situation((Kept("O", SRAM),), finished=True).constraints(whole)
    assert list(map(str, asked)) == ["stationary O in output_register"]
    assert Situation((Kept("O", SRAM),)).constraints(whole) == ()
