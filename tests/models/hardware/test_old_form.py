"""Accelerator files in the form of ZigZag 3.0 to 3.8.1.

Each gives the accelerator that the same memories give in the later form, and what is wrong in one
is named where it stands.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.models.hardware.files import accelerator_from_dict

ARRAY: dict[str, Any] = {
    "is_imc": True,
    "imc_type": "analog",
    "input_precision": [8, 8],
    "bit_serial_precision": 2,
    "adc_resolution": 8,
    "dimensions": ["D1", "D2"],
    "sizes": [16, 64],
}


def old() -> dict[str, Any]:
    """One memory of each kind: single, doubled and shared ports, a smallest access."""
    free = {"r_cost": 0.5, "w_cost": 0.25, "area": 0.125, "latency": 1}
    one_way = {"fh": "w_port_1", "tl": "r_port_1"}
    shared = {"fh": "rw_port_1", "tl": "rw_port_1"}
    cells = {"size": 8, "r_bw": 8, "w_bw": 8, "r_port": 0, "w_port": 0, "rw_port": 1}
    inputs = {"size": 8, "r_bw": 8, "w_bw": 4, "r_port": 1, "w_port": 1, "rw_port": 0}
    outputs = {"size": 16, "r_bw": 16, "w_bw": 16, "r_port": 2, "w_port": 2, "rw_port": 0}
    sram = {"size": 2**18, "r_bw": 512, "w_bw": 256, "r_port": 1, "w_port": 1, "rw_port": 0}
    sram |= {"min_r_granularity": 64, "min_w_granularity": 32}
    dram = {"size": 10**10, "r_bw": 64, "w_bw": 64, "r_port": 0, "w_port": 0, "rw_port": 1}
    out_ports = {"fh": "w_port_1", "tl": "r_port_1", "fl": "w_port_2", "th": "r_port_2"}
    sram_out = {"fh": "w_port_1", "tl": "r_port_1", "fl": "w_port_1", "th": "r_port_1"}
    dram_out = dict.fromkeys(("fh", "tl", "fl", "th"), "rw_port_1")
    return {
        "name": "old",
        "operational_array": copy.deepcopy(ARRAY),
        "memories": {
            "cells": free | cells | _use(["I2"], [], [dict(shared)]),
            "in_reg": free | inputs | _use(["I1"], ["D1"], [dict(one_way)]),
            "out_reg": free | outputs | _use(["O"], ["D2"], [out_ports]),
            "sram": free | sram | _use(["I1", "O"], ["D1", "D2"], [dict(one_way), sram_out]),
            "dram": free
            | dram
            | _use(["I1", "I2", "O"], ["D1", "D2"], [dict(shared), dict(shared), dram_out]),
        },
    }


def _use(operands: list[str], served: list[str], ports: list[dict[str, str]]) -> dict[str, Any]:
    return {"operands": operands, "served_dimensions": served, "ports": ports}


def new() -> dict[str, Any]:
    """The same accelerator, its ports written by hand."""
    contents = old()
    ports: dict[str, list[tuple[Any, ...]]] = {
        "cells": [("rw_port_1", 8, 8, "I2, fh", "I2, tl")],
        "in_reg": [("r_port_1", 8, 8, "I1, tl"), ("w_port_1", 4, 4, "I1, fh")],
        "out_reg": [
            ("r_port_1", 16, 16, "O, tl"),
            ("r_port_2", 16, 16, "O, th"),
            ("w_port_1", 16, 16, "O, fh"),
            ("w_port_2", 16, 16, "O, fl"),
        ],
        "sram": [
            ("r_port_1", 64, 512, "I1, tl", "O, tl", "O, th"),
            ("w_port_1", 32, 256, "I1, fh", "O, fh", "O, fl"),
        ],
        "dram": [
            (
                *("rw_port_1", 64, 64, "I1, fh", "I1, tl", "I2, fh", "I2, tl"),
                *("O, fh", "O, tl", "O, fl", "O, th"),
            )
        ],
    }
    kinds = {"r": "read", "w": "write", "rw": "read_write"}
    kept = ("size", "r_cost", "w_cost", "area", "latency", "operands", "served_dimensions")
    for name, memory in contents["memories"].items():
        contents["memories"][name] = {key: memory[key] for key in kept} | {
            "ports": [
                {
                    "name": port[0],
                    "type": kinds[port[0].partition("_")[0]],
                    "bandwidth_min": port[1],
                    "bandwidth_max": port[2],
                    "allocation": list(port[3:]),
                }
                for port in ports[name]
            ]
        }
    return contents


def _carried(contents: dict[str, Any]) -> object:
    """Everything but the order in which a port lists its movements."""
    accelerator = accelerator_from_dict(contents, "a.yaml")
    return (
        accelerator.array,
        [
            (
                memory.name,
                memory.size_bits,
                memory.served,
                [
                    (port.name, port.kind, port.bandwidth_min, port.bandwidth_max)
                    for port in memory.ports
                ],
                [frozenset(port.allocation) for port in memory.ports],
            )
            for memory in accelerator.memories
        ],
    )


def test_the_old_form_gives_the_same_accelerator() -> None:
    assert _carried(old()) == _carried(new())


def test_a_file_of_the_new_form_stays_as_it_is() -> None:
    contents = new()
    assert accelerator_from_dict(contents, "a.yaml").memories[3].ports[1].bandwidth_min == 32
    assert contents == new()


def test_both_forms_may_stand_in_one_file() -> None:
    mixed = old()
    mixed["memories"]["sram"] = new()["memories"]["sram"]
    assert _carried(mixed) == _carried(new())


def test_numbers_of_ports_and_granularities_may_be_missing_or_null() -> None:
    fewer = old()
    for memory in fewer["memories"].values():
        for key in ("r_port", "w_port", "rw_port"):
            del memory[key]
    fewer["memories"]["dram"] |= {"min_r_granularity": None, "min_w_granularity": None}
    assert _carried(fewer) == _carried(new())


def test_the_array_may_be_called_multipliers() -> None:
    early = old()
    early["multipliers"] = early.pop("operational_array") | {
        "multiplier_energy": 0.04,
        "multiplier_area": 1,
    }
    assert _carried(early) == _carried(new())


def test_a_shared_port_of_one_way_has_the_width_of_that_way() -> None:
    contents = old()
    register = contents["memories"]["in_reg"]
    register |= {"r_port": 0, "w_port": 0, "rw_port": 2}
    register["ports"] = [{"fh": "rw_port_2", "tl": "rw_port_1"}]
    ports = accelerator_from_dict(contents, "a.yaml").memories[1].ports
    assert [(port.name, port.kind, port.bandwidth_max) for port in ports] == [
        ("rw_port_1", "read_write", 8),
        ("rw_port_2", "read_write", 4),
    ]


def test_the_ports_of_one_memory_have_one_form() -> None:
    contents = new()
    later = contents["memories"]["sram"]["ports"][1]
    contents["memories"]["sram"]["ports"] = [{"fh": "w_port_1", "tl": "r_port_1"}, later]
    with pytest.raises(
        AcceleratorError, match=r"sram\.ports\[1\]: is a port .* where ports\[0\] is"
    ):
        accelerator_from_dict(contents, "a.yaml")


def test_ports_beyond_nine_stand_in_the_order_of_their_numbers() -> None:
    contents = old()
    register = contents["memories"]["out_reg"]
    register |= {"r_port": 10, "w_port": 1}
    register["ports"] = [{"fh": "w_port_1", "tl": "r_port_10", "fl": "w_port_1", "th": "r_port_9"}]
    names = [port.name for port in accelerator_from_dict(contents, "a.yaml").memories[2].ports]
    assert names == ["r_port_9", "r_port_10", "w_port_1"]


WRONG: list[tuple[str, dict[str, Any], str]] = [
    (
        "sram",
        {"r_bw": None},
        "memories.sram.r_bw: missing; expected a whole number of bits per cycle, at least 1",
    ),
    ("sram", {"w_bw": 0}, "memories.sram.w_bw: found 0, expected a whole number"),
    ("sram", {"w_bw": True}, "memories.sram.w_bw: found true, expected a whole number"),
    ("sram", {"r_bw": "wide"}, "memories.sram.r_bw: found 'wide', expected a whole number"),
    (
        "sram",
        {"min_w_granularity": 1024},
        "memories.sram.min_w_granularity: found 1024, expected at most w_bw, which is 256",
    ),
    (
        "sram",
        {"min_r_granularity": -1},
        "memories.sram.min_r_granularity: found -1, expected a whole number of bits",
    ),
    (
        "dram",
        {"rw_port": 0},
        "memories.dram.rw_port: found 0, but ports names rw_port_1; expected at least 1 read-write",
    ),
    ("out_reg", {"r_port": 1}, "memories.out_reg.r_port: found 1, but ports names r_port_2"),
    ("out_reg", {"r_port": -1}, "memories.out_reg.r_port: found -1, expected a whole number of p"),
    (
        "dram",
        {"w_bw": 32},
        "memories.dram: rw_port_1 reads 64 and writes 32 bits per cycle, but a port has one width",
    ),
    (
        "dram",
        {"min_w_granularity": 16},
        "memories.dram: rw_port_1 reads 64 and writes 16 to 64 bits per cycle",
    ),
    (
        "sram",
        {"ports": [{"fh": "w_port_1", "tl": "r_port_1"}]},
        "memories.sram.ports: found 1 entries for the 2 operands",
    ),
    ("sram", {"ports": 3}, "memories.sram.ports: found 3, expected a list with the ports of each"),
    ("sram", {"operands": "all"}, "memories.sram.operands: found 'all', expected a list of I1"),
    ("sram", {"operands": ["I1", "W"]}, "memories.sram.operands[1]: found 'W'"),
    (
        "in_reg",
        {"ports": [{"fh": "w_port_1", "to": "r_port_1"}]},
        "memories.in_reg.ports[0].to: unknown direction; expected some of fh, tl, fl, th",
    ),
    (
        "in_reg",
        {"ports": [{"fh": "port1", "tl": "r_port_1"}]},
        "memories.in_reg.ports[0].fh: found 'port1', expected a port, such as r_port_1",
    ),
    (
        "in_reg",
        {"ports": [{"fh": "w_port_1", "tl": f"r_port_{'9' * 5000}"}]},
        "memories.in_reg.ports[0].tl: found 'r_port_999",
    ),
    (
        "in_reg",
        {"ports": [{"fh": "r_port_1", "tl": "r_port_1"}]},
        "memories.in_reg.ports[0].fh: found 'r_port_1', expected a port that can write",
    ),
    ("in_reg", {"ports": ["w_port_1"]}, "memories.in_reg.ports[0]: found 'w_port_1', expected a m"),
    (
        "in_reg",
        {"ports": [{"fh": "w_port_1"}]},
        "memories.in_reg.ports: no port carries 'I1, tl'",
    ),
    (
        "sram",
        {"ports": new()["memories"]["sram"]["ports"]},
        "memories.sram.ports[0]: is a port in the form of ZigZag 3.8.2 and later, where r_bw is in",
    ),
    (
        "in_reg",
        {"auto_cost_extraction": True},
        "memories.in_reg.auto_cost_extraction: found true, but of an SRAM of 8 bits with such",
    ),
]


@pytest.mark.parametrize(("memory", "changes", "expected"), WRONG)
def test_what_is_wrong_is_named_where_it_stands(
    memory: str, changes: dict[str, Any], expected: str
) -> None:
    contents = old()
    contents["memories"][memory] |= changes
    with pytest.raises(AcceleratorError) as caught:
        accelerator_from_dict(contents, "a.yaml")
    text = str(caught.value)
    assert text.startswith(f"a.yaml: {expected}")
    assert "\n" not in text
