"""Accelerators in and out of files.

What loads, what each wrong input says, what a round trip keeps.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zigzag
from hypothesis import given, settings
from hypothesis import strategies as st
from zigzag.stages.parser.accelerator_parser import AcceleratorParserStage

from zigzag_imc.core.accelerator import Accelerator, Direction, ImcArray, MemoryInstance, Port
from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.models.hardware.files import (
    accelerator_digest,
    accelerator_from_dict,
    accelerator_to_dict,
    dump_accelerator,
    load_accelerator,
)
from zigzag_imc.models.hardware.yaml_text import read_yaml

SMALL = Path(__file__).parents[2] / "data" / "accelerator_small.yaml"
ZIGZAG_FILES = Path(zigzag.__file__).parent / "inputs" / "hardware"
REMOVE = object()
Keys = tuple[str | int | None, ...]


def small() -> dict[str, Any]:
    text = SMALL.read_text(encoding="utf-8")
    contents: dict[str, Any] = read_yaml(text, "small")  # type: ignore[assignment]
    return contents


def edited(contents: dict[str, Any], keys: Keys, value: object) -> dict[str, Any]:
    """Return ``contents`` with the entry at ``keys`` set to ``value``, or gone."""
    result = copy.deepcopy(contents)
    place: Any = result
    for key in keys[:-1]:
        place = place[key]
    if value is REMOVE:
        del place[keys[-1]]
    else:
        place[keys[-1]] = value
    return result


def message_of(contents: object) -> str:
    with pytest.raises(AcceleratorError) as caught:
        accelerator_from_dict(contents, "my.yaml")
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith("my.yaml: ")
    return text


# ---------------------------------------------------------------- what loads
def test_small_file() -> None:
    accelerator = load_accelerator(SMALL)
    assert accelerator.name == "small"
    assert accelerator.array == ImcArray(
        analog=False,
        activation_bits=8,
        weight_bits=4,
        bits_per_cycle=1.0,
        adc_bits=0.0,
        dimensions=(("D1", 4), ("D2", 8), ("D3", 4)),
    )
    assert accelerator.levels == {"W": (0, 2), "I": (1, 2), "O": (1, 2)}
    assert accelerator.group_depth == 4
    assert accelerator.memories[1] == MemoryInstance(
        name="sram",
        size_bits=65536,
        read_energy_pj=20.5,
        write_energy_pj=21.0,
        area_mm2=0.1,
        latency_cycles=1,
        operands=("I", "O"),
        served=frozenset({"D1", "D2", "D3"}),
        ports=(
            Port(
                "r_port_1",
                "read",
                16,
                64,
                (("I", Direction("tl")), ("O", Direction("tl")), ("O", Direction("th"))),
            ),
            Port(
                "w_port_1",
                "write",
                16,
                64,
                (("I", Direction("fh")), ("O", Direction("fh")), ("O", Direction("fl"))),
            ),
        ),
        double_buffered=True,
    )
    assert accelerator.memories[2].double_buffered is False


def test_dimensions_go_by_name_as_in_zigzag() -> None:
    theirs: Any = AcceleratorParserStage.parse_accelerator(str(SMALL)).operational_array
    ours = load_accelerator(SMALL).array
    assert (
        (theirs.wordline_dim_size, theirs.bitline_dim_size) == (ours.columns, ours.rows) == (4, 8)
    )
    assert theirs.nb_of_banks == ours.macros == 4


@pytest.mark.parametrize(
    ("name", "analog", "adc_bits", "serial"), [("aimc", True, 8, 2), ("dimc", False, 0, 1)]
)
def test_files_of_zigzag_load_unchanged(
    name: str, analog: bool, adc_bits: int, serial: int
) -> None:
    accelerator = load_accelerator(str(ZIGZAG_FILES / f"{name}.yaml"))
    assert accelerator.array == ImcArray(analog, 8, 8, serial, adc_bits, (("D1", 128), ("D2", 128)))
    assert [memory.name for memory in accelerator.memories] == [
        "cells",
        "rf_1B",
        "rf_2B",
        "sram_256KB",
        "dram",
    ]
    assert accelerator.memories[3].read_energy_pj == 416.16
    assert accelerator.memories[3].served == {"D1", "D2"}
    assert accelerator.cells.operands == ("W",)


@pytest.mark.parametrize(
    "name", ["ascend_like", "eyeriss_like", "gemm_l1", "generic_array_cacti", "meta_prototype"]
)
def test_digital_accelerators_of_zigzag_are_told_apart(name: str) -> None:
    with pytest.raises(
        AcceleratorError, match="only accelerators with an in-memory-computing array are mapped"
    ):
        load_accelerator(ZIGZAG_FILES / f"{name}.yaml")


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("dataflows",), REMOVE),
        (("memories", "sram", "mem_type"), "rf"),
        (("memories", "sram", "auto_cost_extraction"), False),
        (("operational_array", "unit_energy"), 0.1),
        (("operational_array", "systolic_dimensions"), []),
        (("operational_array", "adc_resolution"), 0),
        (("operational_array", "bit_serial_precision"), 1.0),
        (("memories", "dram", "w_cost"), 750.0),
        (("memories", "dram", "ports", 0, "allocation", 1), "I2,tl"),
    ],
)
def test_entries_without_effect(keys: Keys, value: object) -> None:
    changed = accelerator_from_dict(edited(small(), keys, value), "my.yaml")
    assert changed == load_accelerator(SMALL)
    assert accelerator_digest(changed) == accelerator_digest(load_accelerator(SMALL))


def test_a_file_called_like_a_preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "aimc").write_text(SMALL.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_accelerator("aimc").name == "aimc"
    assert load_accelerator("./aimc").name == "small"


def test_dataflows_are_read_with_a_notice() -> None:
    flows = edited(small(), ("dataflows",), {"D1": ["K, 4"]})
    said = accelerator_from_dict(flows, "my.yaml").notices
    assert len(said) == 1
    assert said == ("my.yaml: dataflows: taken as constraints: allow K on D1; unroll K on D1 = 4",)
    assert accelerator_from_dict(edited(small(), ("dataflows",), REMOVE), "my.yaml").notices == ()


# ---------------------------------------------------------------- wrong entries in a right file
SRAM, CELLS, DRAM, ARRAY = (
    ("memories", "sram"),
    ("memories", "cells"),
    ("memories", "dram"),
    ("operational_array",),
)
READ_PORT = (*SRAM, "ports", 0)
WRONG: list[tuple[Keys, object, list[str]]] = [
    # keys
    (
        (*READ_PORT, "bandwith_max"),
        64,
        ["memories.sram.ports[0].bandwith_max: unknown key", "mean 'bandwidth_max'?"],
    ),
    (
        (*SRAM, "sise"),
        1,
        ["memories.sram.sise: unknown key; expected size, r_cost,", "(did you mean 'size'?)"],
    ),
    (
        (*ARRAY, "adc_resolutoin"),
        1,
        ["operational_array.adc_resolutoin: unknown", "mean 'adc_resolution'?"],
    ),
    (("memory",), {}, ["memory: unknown key; expected name, memories,", "mean 'memories'?"]),
    (("name",), REMOVE, ["name: missing; expected a name"]),
    (("operational_array",), REMOVE, ["operational_array: missing; expected a mapping"]),
    (
        (*READ_PORT, "bandwidth_max"),
        REMOVE,
        ["memories.sram.ports[0].bandwidth_max: missing; expected a whole number"],
    ),
    (
        (*SRAM, "size"),
        REMOVE,
        ["memories.sram.size: missing; expected a whole number of bits, at least 1"],
    ),
    (
        (*SRAM, "r_cost"),
        REMOVE,
        ["memories.sram.r_cost: missing; expected the energy of a full-width read in pJ"],
    ),
    (
        (*SRAM, "w_cost"),
        None,
        ["memories.sram.w_cost: missing; expected the energy of a full-width write"],
    ),
    ((*SRAM, "area"), REMOVE, ["memories.sram.area: missing; expected an area in mm2"]),
    ((*SRAM, "latency"), REMOVE, ["memories.sram.latency: missing"]),
    ((*ARRAY, "sizes"), REMOVE, ["operational_array.sizes: missing"]),
    # types and ranges
    (("name",), 3, ["name: found 3, expected a name"]),
    (("name",), "", ["name: found the name '', expected printable characters"]),
    (("name",), "a\nb", [r"name: found the name 'a\nb', expected printable"]),
    (
        ("memories", " "),
        small()["memories"]["sram"],
        ["memories: found the name ' ', expected printable"],
    ),
    ((*READ_PORT, "name"), "", ["memories.sram.ports[0].name: found the name ''"]),
    (("memories",), [1], ["memories: found a list of 1, expected a mapping"]),
    (SRAM, 5, ["memories.sram: found 5, expected a mapping with size, r_cost"]),
    (("memories", 1), {}, ["memories: found the name 1, expected text; put it in quotes"]),
    ((*SRAM, "ports"), "all", ["memories.sram.ports: found 'all', expected a list of ports"]),
    (
        (*SRAM, "ports", 0),
        "r_port_1",
        ["memories.sram.ports[0]: found 'r_port_1', expected a mapping with name"],
    ),
    (
        (*SRAM, "size"),
        "big",
        ["memories.sram.size: found 'big', expected a whole number of bits, at least 1"],
    ),
    (
        (*SRAM, "size"),
        "1e6",
        ["found '1e6', expected a whole number", "YAML reads it as text, write 1000000"],
    ),
    (
        (*SRAM, "r_cost"),
        "1e-3",
        ["memories.sram.r_cost: found '1e-3'", "YAML reads it as text, write 0.001"],
    ),
    ((*SRAM, "r_cost"), "1e-7", ["YAML reads it as text, write 1.0e-07"]),
    ((*SRAM, "size"), True, ["memories.sram.size: found true, expected a whole number"]),
    ((*SRAM, "size"), 8.0, ["memories.sram.size: found 8.0, expected a whole number"]),
    (
        (*SRAM, "size"),
        0,
        ["memories.sram.size: found 0, expected a whole number of bits, at least 1"],
    ),
    (
        (*SRAM, "size"),
        -8,
        ["memories.sram.size: found -8, expected a whole number of bits, at least 1"],
    ),
    ((*SRAM, "size"), None, ["memories.sram.size: found nothing, expected a whole number"]),
    ((*SRAM, "r_cost"), -1.0, ["memories.sram.r_cost: found -1.0, expected", "at least 0"]),
    ((*SRAM, "r_cost"), float("nan"), ["memories.sram.r_cost: found nan"]),
    ((*SRAM, "r_cost"), float("inf"), ["memories.sram.r_cost: found inf"]),
    ((*SRAM, "w_cost"), False, ["memories.sram.w_cost: found false"]),
    (
        (*SRAM, "area"),
        -0.5,
        ["memories.sram.area: found -0.5, expected an area in mm2, at least 0"],
    ),
    (
        (*SRAM, "latency"),
        -1,
        ["memories.sram.latency: found -1, expected a whole number of cycles, at least 0"],
    ),
    (
        (*SRAM, "force_double_buffering"),
        "yes",
        ["force_double_buffering: found 'yes', expected true or false"],
    ),
    (
        (*READ_PORT, "type"),
        "raed",
        ["memories.sram.ports[0].type: found 'raed', expected read,", "mean 'read'?"],
    ),
    (
        (*READ_PORT, "bandwidth_min"),
        0,
        ["memories.sram.ports[0].bandwidth_min: found 0, expected", "at least 1"],
    ),
    ((*READ_PORT, "bandwidth_max"), -64, ["memories.sram.ports[0].bandwidth_max: found -64"]),
    (
        (*READ_PORT, "bandwidth_min"),
        128,
        ["ports[0].bandwidth_min: found 128, expected at most", "which is 64"],
    ),
    (
        ("operational_array",),
        [1],
        ["operational_array: found a list of 1, expected a mapping with dimensions"],
    ),
    (("memories", "[key]"), {}, ["memories.[key].size: missing"]),
    ((1,), 1, ["my.yaml: found the key 1, expected text"]),
    ((None,), 1, ["my.yaml: found the key nothing, expected text"]),
    ((*SRAM, 1), 1, ["memories.sram: found the key 1, expected text"]),
    ((*READ_PORT, True), 1, ["memories.sram.ports[0]: found the key true, expected text"]),
    ((*SRAM, "size"), 10**16, ["memories.sram.size: found 10000000000000000, expected at most"]),
    ((*SRAM, "size"), 10**5000, ["memories.sram.size: found a number of 16610 bits, expected"]),
    ((*SRAM, "latency"), -(10**5000), ["memories.sram.latency: found a number of 16610 bits"]),
    ((*SRAM, "r_cost"), 1e308, ["memories.sram.r_cost: found 1e+308, expected at most 1e+15"]),
    ((*SRAM, "area"), 1e308, ["memories.sram.area: found 1e+308, expected at most 1e+15"]),
    ((*READ_PORT, "bandwidth_max"), 10**16, ["ports[0].bandwidth_max: found 1", "at most 1e+15"]),
    ((*ARRAY, "sizes", 0), 10**16, ["operational_array.sizes[0]: found 1", "at most 1e+15"]),
    ((*ARRAY, "adc_resolution"), 5000, ["adc_resolution: found 5000, expected at most 64"]),
    (
        (*ARRAY, "input_precision", 0),
        2**400,
        ["input_precision[0]: found a number of 401 bits, expected at most 1024"],
    ),
    ((*SRAM, "[key]"), "x", ["memories.sram.[key]: unknown key"]),
    # ports and what they carry
    (
        (*READ_PORT, "name"),
        "w_port_1",
        ["memories.sram.ports[1].name: port 'w_port_1' is named twice"],
    ),
    (
        (*READ_PORT, "allocation"),
        [],
        ["memories.sram.ports[0].allocation: no movement uses this port"],
    ),
    (
        (*READ_PORT, "allocation", 0),
        "I2, tl",
        ["allocation[0]: found 'I2, tl', but this memory holds [I1, O]"],
    ),
    (
        (*READ_PORT, "allocation", 0),
        "I1, fh",
        ["found 'I1, fh', but fh writes the memory and the port's type is read"],
    ),
    (
        (*SRAM, "ports", 1, "allocation", 2),
        "O, th",
        ["ports[1].allocation[2]", "th reads the memory", "is write"],
    ),
    (
        (*READ_PORT, "allocation", 0),
        "I1, lt",
        ["found 'I1, lt'", "directions are fh, tl, fl, th", "mean 'tl'?"],
    ),
    (
        (*READ_PORT, "allocation", 0),
        "i1, tl",
        ["found 'i1, tl'", "operands are I1, I2, O", "mean 'I1, tl'?"],
    ),
    (
        (*READ_PORT, "allocation", 0),
        "tl",
        ["found 'tl', expected operand and direction as in 'I1, fh'"],
    ),
    (
        (*READ_PORT, "allocation", 0),
        7,
        ["allocation[0]: found 7 in what should be a list of movements"],
    ),
    (
        (*READ_PORT, "allocation", 0),
        "O, th",
        ["allocation[2]: found 'O, th', which port r_port_1 already carries"],
    ),
    (
        (*READ_PORT, "allocation"),
        ["O, tl", "O, th"],
        ["memories.sram.ports: no port carries 'I1, tl'", "inputs (I1)"],
    ),
    (
        (*READ_PORT, "allocation"),
        ["I1, tl", "O, tl"],
        ["no port carries 'O, th', which a memory below another for the"],
    ),
    (
        (*SRAM, "ports", 1, "allocation"),
        ["O, fl"],
        ["memories.sram.ports: no port carries 'I1, fh'"],
    ),
    (
        (*CELLS, "ports"),
        [],
        ["memories.cells.ports: no port carries 'I2, tl' or 'I2, fh'", "weights (I2)"],
    ),
    (
        (*DRAM, "ports", 0, "allocation"),
        ["I1, tl", "I2, tl"],
        [
            "memories.dram.ports: no port carries 'O, tl' or 'O, fl', which the highest memory "
            "of the outputs (O) needs"
        ],
    ),
    # memories
    ((*SRAM, "operands"), [], ["memories.sram.operands: no operand uses this memory"]),
    ((*SRAM, "operands"), ["I1", "I1"], ["memories.sram.operands: operand I1 is named twice"]),
    (
        (*SRAM, "operands"),
        ["W"],
        ["memories.sram.operands[0]: found 'W' in what should be a list of I1 (inputs)"],
    ),
    ((*SRAM, "operands"), ["O1"], ["(did you mean 'O'?)"]),
    (
        (*SRAM, "served_dimensions", 0),
        "D4",
        ["served_dimensions[0]: found 'D4', expected one of", "[D2, D1, D3]"],
    ),
    ((*SRAM, "served_dimensions", 0), "d1", ["(did you mean 'D1'?)"]),
    (
        (*SRAM, "served_dimensions", 0),
        "D2",
        ["memories.sram.served_dimensions[1]: dimension D2 is named twice"],
    ),
    (
        SRAM,
        small()["memories"]["sram"] | {"auto_cost_extraction": True, "mem_type": "dram"},
        [
            "memories.sram.auto_cost_extraction: found true, but of a DRAM no costs are known",
            "set it to false to count r_cost 20.5, w_cost 21 and area 0.1",
        ],
    ),
    (
        SRAM,
        small()["memories"]["sram"]
        | {"auto_cost_extraction": True, "size": 256, "r_cost": None, "area": None},
        [
            "memories.sram.auto_cost_extraction: found true",
            "set it to false and give r_cost (the energy of a full-width read in pJ, at least 0), "
            "area (an area in mm2, at least 0)",
        ],
    ),
    (
        (*DRAM, "served_dimensions"),
        ["D1"],
        ["memories.dram.served_dimensions: D2, D3 is missing: sram", "lowest first"],
    ),
    (
        (*DRAM, "size"),
        65535,
        ["memories.dram.size: the highest memory of the inputs (I1) is smaller than sram below"],
    ),
    (
        (*CELLS, "size"),
        6,
        ["memories.cells.size: found 6, expected a whole multiple of the 4 bits of a weight"],
    ),
    (
        (*CELLS, "served_dimensions"),
        ["D1"],
        ["memories.cells.served_dimensions: found [D1], expected []"],
    ),
    ((*CELLS, "operands"), ["I2", "O"], ["memories.cells.operands: found [I2, O], expected [I2]"]),
    # the array
    (
        (*ARRAY, "is_imc"),
        False,
        ["operational_array.is_imc: found false, expected true", "in-memory-computing"],
    ),
    ((*ARRAY, "is_imc"), REMOVE, ["operational_array.is_imc: missing; expected true"]),
    (
        (*ARRAY, "imc_type"),
        "analogue",
        ["operational_array.imc_type: found 'analogue'", "mean 'analog'?"],
    ),
    (
        (*ARRAY, "imc_type"),
        REMOVE,
        ["operational_array.imc_type: missing; expected analog or digital"],
    ),
    (
        (*ARRAY, "dimensions"),
        ["D1"],
        ["operational_array.dimensions: found [D1], expected at least two"],
    ),
    (
        (*ARRAY, "dimensions", 2),
        "D1",
        ["operational_array.dimensions[2]: dimension D1 is named twice"],
    ),
    (
        (*ARRAY, "dimensions", 2),
        "X",
        ["operational_array.dimensions[2]: found 'X', expected D and one digit"],
    ),
    (
        (*ARRAY, "sizes"),
        [8, 4],
        ["operational_array.sizes: found 2 sizes for the 3 dimensions [D2, D1, D3]"],
    ),
    (
        (*ARRAY, "sizes", 1),
        0,
        ["operational_array.sizes[1]: found 0, expected a whole number, at least 1"],
    ),
    (
        (*ARRAY, "sizes", 1),
        "4",
        ["operational_array.sizes[1]: found '4' in what should be a list of whole numbers"],
    ),
    (
        (*ARRAY, "systolic_dimensions"),
        ["D9"],
        ["operational_array.systolic_dimensions[0]: found 'D9'"],
    ),
    (
        (*ARRAY, "input_precision"),
        REMOVE,
        ["operational_array.input_precision: missing; expected two whole numbers"],
    ),
    (
        (*ARRAY, "input_precision"),
        [8],
        ["operational_array.input_precision: found 1 numbers, expected two whole"],
    ),
    (
        (*ARRAY, "input_precision", 0),
        -6,
        ["operational_array.input_precision[0]: found -6, expected a whole number of bits"],
    ),
    (
        (*ARRAY, "input_precision", 1),
        0,
        ["operational_array.input_precision[1]: found 0, expected a whole number of bits"],
    ),
    (
        (*ARRAY, "bit_serial_precision"),
        REMOVE,
        ["bit_serial_precision: missing; expected the activation bits"],
    ),
    (
        (*ARRAY, "bit_serial_precision"),
        2.5,
        ["bit_serial_precision: found 2.5, expected", "a whole number up to 8"],
    ),
    (
        (*ARRAY, "bit_serial_precision"),
        0.5,
        ["bit_serial_precision: found 0.5, expected", "a whole number up to 8"],
    ),
    (
        (*ARRAY, "bit_serial_precision"),
        16,
        ["bit_serial_precision: found 16, expected", "up to 8 (activation bits)"],
    ),
    (
        (*ARRAY, "adc_resolution"),
        5,
        ["operational_array.adc_resolution: found 5, but a digital array has no ADC"],
    ),
    (
        (*ARRAY, "adc_resolution"),
        -1,
        ["operational_array.adc_resolution: found -1, expected the bits of an ADC"],
    ),
    (
        (*ARRAY, "imc_type"),
        "analog",
        ["operational_array.adc_resolution: missing; expected the bits of an ADC"],
    ),
]


@pytest.mark.parametrize(
    ("keys", "value", "fragments"),
    WRONG,
    ids=[f"{number}-{row[0][-1]}" for number, row in enumerate(WRONG)],
)
def test_wrong_entry(keys: Keys, value: object, fragments: list[str]) -> None:
    text = message_of(edited(small(), keys, value))
    for fragment in fragments:
        assert fragment in text


def test_misspelling_is_shown_before_the_missing_key() -> None:
    contents = edited(edited(small(), (*SRAM, "size"), REMOVE), (*SRAM, "sizes"), 64)
    assert "memories.sram.sizes: unknown key" in message_of(contents)


def test_analog_needs_an_adc_of_a_bit_and_any_number_of_rows() -> None:
    analog = edited(edited(small(), (*ARRAY, "imc_type"), "analog"), (*ARRAY, "sizes", 0), 12)
    assert "adc_resolution: found 0, expected the bits" in message_of(
        edited(analog, (*ARRAY, "adc_resolution"), 0)
    )
    assert (
        accelerator_from_dict(edited(analog, (*ARRAY, "adc_resolution"), 4.5), "my.yaml").array.rows
        == 12
    )


def without_operand(operand: str) -> dict[str, Any]:
    contents = small()
    for name, memory in list(contents["memories"].items()):
        memory["operands"] = [held for held in memory["operands"] if held != operand]
        for port in memory["ports"]:
            port["allocation"] = [
                text for text in port["allocation"] if not text.startswith(operand)
            ]
        memory["ports"] = [port for port in memory["ports"] if port["allocation"]]
        if not memory["operands"]:
            del contents["memories"][name]
    return contents


@pytest.mark.parametrize(
    ("operand", "fragment"),
    [
        ("I1", "memories: no memory holds the inputs (I1); add I1"),
        ("O", "memories: no memory holds the outputs (O); add O"),
        ("I2", "memories: no memory is called cells"),
    ],
)
def test_operand_in_no_memory(operand: str, fragment: str) -> None:
    assert fragment in message_of(without_operand(operand))


def renamed_cells(contents: dict[str, Any]) -> dict[str, Any]:
    contents["memories"] = {
        "Cell" if name == "cells" else name: m for name, m in contents["memories"].items()
    }
    return contents


def cells_last(contents: dict[str, Any]) -> dict[str, Any]:
    contents["memories"]["cells"] = contents["memories"].pop("cells")
    return contents


def sram_last(contents: dict[str, Any]) -> dict[str, Any]:
    contents["memories"]["sram"] = contents["memories"].pop("sram")
    return contents


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        (
            renamed_cells,
            "memories: no memory is called cells, which holds the weights (I2) in the array "
            "(did you mean",
        ),
        (
            cells_last,
            "memories.dram: holds weights (I2) below the cells; list memories lowest first",
        ),
        (
            sram_last,
            "memories.sram.size: the highest memory of the inputs (I1) is smaller than dram "
            "below it",
        ),
    ],
)
def test_memories_out_of_order(
    change: Callable[[dict[str, Any]], dict[str, Any]], fragment: str
) -> None:
    assert fragment in message_of(change(small()))


@pytest.mark.parametrize(
    ("contents", "fragment"),
    [
        (None, "found nothing"),
        ([1, 2], "found a list of 2"),
        ("text", "found 'text'"),
        (3, "found 3"),
    ],
)
def test_not_a_mapping(contents: object, fragment: str) -> None:
    text = message_of(contents)
    assert fragment in text
    assert "expected a mapping with name, memories, operational_array" in text


# ---------------------------------------------------------------- wrong files
@pytest.mark.parametrize(
    ("text", "fragments"),
    [
        ("name: [1\n", ["line 2: not valid YAML"]),
        ("name: a\nname: b\n", ["line 2: key 'name' is given twice"]),
        (
            "memories:\n  sram:\n    size: 8\n    area: 0\n    size: 9\n",
            ["line 5: key 'size' is given twice"],
        ),
        ("name: \x07\n", ["not valid YAML"]),
        ("name: 2001-99-99\n", ["not valid YAML"]),
        ("{[1]: 2}\n", ["not valid YAML"]),
        ("a: !!bool foo\n", ["line 1: not valid YAML: cannot read 'foo' as bool"]),
        ("a: 1\nb: !!int ''\n", ["line 2: not valid YAML: cannot read '' as int"]),
        ("a: !!timestamp foo\n", ["line 1: not valid YAML: cannot read 'foo' as timestamp"]),
        ("a: !!int {b: 1}\n", ["line 1: not valid YAML"]),
        ("a: 0x" + "f" * 5000, ["found a number of 5,002 characters, expected at most 400"]),
        ("a: 1" + ":59" * 600, ["found a number of 1,801 characters, expected at most 400"]),
        ("# " + "x" * 1_000_000, ["found a text of more than 1,000,000 characters"]),
        ("a: " + "[" * 4000 + "]" * 4000, ["not valid YAML: nested too deeply"]),
        ("a: &a [*a]\n", ["a: unknown key"]),
        ("a: 1\n---\nb: 1\n", ["not valid YAML", "single document"]),
        ("name: !!python/object:os.system x\n", ["line 1: not valid YAML"]),
        ("[" * 5000, ["not valid YAML"]),
        ("", ["found nothing, expected a mapping"]),
        ("- 1\n", ["found a list of 1, expected a mapping"]),
    ],
)
def test_not_an_accelerator(text: str, fragments: list[str], tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AcceleratorError) as caught:
        load_accelerator(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    for fragment in fragments:
        assert fragment in message


def test_merge_keys_are_not_repeated_keys() -> None:
    text = "base: &base {a: 1, b: 2}\nboth: {<<: *base, a: 3}\n"
    assert read_yaml(text, "my.yaml") == {"base": {"a": 1, "b": 2}, "both": {"a": 3, "b": 2}}


def test_merges_of_merges_stay_small() -> None:
    """40 lines that each merge the one before twice: 2 keys, not 2 ** 40 copies of them."""
    lines = ["m0: &m0 {a: 1, b: 2}"]
    lines += [f"m{i}: &m{i} {{<<: [*m{i - 1}, *m{i - 1}]}}" for i in range(1, 41)]
    document = read_yaml("\n".join(lines), "my.yaml")
    assert isinstance(document, dict)
    assert document["m40"] == {"a": 1, "b": 2}


def test_a_repeated_key_is_found_behind_a_merge() -> None:
    """The merge on line 2 is made before the mapping on line 1 is read, one level deeper."""
    with pytest.raises(AcceleratorError, match="line 1: key 'a' is given twice"):
        read_yaml("deep: {base: &base {a: 1, a: 2}}\nboth: {<<: *base}\n", "my.yaml")
    text = "deep: {c: &c {a: 1}, base: &base {<<: *c, a: 2}}\nboth: {<<: *base}\n"
    document = read_yaml(text, "my.yaml")
    assert document == {"deep": {"c": {"a": 1}, "base": {"a": 2}}, "both": {"a": 2}}


@pytest.mark.parametrize(
    ("name", "fragments"),
    [
        ("aimcc", ["aimcc: no such file, nor a preset (aimc, dimc)", "(did you mean 'aimc'?)"]),
        ("DIMC", ["(did you mean 'dimc'?)"]),
        ("mi.yaml", ["mi.yaml: no such file", "(did you mean 'mine.yaml'?)"]),
        ("nowhere/mine.yaml", ["nowhere/mine.yaml: no such file"]),
        ("mine.yaml/aimc", ["mine.yaml/aimc: no such file"]),
        ("folder", ["folder: is a folder, expected a YAML file"]),
        ("", ["is a folder"]),
        ("model.onnx", ["model.onnx: is not UTF-8 text, expected a YAML file"]),
        ("a\0b", [r"'a\x00b': cannot be read: embedded null"]),
        ("a\nb", [r"'a\nb': no such file"]),
        ("x" * 5000, ["cannot be read: File name too long"]),
    ],
)
def test_no_file(
    name: str, fragments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("name: mine\n", encoding="utf-8")
    (tmp_path / "model.onnx").write_bytes(b"\x08\x07\xff\xfe")
    (tmp_path / "folder").mkdir()
    with pytest.raises(AcceleratorError) as caught:
        load_accelerator(name)
    assert "\n" not in str(caught.value)
    for fragment in fragments:
        assert fragment in str(caught.value)


# ---------------------------------------------------------------- any accelerator, any edit
NAMES = st.text(max_size=8).filter(lambda name: name.isprintable() and name.strip() != "")
ENERGIES = st.floats(0, 1e9, allow_nan=False)
MOVEMENTS = {
    "W": ("fh", "tl"),
    "I": ("fh", "tl"),
    "O": ("fh", "tl", "fl", "th"),
}


@st.composite
def memories(
    draw: st.DrawFn, name: str, size_bits: int, operands: tuple[str, ...], served: frozenset[str]
) -> Any:
    movements = [(operand, Direction(text)) for operand in operands for text in MOVEMENTS[operand]]
    movements = draw(st.permutations(movements))
    ports = []
    groups: list[tuple[str, list[tuple[str, Direction]]]] = [("read_write", movements)]
    if draw(st.booleans()):
        groups = [
            ("read", [movement for movement in movements if not movement[1].writes]),
            ("write", [movement for movement in movements if movement[1].writes]),
        ]
    for number, (kind, carried) in enumerate(groups):
        narrow = draw(st.integers(1, 512))
        wide = draw(st.integers(narrow, 4096))
        port = Port(f"port_{number}", kind, narrow, wide, tuple(carried))  # type: ignore[arg-type]
        ports.append(port)
    return MemoryInstance(
        name=name,
        size_bits=size_bits,
        read_energy_pj=draw(ENERGIES),
        write_energy_pj=draw(ENERGIES),
        area_mm2=draw(ENERGIES),
        latency_cycles=draw(st.integers(0, 9)),
        operands=operands,
        served=served,
        ports=tuple(ports),
        double_buffered=draw(st.booleans()),
    )


@st.composite
def accelerators(draw: st.DrawFn) -> Accelerator:
    analog = draw(st.booleans())
    activation_bits = draw(st.sampled_from([1, 2, 4, 8, 16]))
    weight_bits = draw(st.sampled_from([1, 2, 4, 8, 16]))
    rows = draw(st.integers(1, 100) if analog else st.sampled_from([1, 2, 64, 1024]))
    sizes = [draw(st.integers(1, 100)), rows, *draw(st.lists(st.integers(1, 8), max_size=2))]
    array = ImcArray(
        analog=analog,
        activation_bits=activation_bits,
        weight_bits=weight_bits,
        bits_per_cycle=float(
            draw(st.sampled_from([n for n in (1, 2, 4, 8, 16) if n <= activation_bits]))
        ),
        adc_bits=draw(st.floats(1, 16)) if analog else 0.0,
        dimensions=tuple((f"D{number}", size) for number, size in enumerate(sizes, start=1)),
    )
    whole = frozenset(name for name, _ in array.dimensions)
    names = draw(
        st.lists(NAMES.filter(lambda name: name != "cells"), min_size=4, max_size=4, unique=True)
    )
    chain = [draw(memories("cells", weight_bits * draw(st.integers(1, 4)), ("W",), frozenset()))]
    for name, operand in zip(names, ("I", "O"), strict=False):
        if draw(st.booleans()):
            served = frozenset(draw(st.sets(st.sampled_from(sorted(whole)))))
            chain.append(draw(memories(name, draw(st.integers(1, 64)), (operand,), served)))
    if draw(st.booleans()):
        held = tuple(
            draw(st.lists(st.sampled_from(["W", "I", "O"]), min_size=1, max_size=3, unique=True))
        )
        chain.append(draw(memories(names[2], draw(st.integers(1, 10**6)), held, whole)))
    held = tuple(draw(st.permutations(["W", "I", "O"])))
    chain.append(draw(memories(names[3], 10**12, held, whole)))
    return Accelerator(draw(NAMES), array, tuple(chain))


@settings(max_examples=150, deadline=None)
@given(accelerators())
def test_round_trip(accelerator: Accelerator) -> None:
    text = dump_accelerator(accelerator)
    again = accelerator_from_dict(read_yaml(text, "dumped"), "dumped")
    assert again == accelerator
    assert dump_accelerator(again) == text
    assert accelerator_digest(again) == accelerator_digest(accelerator)
    embedded = json.loads(json.dumps(accelerator_to_dict(accelerator)))
    assert accelerator_from_dict(embedded, "result.json") == accelerator


def leaves(place: object, keys: Keys = ()) -> list[Keys]:
    children = (
        place.items()
        if isinstance(place, dict)
        else enumerate(place)
        if isinstance(place, list)
        else ()
    )
    return [keys, *(leaf for key, child in children for leaf in leaves(child, (*keys, key)))]


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
    ),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(leaves(small())[1:]), JUNK | st.just(REMOVE))
def test_any_edit_loads_or_says_why_in_one_line(keys: Keys, value: object) -> None:
    try:
        accelerator = accelerator_from_dict(edited(small(), keys, value), "my.yaml")
    except AcceleratorError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017
    else:
        assert (
            accelerator_from_dict(read_yaml(dump_accelerator(accelerator), "dumped"), "dumped")
            == accelerator
        )


# ---------------------------------------------------------------- digest
def test_digest_is_stable() -> None:
    """The digest is stored in certificates: a change of it makes those unreadable."""
    assert (
        accelerator_digest(load_accelerator(SMALL))
        == "7855e07872547c92a9bd673a30338779d2b0eb734e0aecde7dcf204b94a165ea"
    )


def test_digest_sees_every_figure_and_the_order_of_memories() -> None:
    base = load_accelerator(SMALL)
    cells, sram, dram = base.memories
    port = sram.ports[0]
    variants = [
        base,
        base.replace(name="other"),
        base.replace(array=replace(base.array, bits_per_cycle=2.0)),
        base.replace(array=replace(base.array, dimensions=(("D1", 4), ("D2", 8), ("D3", 5)))),
        base.replace(memories=(cells, dram, sram)),
        *(
            base.replace(memories=(cells, replace(sram, **change), dram))
            for change in (
                {"size_bits": 65537},
                {"read_energy_pj": 20.500000000000004},
                {"write_energy_pj": 0.0},
                {"area_mm2": 0.2},
                {"latency_cycles": 2},
                {"served": frozenset({"D1"})},
                {"double_buffered": False},
                {"ports": (replace(port, bandwidth_min=8), sram.ports[1])},
                {"ports": (replace(port, bandwidth_max=128), sram.ports[1])},
                {"ports": (replace(port, allocation=port.allocation[:2]), sram.ports[1])},
            )
        ),
    ]
    assert len({accelerator_digest(variant) for variant in variants}) == len(variants)


def test_digest_does_not_tell_whole_floats_from_integers() -> None:
    base = load_accelerator(SMALL)
    same = base.replace(array=replace(base.array, bits_per_cycle=1, adc_bits=0))
    assert same == base
    assert accelerator_digest(same) == accelerator_digest(base)
