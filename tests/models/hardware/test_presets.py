"""The accelerators that ship with the tool."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from zigzag.stages.parser.accelerator_parser import AcceleratorParserStage

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.models.array.macro import MacroModel
from zigzag_imc.models.hardware.files import dump_accelerator, load_accelerator
from zigzag_imc.models.hardware.presets import preset_names, preset_path, preset_text
from zigzag_imc.models.profile import ZIGZAG
from zigzag_imc.results.records import hardware_fields

PRESETS = ("aimc", "dimc")


def test_names() -> None:
    assert preset_names() == PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_path_and_name_load_the_same(name: str) -> None:
    assert load_accelerator(preset_path(name)) == load_accelerator(name)
    assert preset_text(name) == preset_path(name).read_text(encoding="utf-8")
    assert load_accelerator(name).name == name


@pytest.mark.parametrize("call", [preset_path, preset_text])
def test_unknown_preset_names_the_nearest(call: Callable[[str], object]) -> None:
    with pytest.raises(
        AcceleratorError,
        match=r"no preset 'dimcc'; presets are aimc, dimc \(did you mean 'dimc'\?\)",
    ):
        call("dimcc")


@pytest.mark.parametrize("name", PRESETS)
def test_figures(name: str) -> None:
    accelerator = load_accelerator(name)
    array = accelerator.array
    assert (array.rows, array.columns, array.macros) == (128, 16, 1)
    assert (array.activation_bits, array.weight_bits, accelerator.group_depth) == (8, 8, 1)
    cells, inputs, outputs, sram, dram = accelerator.memories
    assert (inputs.size_bits, outputs.size_bits, sram.size_bits) == (8, 16, 256 * 1024 * 8)
    assert [memory.operands for memory in accelerator.memories] == [
        ("W",),
        ("I",),
        ("O",),
        ("I", "O"),
        ("I", "W", "O"),
    ]
    for port in sram.ports:
        assert port.bandwidth_max == array.rows * array.activation_bits == 16 * port.bandwidth_min
    assert (
        dram.read_energy_pj
        == dram.write_energy_pj
        == pytest.approx(3.7 * dram.ports[0].bandwidth_max)
    )
    flip_flop_pj = MacroModel.of(accelerator).tech.register_pj
    assert inputs.write_energy_pj / 8 == outputs.write_energy_pj / 16 == pytest.approx(flip_flop_pj)
    flip_flop_mm2 = MacroModel.of(accelerator).tech.register_mm2
    assert inputs.area_mm2 / 8 == outputs.area_mm2 / 16 == pytest.approx(flip_flop_mm2)
    # The bank of 128 x 128 cells in the study's peak figures.
    assert cells.area_mm2 * array.units == pytest.approx(0.0068512392, rel=1e-4)


def test_analog_and_digital_differ_in_the_array_alone() -> None:
    analog, digital = (load_accelerator(name) for name in PRESETS)
    assert analog.memories == digital.memories
    assert (analog.array.analog, analog.array.bits_per_cycle) == (True, 2)
    assert analog.array.adc_bits == 2 + math.log2(analog.array.rows) / 2
    assert digital.array == replace(analog.array, analog=False, bits_per_cycle=1.0, adc_bits=0.0)


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("dumped", [False, True])
def test_zigzag_reads_the_same(name: str, dumped: bool, tmp_path: Path) -> None:
    ours = load_accelerator(name)
    path = tmp_path / f"{name}.yaml"
    path.write_text(dump_accelerator(ours) if dumped else preset_text(name), encoding="utf-8")
    theirs: Any = AcceleratorParserStage.parse_accelerator(str(path))
    model = MacroModel.of(ours)
    assert theirs.operational_array.area == pytest.approx(model.area_mm2, rel=1e-9)
    levels = theirs.memory_hierarchy.mem_level_list
    memories_mm2 = sum(
        level.memory_instance.area for level in levels
    )  # each once, as its cost model adds them up
    assert theirs.operational_array.area + memories_mm2 == pytest.approx(
        hardware_fields(ours, ZIGZAG)["area_mm2"], rel=1e-9
    )
    assert theirs.operational_array.tclk == pytest.approx(model.tclk_ns, rel=1e-9)
    assert _levels(ours) == {
        level.name: (
            level.memory_instance.size,
            level.read_energy,
            level.write_energy,
            level.memory_instance.area,
            level.unroll_count,
            {
                (port.name, str(port.type), port.bw_min, port.bw_max, len(port.served_op_lv_dir))
                for port in level.ports
            },
        )
        for level in levels
    }


def _levels(accelerator: Accelerator) -> dict[str, object]:
    return {
        memory.name: (
            memory.size_bits,
            memory.read_energy_pj,
            memory.write_energy_pj,
            memory.area_mm2,
            math.prod(
                size
                for dimension, size in accelerator.array.dimensions
                if dimension not in memory.served
            ),
            {
                (port.name, port.kind, port.bandwidth_min, port.bandwidth_max, len(port.allocation))
                for port in memory.ports
            },
        )
        for memory in accelerator.memories
    }
