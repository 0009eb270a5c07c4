"""Templates: what follows from their parameters, what cannot be built, and their files."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from zigzag_imc import Template, load_accelerator
from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.errors import AcceleratorError, OptionError, ZigzagImcError
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.core.technology import NODE_28NM
from zigzag_imc.models.hardware.costs.dram import DRAM_KINDS
from zigzag_imc.models.hardware.files import accelerator_from_dict, accelerator_to_dict
from zigzag_imc.models.hardware.yaml_text import read_yaml
from zigzag_imc.models.profile import IMC
from zigzag_imc.results.records import accelerator_record, hardware_record
from zigzag_imc.solver.search import solve

PLACES = ("sram", "dram")
STUDY = {  # rows = columns: read and write of 256 KB in pJ, its area in mm2, pJ of a weight
    32: (41.10, 27.00, 0.7783, 0.0809),
    64: (72.32, 44.12, 0.7343, 0.1105),
    128: (75.38, 61.66, 0.7507, 0.1766),
    256: (80.91, 96.14, 0.7690, 0.2058),
    512: (120.97, 134.41, 0.8433, 0.2625),
    1024: (140.46, 210.79, 0.8015, 0.3756),
}
"""Figures of the ICCAD 2023 study, to four digits, from its published artefact."""


@pytest.mark.parametrize(
    "given",
    [
        *product(("aimc", "dimc"), PLACES, PLACES, (1, 3), ("1rw", "1r1w"), ("study",)),
        *product(("dimc",), ("dram",), ("dram",), (2,), (None,), DRAM_KINDS),
    ],
)
@pytest.mark.parametrize("sram_model", ["study", "cacti"])
def test_its_file_reads_back(given: tuple[Any, ...], sram_model: Any) -> None:
    names = ("kind", "activations_in", "weights_from", "macros", "sram_ports", "dram")
    template = Template(**dict(zip(names, given, strict=True)), sram_model=sram_model)
    read = accelerator_from_dict(read_yaml(template.text(), "text"), "text")
    assert read == template.accelerator()
    assert read.array.macros == template.macros
    assert all(memory.cost_source for memory in read.memories)
    holders = {operand: read.memory(operand, -1).name for operand in "WIO"}
    place = template.activations_in
    assert holders == {"W": template.weights_from, "I": place, "O": place}


@pytest.mark.parametrize("node_nm", [22, 40.0, 90])
def test_other_nodes_read_back(node_nm: float) -> None:
    template = Template(kind="aimc", node_nm=node_nm, supply_v=0.8, weights_per_cell=4)
    read = accelerator_from_dict(read_yaml(template.text(), "text"), "text")
    assert read == template.accelerator()
    assert read.technology.node_nm == node_nm
    assert read.technology.nand2_pf == pytest.approx(0.7e-3 * node_nm / 28, rel=1e-7)


@pytest.mark.parametrize("size", STUDY)
def test_the_study(size: int) -> None:
    """The same corrections of the same program's results give the study's memories."""
    template = Template(kind="aimc", rows=size, columns=size, output_bits=8)
    accelerator = template.accelerator()
    sram = accelerator.memory("I", 1)
    found = (sram.read_energy_pj, sram.write_energy_pj, sram.area_mm2)
    read, write, area, weight = STUDY[size]
    assert found == pytest.approx((read, write, area), rel=2e-4)
    assert accelerator.cells.write_energy_pj == pytest.approx(weight, rel=1e-3)
    assert [len(sram.ports), sram.ports[0].bandwidth_max] == [3, 8 * size]
    dram = accelerator.memory("W", 1)
    assert dram.read_energy_pj == pytest.approx(3.7 * size)
    assert dram.ports[0].bandwidth_max == size


def test_what_follows() -> None:
    template = Template(
        kind="aimc", rows=256, columns=64, weights_per_cell=4, weight_bits=4, activation_bits=6
    )
    array = template.accelerator().array
    assert array.dimensions == (("D1", 16), ("D2", 64))
    assert (array.activation_bits, array.weight_bits, array.bits_per_cycle) == (6, 4, 2)
    assert array.adc_bits == 2 + 0.5 * 6  # bits of a cycle, half a bit per doubling
    cells, inputs, outputs = template.accelerator().memories[:3]
    assert (cells.size_bits, inputs.size_bits, outputs.size_bits) == (16, 6, 10)
    assert inputs.write_energy_pj == pytest.approx(6 * NODE_28NM.register_pj)
    assert outputs.area_mm2 == pytest.approx(10 * 3.684e-6)


def test_one_bit_at_a_time() -> None:
    assert Template(kind="aimc", activation_bits=1).accelerator().array.bits_per_cycle == 1
    assert Template(kind="dimc").accelerator().array.bits_per_cycle == 1


def test_energy_of_dram_is_that_of_its_kind() -> None:
    for kind in DRAM_KINDS.values():
        dram = Template(kind="dimc", dram=kind.name).accelerator().memory("W", 1)
        per_bit = dram.read_energy_pj / dram.ports[0].bandwidth_max
        assert per_bit == pytest.approx(kind.pj_per_bit)


def test_bandwidth_of_dram_is_that_of_its_kind() -> None:
    accelerator = Template(kind="dimc", dram="ddr3").accelerator()
    bits = accelerator.memory("W", 1).ports[0].bandwidth_max
    slower = Template(kind="dimc", dram="ddr3", dram_gb_s=6.4).accelerator()
    assert bits == pytest.approx(2 * slower.memory("W", 1).ports[0].bandwidth_max, rel=0.02)


def test_numbers_of_other_libraries() -> None:
    numbers: dict[str, Any] = {"rows": np.int64(64), "sram_kb": np.float32(128)}
    one = Template(kind="dimc", **numbers)
    assert one.accelerator() == Template(kind="dimc", rows=64, sram_kb=128).accelerator()


def test_templates_are_keys() -> None:
    """Equal parameters make equal templates, so a search may keep results by them."""
    assert len({Template(kind="dimc"), Template(kind="dimc", rows=128), Template(kind="aimc")}) == 2


def test_what_it_describes_can_be_mapped() -> None:
    layer = matmul_layer("product", rows=4, out_channels=20, in_channels=100)
    accelerator = Template(kind="dimc", rows=48, columns=48, macros=3).accelerator()
    assert solve(layer, accelerator, IMC, "energy").status == "OPTIMAL"


def test_the_smallest_array() -> None:
    """A single cell under an SRAM of the least width that there is."""
    template = Template(kind="dimc", rows=1, columns=1, weight_bits=1, activation_bits=1)
    accelerator = template.accelerator()
    assert accelerator.array.units == 1
    assert accelerator.memory("I", 1).ports[0].bandwidth_max == 8


def test_wide_memories_are_halved() -> None:
    """A memory of 64 words is as wide as it can be with the words that the study asks for."""
    template = Template(kind="dimc", rows=1024, sram_kb=1, output_bits=8)
    assert template.accelerator().memory("I", 1).ports[0].bandwidth_max == 256


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"kind": "imc"}, "kind: found 'imc', expected aimc (analog) or dimc (digital)"),
        ({"row": 3}, "row: unknown parameter, expected"),
        ({"rows": 0}, "rows: found 0, expected a whole number of cells"),
        ({"rows": 2.5}, "rows: found 2.5, expected a whole number of cells"),
        ({"rows": True}, "rows: found True, expected a whole number of cells"),
        ({"columns": 12}, "columns: found 12, expected a multiple of weight_bits, which is 8"),
        ({"rows": 9, "weights_per_cell": 2}, "rows: found 9, expected a multiple of weights_per_"),
        ({"kind": "aimc", "rows": 3, "weights_per_cell": 4}, "rows: found 3, expected a multiple"),
        ({"bits_per_cycle": 9}, "bits_per_cycle: found 9, expected at most activation_bits"),
        ({"adc_bits": 4}, "adc_bits: found 4, expected none with kind dimc"),
        ({"adc_model": "survey"}, "adc_model: found 'survey', expected fit with kind dimc"),
        ({"kind": "aimc", "adc_bits": 0.5}, "adc_bits: found 0.5, expected auto or 1 to 64"),
        ({"kind": "aimc", "adc_bits": "all"}, "adc_bits: found 'all', expected auto or a number"),
        ({"node_nm": 16}, "node_nm: found 16, expected a node of 22 to 90 nm"),
        ({"sram_model": "mine"}, "sram_model: found 'mine', expected study or cacti"),
        ({"sram_kb": 1e6}, "sram_kb: found 1000000.0, expected 0.0625 to 16384 KB"),
        ({"sram_ports": "2x"}, "sram_ports: found '2x', expected some such as 1rw or 1r1w"),
        ({"sram_ports": "1rw1r"}, "sram_ports: found '1rw1r', expected ports that read and write"),
        ({"dram": "ddr"}, "dram: found 'ddr', expected one of study, lpddr4"),
        ({"dram_mb": 1, "rows": 2**14, "columns": 2**14}, "dram_mb: found 1, expected at least"),
        ({"weights_from": "sram", "sram_kb": 1}, "sram_kb: found 1, expected at least the 2 KB"),
        ({"supply_v": float("nan")}, "supply_v: found nan, expected a voltage"),
    ],
)
def test_parameters_are_refused_in_one_line(parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError) as caught:
        Template(**{"kind": "dimc"} | parameters)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"sram_kb": 0.0625, "sram_bits_per_cycle": 4096}, "no SRAM of 0.0625 KB and 4096 bits"),
        ({"dram": "ddr3", "dram_gb_s": 1e-6}, "memories.dram.bandwidth_gb_s: found 1e-06"),
        ({"kind": "aimc", "adc_bits": 3, "adc_model": "survey"}, "at least 4 with adc_model"),
    ],
)
def test_what_cannot_be_built_is_refused(parameters: dict[str, Any], said: str) -> None:
    template = Template(**{"kind": "dimc"} | parameters)
    for build in (template.accelerator, template.text):
        with pytest.raises(AcceleratorError, match=r"^template [ad]imc_128x128: ") as one:
            build()
        assert said in str(one.value)
        assert "\n" not in str(one.value)


def test_sources_are_in_the_result() -> None:
    """What a result says of its hardware, and the accelerator in it, name who says what costs."""
    accelerator = Template(kind="aimc").accelerator()
    memories = accelerator_record(accelerator).description["memories"]
    source = memories["sram"]["cost_source"]
    assert source == "CACTI 7 table, 32 nm, 1rw, corrected as in the ICCAD 2023 study"
    sources = hardware_record(accelerator).cost_sources
    assert sources is not None
    assert sources["sram"] == source
    assert sources["adcs"].startswith("fit to published 28 nm macros")
    survey = hardware_record(Template(kind="aimc", adc_model="survey").accelerator())
    assert survey.cost_sources is not None
    assert survey.cost_sources["adcs"].startswith("regression on a survey")
    assert hardware_record(load_accelerator("dimc")).cost_sources == {}


def test_the_usual_adc_leaves_no_trace_in_files() -> None:
    for model, traced in (("fit", False), ("survey", True)):
        given: dict[str, Any] = {"adc_model": model}
        contents = accelerator_to_dict(Template(kind="aimc", **given).accelerator())
        assert ("adc_model" in contents["operational_array"]) == traced


def test_presets_name_no_source() -> None:
    assert not any(memory.cost_source for memory in load_accelerator("aimc").memories)


def test_movements_are_those_that_happen() -> None:
    """Nothing moves above the highest memory of an operand."""
    accelerator = Template(kind="dimc").accelerator()
    sram = accelerator.memory("I", 1)
    assert sram.port_of("I", Direction.FROM_HIGH) is None
    assert sram.port_of("O", Direction.FROM_LOW) is not None
    above = Template(kind="dimc", activations_in="dram").accelerator().memory("I", 1)
    assert above.port_of("I", Direction.FROM_HIGH) is not None


def test_errors_are_of_the_project() -> None:
    assert issubclass(OptionError, ZigzagImcError)
