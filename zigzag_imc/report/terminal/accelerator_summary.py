"""What an accelerator is made of: array, memories, clock, area and peak performance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.text import Text

from zigzag_imc.core.accelerator import Accelerator, MemoryInstance
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.results.parts import HardwareRecord
from zigzag_imc.results.units import BITS, figure, percent, with_unit


def print_accelerator(
    accelerator: Accelerator, hardware: HardwareRecord, cost_model: str, console: Console
) -> None:
    """Print the memories, the components of the array, and a line for each figure."""
    memories = Listing(
        (
            Column("memory"),
            Column("holds"),
            Column("size", numbers=True),
            Column("instances", numbers=True),
            Column("bits/cycle", rank=1),
            Column("read (pJ)", numbers=True),
            Column("write (pJ)", numbers=True),
            Column("area (mm2)", numbers=True),
        )
    )
    for memory in accelerator.memories:
        memories.add(
            Text(memory.name),
            Text(" ".join(memory.operands)),
            with_unit(memory.size_bits, BITS),
            f"{hardware.memory_instances[memory.name]:,}",
            Text(_widths(memory)),
            figure(memory.read_energy_pj),
            figure(memory.write_energy_pj),
            figure(hardware.memory_area_mm2.get(memory.name)),
        )
    memories.print(console)
    console.print()
    parts = Listing(
        (
            Column("array"),
            Column("delay (ns)", numbers=True),
            Column("area (mm2)", numbers=True),
            Column("share", numbers=True),
        )
    )
    for component, area in hardware.array_area_mm2.items():
        delay = hardware.critical_path_ns.get(component, 0.0)
        if area or delay:
            share = percent(area / hardware.area_mm2)
            parts.add(Text(component), figure(delay), figure(area), share)
    parts.print(console)
    console.print()
    for key, value in _lines(accelerator, hardware, cost_model):
        console.print(Text.assemble((f"{key:<12}", "bold"), value), soft_wrap=True)


def _widths(memory: MemoryInstance) -> str:
    """Full widths of the ports, each once."""
    return " ".join(dict.fromkeys(str(port.bandwidth_max) for port in memory.ports))


def _lines(
    accelerator: Accelerator, hardware: HardwareRecord, cost_model: str
) -> Iterator[tuple[str, str]]:
    array, technology = accelerator.array, accelerator.technology
    adc = f"{array.adc_bits:g}-bit ADC by the {array.adc_model}"
    kind = f"analog, {adc}" if array.analog else "digital"
    size = " x ".join(f"{name} {lanes}" for name, lanes in array.dimensions)
    yield "accelerator", f"{accelerator.name}: {kind}, {size}"
    yield (
        "precision",
        f"{array.activation_bits}-bit activations, {array.bits_per_cycle:g} a cycle, "
        f"{array.weight_bits}-bit weights, {accelerator.group_depth} per multiplier",
    )
    yield "technology", f"{technology.node_nm:g} nm, {technology.supply_v:g} V"
    path_ns = _sum(hardware.critical_path_ns)
    slower = f" (critical path {figure(path_ns)} ns)" if hardware.tclk_ns > path_ns else ""
    frequency = figure(1e3 / hardware.tclk_ns)
    yield "clock", f"{figure(hardware.tclk_ns)} ns = {frequency} MHz{slower}"
    memories = figure(_sum(hardware.memory_area_mm2))
    array_mm2 = figure(_sum(hardware.array_area_mm2))
    yield (
        "area",
        f"{figure(hardware.area_mm2)} mm2: array {array_mm2}, memories {memories} "
        f"({_counted(hardware)}, cost model {cost_model})",
    )
    yield (
        "peak",
        f"{figure(hardware.peak_tops)} TOPS; of the array alone "
        f"{figure(hardware.peak_tops_per_w)} TOPS/W, {figure(hardware.peak_tops_per_mm2)} TOPS/mm2",
    )
    for name, source in (hardware.cost_sources or {}).items():
        yield "costs", f"{name}: {source}"


def _counted(hardware: HardwareRecord) -> str:
    """Say what counts; the cells are in the array, and once more where each memory counts once."""
    return "each once" if "cells" in hardware.memory_area_mm2 else "all instances"


def _sum(values: Mapping[str, float]) -> float:
    return sum(values.values())
