"""The arrays, networks and recorded mappings of the ICCAD 2023 study, from ``study.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.results.parts import mapping_from

FIGURES = Path(__file__).with_name("study.json")

SRAM_BITS, DRAM_BITS = 256 * 8 * 1024, 100 * 8 * 1024**2
DRAM_PJ_PER_BIT = 3.7
SMALLEST_DRAM_ACCESS = 16
"""Parts of the DRAM's width, one of which is its smallest access."""

EVERYTHING = ["D1", "D2"]


@dataclass(frozen=True, slots=True)
class RecordedLayer:
    """What the study recorded of a layer.

    Attributes
    ----------
    name
        The layer of the shipped network.
    energy_pj, array_pj
        Its energy, and that of the array alone, in pJ.
    entry
        Its mapping, as an entry of a mapping file.
    """

    name: str
    energy_pj: float
    array_pj: float
    entry: dict[str, Any]

    @classmethod
    def of(cls, found: dict[str, Any]) -> RecordedLayer:
        """Read a layer; weights rest in the cells, inputs and outputs pass the registers."""
        loops, inside = found["loops"], found["below_cells"]
        temporal = {"W": [loops[:inside], loops[inside:]], "I": [[], loops], "O": [[], loops]}
        spatial = {"D1": found["columns"], "D2": found["rows"]}
        entry = {"name": found["name"], "spatial": spatial, "temporal": temporal}
        assert mapping_from(spatial, temporal) is not None  # type: ignore[arg-type]
        return cls(found["name"], found["energy_pj"], found["array_pj"], entry)


@dataclass(frozen=True, slots=True)
class Point:
    """A network on one array of the study.

    Attributes
    ----------
    title, network
        What to call it; the shipped network.
    accelerator
        The hardware.
    layers
        What was recorded, in the order of the network.
    """

    title: str
    network: str
    accelerator: Accelerator
    layers: tuple[RecordedLayer, ...]

    @property
    def recorded_pj(self) -> float:
        """Recorded energy of the whole network, in pJ."""
        return sum(layer.energy_pj for layer in self.layers)


def points(path: Path = FIGURES) -> tuple[Point, ...]:
    """Read all points."""
    found = json.loads(path.read_text(encoding="utf-8"))["points"]
    return tuple(
        Point(
            title=f"{one['network']}, {one['array']} {one['rows']} x {8 * one['columns']}",
            network=one["network"],
            accelerator=accelerator_from_dict(_hardware(one), "study.json"),
            layers=tuple(map(RecordedLayer.of, one["layers"])),
        )
        for one in found
    )


def _hardware(found: dict[str, Any]) -> dict[str, Any]:
    """Describe the study's hardware.

    Weights come from the DRAM alone; inputs and outputs stay in the SRAM, which is read and written
    in full width. All registers hold eight bits.
    """
    array = {
        "is_imc": True,
        "imc_type": found["array"],
        "input_precision": [8, 8],
        "bit_serial_precision": found["bits_per_cycle"],
        "dimensions": EVERYTHING,
        "sizes": [found["columns"], found["rows"]],
    }
    if found["array"] == "analog":
        array["adc_resolution"] = found["adc_bits"]
    sram, dram = found["sram_bits"], found["dram_bits"]
    register_pj = 8 * found["register_pj_per_bit"]
    return {
        "name": "study",
        "operational_array": array,
        "memories": {
            "cells": _memory("I2", 8, (0.0, found["cell_write_pj"]), [], ("fh tl", 8, 8)),
            "input_register": _memory(
                "I1", 8, (0.0, register_pj), ["D1"], ("tl", 8, 8), ("fh", 8, 8)
            ),
            "output_register": _memory(
                "O",
                8,
                (0.0, register_pj),
                ["D2"],
                *((move, 8, 8) for move in ("tl", "th", "fh", "fl")),
            ),
            "sram": _memory(
                "I1 O",
                SRAM_BITS,
                (found["sram_read_pj"], found["sram_write_pj"]),
                EVERYTHING,
                ("tl th", sram, sram),
                ("fh fl", sram, sram),
            ),
            "dram": _memory(
                "I2",
                DRAM_BITS,
                (DRAM_PJ_PER_BIT * dram,) * 2,
                EVERYTHING,
                ("fh tl", dram // SMALLEST_DRAM_ACCESS, dram),
            ),
        },
    }


def _memory(
    operands: str,
    size: int,
    costs_pj: tuple[float, float],
    served: list[str],
    *ports: tuple[str, int, int],
) -> dict[str, Any]:
    """Describe a memory; of each port, the moves, its smallest access and its width."""
    return {
        "size": size,
        "r_cost": costs_pj[0],
        "w_cost": costs_pj[1],
        "area": 0,
        "latency": 1,
        "operands": operands.split(),
        "served_dimensions": served,
        "ports": [
            {
                "name": f"port_{number}",
                "type": _kind(moves),
                "bandwidth_min": least,
                "bandwidth_max": width,
                "allocation": [
                    f"{operand}, {move}"
                    for operand in operands.split()
                    for move in moves.split()
                    if operand == "O" or move in ("fh", "tl")
                ],
            }
            for number, (moves, least, width) in enumerate(ports, start=1)
        ],
    }


def _kind(moves: str) -> str:
    """Type of a port with these moves: what comes from somewhere is written."""
    kinds = {"write" if move.startswith("f") else "read" for move in moves.split()}
    return kinds.pop() if len(kinds) == 1 else "read_write"
