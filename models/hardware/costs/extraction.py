"""Costs that an accelerator file leaves to the tool: ``auto_cost_extraction: true``.

ZigZag asks CACTI for one SRAM of 22 nm, as wide as its first port that reads, with a port to read
and one to write. Here the table of CACTI's results answers, for the node of the file's technology,
and for a single port where all ports of the memory both read and write.
"""

from __future__ import annotations

from collections.abc import Mapping

from zigzag_imc.core.technology import NODE_28NM
from zigzag_imc.models.hardware.costs.cells import bank_of_cells
from zigzag_imc.models.hardware.costs.sram import (
    SINGLE_PORT,
    SramCost,
    SramPorts,
    SramShape,
)
from zigzag_imc.models.hardware.costs.sram_table import SramTable
from zigzag_imc.models.hardware.schema import AcceleratorEntry, ArrayEntry, MemoryEntry

CELLS = "cells"
"""Name of the memory in the array."""

_DUAL_PORT = SramPorts(0, 1, 1)
_BYTE = 8


def with_extracted_costs(entries: AcceleratorEntry) -> AcceleratorEntry:
    """Return the entries of a file with the costs of all memories that leave them to the tool.

    A memory of which the table knows nothing stays as it is.
    """
    asking = [name for name, memory in entries.memories.items() if memory.auto_cost_extraction]
    if not asking:
        return entries
    memories: dict[str, MemoryEntry] = dict(entries.memories)
    for name in asking:
        memory = memories[name]
        costs = _costs_of_cells(memory, entries) if name == CELLS else _costs(memory, entries)
        if costs is not None:
            memories[name] = memory.model_copy(update={"auto_cost_extraction": False, **costs})
    return entries.model_copy(update={"memories": memories})


def _costs(memory: MemoryEntry, entries: AcceleratorEntry) -> Mapping[str, object] | None:
    """Return the costs of an SRAM."""
    widths = [port.bandwidth_max for port in memory.ports if port.type != "write"]
    if memory.mem_type == "dram" or not widths:
        return None
    shape = SramShape(memory.size / _BYTE, widths[0], _node_nm(entries), _ports(memory))
    cost = SramTable.shipped().cost(shape)
    return None if cost is None else _entry(cost, cost.read_pj, cost.write_pj, cost.area_mm2)


def _costs_of_cells(memory: MemoryEntry, entries: AcceleratorEntry) -> Mapping[str, object] | None:
    """Return the costs of the cells of one multiplier: a share of those of a macro."""
    array = entries.operational_array
    if not _is_whole(array):
        return None
    columns, rows = _columns_and_rows(array)
    bits = array.input_precision[1] if array.input_precision else 1
    bank = bank_of_cells(
        SramTable.shipped(), rows * memory.size // bits, columns * bits, _node_nm(entries)
    )
    if bank is None:
        return None
    return _entry(bank.cost, 0.0, bank.write_pj(bits), bank.area_mm2(memory.size))


def _is_whole(array: ArrayEntry) -> bool:
    """Whether an array says what is needed; what it lacks is told when all is checked."""
    has_sizes = len(array.dimensions) == len(array.sizes) >= 2 and min(array.sizes) >= 1
    return has_sizes and array.input_precision is not None and len(array.input_precision) == 2


def _columns_and_rows(array: ArrayEntry) -> tuple[int, int]:
    by_name = sorted(zip(array.dimensions, array.sizes, strict=True))
    return by_name[0][1], by_name[1][1]


def _ports(memory: MemoryEntry) -> SramPorts:
    """Return the ports that the table has and that come nearest to those of a memory."""
    only_shared = all(port.type == "read_write" for port in memory.ports)
    return SINGLE_PORT if only_shared else _DUAL_PORT


def _node_nm(entries: AcceleratorEntry) -> float:
    technology = entries.technology
    given = None if technology is None else technology.node_nm
    return NODE_28NM.node_nm if given is None else given


def _entry(cost: SramCost, read_pj: float, write_pj: float, area_mm2: float) -> dict[str, object]:
    return {
        "r_cost": read_pj,
        "w_cost": write_pj,
        "area": area_mm2,
        "cost_source": cost.source,
    }
