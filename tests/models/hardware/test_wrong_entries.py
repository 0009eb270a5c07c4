"""What is said of a wrong entry in a right file."""

from __future__ import annotations

import pytest

from tests.models.hardware.small_file import (
    ARRAY,
    CELLS,
    DRAM,
    REMOVE,
    SRAM,
    Keys,
    edited,
    message_of,
    small,
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
