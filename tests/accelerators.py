"""Accelerators for comparing and property testing.

Variants of the reference tool's own two files.
"""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import Any

import yaml

from tests.oracle import reference_hardware
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.models.hardware.files import accelerator_from_dict

SHARED_PORT = ("fh", "tl", "fl", "th")


def base(name: str) -> dict[str, Any]:
    """Contents of one of the reference tool's files, ``aimc`` or ``dimc``, free to be changed."""
    return copy.deepcopy(_contents(name))


@lru_cache
def _contents(name: str) -> dict[str, Any]:
    """Contents of one of the files, read once: random cases ask for them thousands of times."""
    data: dict[str, Any] = yaml.safe_load(reference_hardware(name).read_text())
    return data


def port(kind: str, low: int, high: int, *allocation: str, name: str = "port") -> dict[str, Any]:
    """One port entry; ``allocation`` like ``"I1, fh"``."""
    return {
        "name": name,
        "type": kind,
        "bandwidth_min": low,
        "bandwidth_max": high,
        "allocation": list(allocation),
    }


def memory(
    size: int, operands: str, ports: list[dict[str, Any]], served: str = "D1 D2", cost: float = 1.0
) -> dict[str, Any]:
    """One memory entry; ``operands`` and ``served`` are words in one string."""
    named = [
        entry | {"name": f"{entry['type'].replace('read_write', 'rw')[:2]}_{i + 1}"}
        for i, entry in enumerate(ports)
    ]
    for i, entry in enumerate(named):
        prefix = {"read": "r", "write": "w", "read_write": "rw"}[entry["type"]]
        entry["name"] = f"{prefix}_port_{i + 1}"
    return {
        "size": size,
        "r_cost": cost,
        "w_cost": 1.25 * cost,
        "area": 0.01 * cost,
        "latency": 1,
        "operands": operands.split(),
        "ports": named,
        "served_dimensions": served.split(),
    }


def moves(operands: str, *directions: str) -> list[str]:
    """Allocation entries of several operands; inputs have only ``fh`` and ``tl``."""
    return [
        f"{operand}, {direction}"
        for operand in operands.split()
        for direction in directions
        if operand == "O" or direction in ("fh", "tl")
    ]


def rebuilt(
    data: dict[str, Any], name: str, memories: dict[str, Any], **array: Any
) -> dict[str, Any]:
    """Copy with another hierarchy and some fields of the array replaced."""
    changed = copy.deepcopy(data)
    changed["name"] = name
    changed["memories"] = memories
    changed["operational_array"] |= array
    return changed


def cells(depth: int = 1, bits: int = 8, bandwidth: int | None = None) -> dict[str, Any]:
    """Weight cells that hold ``depth`` weights of ``bits`` each."""
    width = bandwidth or bits
    return memory(
        depth * bits,
        "I2",
        [port("read_write", width, width, "I2, fh", "I2, tl")],
        served="",
        cost=0.0,
    ) | {"w_cost": 0.095}


def registers(operand: str, words: int, bits: int) -> dict[str, Any]:
    """Make registers of ``words`` elements of one operand.

    They lie along the dimension it is broadcast or summed on.
    """
    if operand == "O":
        ports = [
            port("read", bits, bits, "O, tl"),
            port("read", bits, bits, "O, th"),
            port("write", bits, bits, "O, fh"),
            port("write", bits, bits, "O, fl"),
        ]
        return memory(words * bits, "O", ports, served="D2", cost=0.021)
    ports = [
        port("read", bits, bits, f"{operand}, tl"),
        port("write", bits, bits, f"{operand}, fh"),
    ]
    return memory(words * bits, operand, ports, served="D1", cost=0.021)


def dram(operands: str = "I1 I2 O", low: int = 64, high: int = 64) -> dict[str, Any]:
    """Memory of the whole network behind one port."""
    return memory(
        10**10,
        operands,
        [port("read_write", low, high, *moves(operands, *SHARED_PORT))],
        cost=700.0,
    )


def _shared_all() -> dict[str, Any]:
    """One SRAM for all three operands, one port for everything, small.

    Double buffering is scarce.
    """
    sram = memory(
        1 << 17,
        "I1 I2 O",
        [port("read_write", 32, 128, *moves("I1 I2 O", *SHARED_PORT))],
        cost=30.0,
    )
    return rebuilt(
        base("aimc"),
        "shared_all",
        {
            "cells": cells(),
            "rf_i": registers("I1", 1, 8),
            "rf_o": registers("O", 1, 16),
            "sram": sram,
            "dram": dram(high=256),
        },
        sizes=[64, 32],
    )


def _separate() -> dict[str, Any]:
    """Give every operand a buffer.

    With separate read and write ports of different widths, and registers of several words.
    """

    def buffer(operand: str, size: int, read: int, write: int) -> dict[str, Any]:
        return memory(
            size,
            operand,
            [
                port("read", 8, read, *moves(operand, "tl", "th")),
                port("write", 8, write, *moves(operand, "fh", "fl")),
            ],
            cost=10.0,
        )

    return rebuilt(
        base("dimc"),
        "separate",
        {
            "cells": cells(4),
            "rf_i": registers("I1", 4, 8),
            "rf_o": registers("O", 3, 16),
            "buf_w": buffer("I2", 1 << 16, 128, 64),
            "buf_i": buffer("I1", 1 << 15, 256, 32),
            "buf_o": buffer("O", 1 << 15, 64, 128),
            "dram": dram(low=32, high=128),
        },
        sizes=[32, 64],
    )


def _macros() -> dict[str, Any]:
    """Four macros along D3, whose inputs or weights one SRAM feeds.

    Two macros on D4 have their own.
    """
    data = base("aimc")
    memories = {
        "cells": cells(2),
        "rf_i": registers("I1", 1, 8),
        "rf_o": registers("O", 2, 16),
        "local": memory(
            1 << 13, "I1", [port("read_write", 32, 64, *moves("I1", "fh", "tl"))], "D1 D2 D3", 5.0
        ),
        "sram": memory(
            1 << 18,
            "I1 O",
            [
                port("read", 64, 512, *moves("I1 O", "tl", "th")),
                port("write", 64, 512, *moves("I1 O", "fh", "fl")),
            ],
            "D1 D2 D3 D4",
            400.0,
        ),
        "dram": dram() | {"served_dimensions": ["D1", "D2", "D3", "D4"]},
    }
    return rebuilt(
        data,
        "macros",
        memories,
        dimensions=["D1", "D2", "D3", "D4"],
        sizes=[16, 32, 4, 2],
    )


def _short() -> dict[str, Any]:
    """Keep inputs in one memory only, outputs in two, weights in two.

    No registers under the SRAM.
    """
    sram = memory(
        1 << 22, "I1 O", [port("read_write", 8, 64, *moves("I1 O", *SHARED_PORT))], cost=20.0
    )
    return rebuilt(
        base("dimc"),
        "short",
        {
            "cells": cells(),
            "rf_o": registers("O", 1, 16),
            "sram": sram,
            "dram_w": dram("I2", 16, 64),
        },
        sizes=[32, 128],
    )


def _deep() -> dict[str, Any]:
    """Four levels above the registers, narrow words, odd precisions."""

    def level(size: int, operands: str, low: int, high: int, cost: float) -> dict[str, Any]:
        return memory(
            size,
            operands,
            [
                port("read", low, high, *moves(operands, "tl", "th")),
                port("write", low, high, *moves(operands, "fh", "fl")),
            ],
            cost=cost,
        )

    return rebuilt(
        base("dimc"),
        "deep",
        {
            "cells": cells(1, 4),
            "rf_i": registers("I1", 1, 4),
            "rf_o": registers("O", 1, 24),
            "l1": level(1 << 12, "I1 O", 8, 32, 3.0),
            "l2": level(1 << 16, "I1 I2 O", 16, 64, 30.0),
            "l3": level(1 << 21, "I1 I2", 32, 128, 300.0),
            "dram": dram(low=64, high=64),
        },
        sizes=[64, 64],
        input_precision=[4, 4],
    )


def _bit_parallel() -> dict[str, Any]:
    """All activation bits at once: no accumulators; the SRAM is forced to double-buffer."""
    data = base("aimc")
    memories = copy.deepcopy(data["memories"])
    memories["cells"] = cells(3)
    memories["sram_256KB"]["size"] = 1 << 16
    return rebuilt(
        data, "bit_parallel", memories, bit_serial_precision=8, adc_resolution=5, sizes=[32, 256]
    )


def _finished_on_chip() -> dict[str, Any]:
    """One SRAM for all three operands that is the top memory of the outputs.

    They never leave it, the inputs do.
    """
    sram = memory(
        10**7, "I1 I2 O", [port("read_write", 32, 128, *moves("I1 I2 O", *SHARED_PORT))], cost=30.0
    )
    return rebuilt(
        base("aimc"),
        "finished_on_chip",
        {
            "cells": cells(2),
            "rf_i": registers("I1", 1, 8),
            "rf_o": registers("O", 1, 16),
            "sram": sram,
            "dram": dram("I1 I2"),
        },
        sizes=[64, 32],
    )


VARIANTS = {
    "aimc": base("aimc"),
    "dimc": base("dimc"),
    **{
        data["name"]: data
        for data in (
            _shared_all(),
            _separate(),
            _macros(),
            _short(),
            _deep(),
            _bit_parallel(),
            _finished_on_chip(),
        )
    },
}
"""Contents of the accelerator files by name."""


def variant_text(name: str) -> str:
    """YAML text of a variant."""
    return str(yaml.safe_dump(VARIANTS[name], sort_keys=False))


def variant(name: str) -> Accelerator:
    """Accelerator of a variant."""
    return accelerator_from_dict(copy.deepcopy(VARIANTS[name]), name)
