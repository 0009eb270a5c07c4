"""The memories of a template: sizes, widths, ports and costs, each with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.models.hardware.costs.banks import BestBanks, StudyBanks
from zigzag_imc.models.hardware.costs.cells import bank_of_cells
from zigzag_imc.models.hardware.costs.sram import (
    LEAST_WIDTH,
    SramCost,
    SramModel,
    SramShape,
)
from zigzag_imc.models.hardware.templates.parameters import TemplateParameters

STEPS_OF_WIDTH = 16
"""Smallest accesses in one of full width, of SRAM and DRAM."""

DRAM_ACCESS_BITS = 64
"""Width to which the energy of a DRAM with a bandwidth of its own refers."""

_BYTE = 8


@dataclass(frozen=True)
class PlannedMemory:
    """A memory as it stands in a file.

    Attributes
    ----------
    name
        Name of the memory.
    entry
        Its keys and values.
    comments
        What the file says beside the memory's name (the empty key) and its keys.
    """

    name: str
    entry: Mapping[str, Any]
    comments: Mapping[str, str] = field(default_factory=dict)


def planned_memories(asked: TemplateParameters, single: SramModel) -> Iterator[PlannedMemory]:
    """Yield the memories of a template, the lowest first; ``single`` knows what one SRAM costs.

    Raises
    ------
    AcceleratorError
        When no such SRAM can be built.
    """
    model = StudyBanks(single) if asked.sram_model == "study" else BestBanks(single)
    yield _cells(asked, model)
    yield _register(asked, "input_register", "I1", asked.activation_bits, "D1")
    yield _register(asked, "output_register", "O", asked.register_bits, "D2")
    yield _sram(asked, model)
    if asked.has_dram:
        yield _dram(asked)


def rounded(number: float) -> float:
    """Return a number as files have it: eight digits."""
    return float(f"{number:.8g}")


def _cells(asked: TemplateParameters, model: SramModel) -> PlannedMemory:
    """The cells of one multiplier: a share of the bank of SRAM that a macro is.

    A row of weights is written at once, so a weight costs its share of that.
    """
    bank = bank_of_cells(model, asked.rows, asked.columns, asked.node_nm)
    if bank is None:
        raise AcceleratorError(
            f"template {asked.label}: no SRAM of {asked.rows} rows x {asked.columns} columns is "
            "known; expected fewer of either, such as several macros"
        )
    bits = asked.weight_bits * asked.weights_per_cell
    one_weight = (asked.weight_bits, asked.weight_bits)
    return PlannedMemory(
        "cells",
        {
            "size": bits,
            "r_cost": 0,
            "w_cost": rounded(bank.write_pj(asked.weight_bits)),
            "area": rounded(bank.area_mm2(bits)),
            "cost_source": f"{bank.cost.source}, of an SRAM of {bank.rows} x {bank.columns} cells",
            "latency": 0,
            "operands": ["I2"],
            "served_dimensions": [],
            "ports": [_port("rw_port_1", "read_write", one_weight, "I2, fh", "I2, tl")],
        },
        {
            "": f"the weights in the array, {asked.weights_per_cell} per multiplier",
            "r_cost": "reading is part of computing",
            "w_cost": "a weight's share of writing a row",
            "area": "a multiplier's share of the macro's cells",
        },
    )


def _register(
    asked: TemplateParameters, name: str, operand: str, bits: int, served: str
) -> PlannedMemory:
    """Flip-flops at the edge of the array."""
    both = (bits, bits)
    if operand == "O":
        ports = [
            _port("r_port_1", "read", both, "O, tl"),
            _port("r_port_2", "read", both, "O, th"),
            _port("w_port_1", "write", both, "O, fh"),
            _port("w_port_2", "write", both, "O, fl"),
        ]
    else:
        ports = [
            _port("r_port_1", "read", both, f"{operand}, tl"),
            _port("w_port_1", "write", both, f"{operand}, fh"),
        ]
    technology = asked.technology
    return PlannedMemory(
        name,
        {
            "size": bits,
            "r_cost": 0,
            "w_cost": rounded(bits * technology.register_pj),
            "area": rounded(bits * technology.register_mm2),
            "cost_source": "flip-flops of the technology",
            "latency": 1,
            "operands": [operand],
            "served_dimensions": [served],
            "ports": ports,
        },
        {"": f"of each {'row' if operand == 'I1' else 'column'}", "r_cost": "writing counts alone"},
    )


def _sram(asked: TemplateParameters, model: SramModel) -> PlannedMemory:
    """The memory of the activations, and of the weights where they rest in it."""
    width, cost = _sram_of_width(asked, model)
    ports = _sram_ports(asked, (-(-width // STEPS_OF_WIDTH), width))
    weights = ["I2"] if asked.weights_from == "sram" else []
    wanted = _wanted_width(asked)
    narrowed = "" if width == wanted else f"; {wanted} would serve all rows or columns at once"
    return PlannedMemory(
        "sram",
        {
            "size": round(asked.sram_kb * 1024 * _BYTE),
            "r_cost": rounded(cost.read_pj),
            "w_cost": rounded(cost.write_pj),
            "area": rounded(cost.area_mm2),
            "cost_source": cost.source,
            "latency": 1,
            "operands": ["I1", *weights, "O"],
            "served_dimensions": _all_dimensions(asked),
            "ports": ports,
        },
        {
            "": f"{asked.sram_kb:g} KB, {width} bits wide{narrowed}",
            "ports": f"the smallest access is 1/{STEPS_OF_WIDTH} of the width",
        },
    )


def _wanted_width(asked: TemplateParameters) -> int:
    """Bits that feed all rows, or take all outputs, of all macros at once."""
    needed = max(asked.lanes * asked.activation_bits, asked.outputs * asked.register_bits)
    return asked.sram_bits_per_cycle or max(needed * asked.macros, LEAST_WIDTH)


def _sram_of_width(asked: TemplateParameters, model: SramModel) -> tuple[int, SramCost]:
    """Return the width, halved until there is such an SRAM, and its costs."""
    width = _wanted_width(asked)
    while width >= LEAST_WIDTH:
        shape = SramShape(asked.sram_kb * 1024, width, asked.node_nm, asked.ports_of_sram)
        cost = model.cost(shape)
        if cost is not None:
            return width, cost
        if asked.sram_bits_per_cycle:
            break
        width = -(-width // 2)
    raise AcceleratorError(
        f"template {asked.label}: no SRAM of {asked.sram_kb:g} KB and {_wanted_width(asked)} bits "
        "a cycle is known; expected another sram_kb or sram_bits_per_cycle"
    )


def _sram_ports(asked: TemplateParameters, widths: tuple[int, int]) -> list[dict[str, Any]]:
    """Share the movements out among the ports, those of reading and those of writing."""
    above = asked.activations_in == "dram"
    inputs = ["I1, tl", *(["I2, tl"] if asked.weights_from == "sram" else [])]
    reads = [inputs, ["O, tl"], *([["O, th"]] if above else [])]
    writes = [["I1, fh"] if above else [], ["O, fl"], ["O, fh"] if above else []]
    ports = asked.ports_of_sram
    if ports.read_write:
        return _shared("rw", "read_write", ports.read_write, reads + writes, widths)
    return [
        *_shared("r", "read", ports.read, reads, widths),
        *_shared("w", "write", ports.write, writes, widths),
    ]


def _shared(
    letter: str, kind: str, count: int, groups: list[list[str]], widths: tuple[int, int]
) -> list[dict[str, Any]]:
    """Ports of one kind: groups of movements that belong together, dealt out one by one."""
    dealt: list[list[str]] = [[] for _ in range(count)]
    for index, group in enumerate(filter(None, groups)):
        dealt[index % count] += group
    return [
        _port(f"{letter}_port_{index}", kind, widths, *movements)
        for index, movements in enumerate(filter(None, dealt), start=1)
    ]


def _dram(asked: TemplateParameters) -> PlannedMemory:
    """The DRAM: as wide as a row of all macros, or as fast as its kind."""
    kind = asked.dram_kind
    pj_per_bit = kind.pj_per_bit if asked.dram_pj_per_bit is None else asked.dram_pj_per_bit
    gb_s = asked.dram_gb_s or kind.gb_s
    is_bus = gb_s is not None
    width = DRAM_ACCESS_BITS if is_bus else asked.columns * asked.macros
    least = 1 if is_bus else -(-width // STEPS_OF_WIDTH)
    weights = asked.weights_from == "dram"
    activations = asked.activations_in == "dram"
    held = {"I1": activations, "I2": weights, "O": activations}
    movements = [
        *(["I2, tl"] if weights else []),
        *(["I1, tl", "O, tl", "O, fl"] if activations else []),
    ]
    pj = rounded(pj_per_bit * width)
    return PlannedMemory(
        "dram",
        {
            "size": asked.dram_mb * 1024 * 1024 * _BYTE,
            "r_cost": pj,
            "w_cost": pj,
            "area": 0,
            "cost_source": kind.source if asked.dram_pj_per_bit is None else "a figure of its own",
            "latency": 1,
            "operands": [operand for operand, is_held in held.items() if is_held],
            "served_dimensions": _all_dimensions(asked),
            **({"bandwidth_gb_s": gb_s} if is_bus else {}),
            "ports": _dram_ports((least, width), movements, is_bus=is_bus),
        },
        {
            "": f"{asked.dram_mb} MB, off chip",
            "r_cost": f"{pj_per_bit:g} pJ per bit x {width} bits",
            "area": "off chip",
            "bandwidth_gb_s": "its kind's" if asked.dram_gb_s is None else "its own",
        },
    )


def _dram_ports(
    widths: tuple[int, int], movements: list[str], *, is_bus: bool
) -> list[dict[str, Any]]:
    """A bus carries one movement at a time; the study has two ports each way."""
    if is_bus:
        return [_port("rw_port_1", "read_write", widths, *movements)]
    reads = [[movement] for movement in movements if movement.endswith("tl")]
    writes = [[movement] for movement in movements if movement.endswith("fl")]
    return [*_shared("r", "read", 2, reads, widths), *_shared("w", "write", 2, writes, widths)]


def _all_dimensions(asked: TemplateParameters) -> list[str]:
    return ["D1", "D2", "D3"] if asked.macros > 1 else ["D1", "D2"]


def _port(name: str, kind: str, widths: tuple[int, int], *allocation: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "bandwidth_min": widths[0],
        "bandwidth_max": widths[1],
        "allocation": list(allocation),
    }
