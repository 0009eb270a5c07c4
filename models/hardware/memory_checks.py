"""What the entries of one memory in an accelerator file, and of its ports, must mean together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.models.hardware.movements import FILE_OPERANDS, meant_movement, parse_movement
from zigzag_imc.models.hardware.problems import (
    Problem,
    listed,
    name_problems,
    unknown_dimension,
)
from zigzag_imc.models.hardware.schema import MemoryEntry, PortEntry, shown


def memory_problems(name: str, memory: MemoryEntry, dimensions: Sequence[str]) -> Iterator[Problem]:
    """Yield what is wrong with one memory, seen alone."""
    at = f"memories.{name}"
    yield from name_problems("memories", name)
    yield from _cost_problems(at, memory)
    yield from _operand_problems(at, memory)
    yield from _served_problems(at, memory, dimensions)
    taken: dict[tuple[str, Direction], str] = {}
    names: list[str] = []
    for index, port in enumerate(memory.ports):
        port_at = f"{at}.ports[{index}]"
        yield from name_problems(f"{port_at}.name", port.name)
        if port.name in names:
            yield f"{port_at}.name", f"port {shown(port.name)} is named twice"
        names.append(port.name)
        yield from _port_problems(port_at, port, memory, taken)


def _cost_problems(at: str, memory: MemoryEntry) -> Iterator[Problem]:
    if memory.auto_cost_extraction:
        yield f"{at}.auto_cost_extraction", _without_cacti(memory)
    for key in _missing_costs(memory):
        yield f"{at}.{key}", f"missing; expected {MemoryEntry.model_fields[key].description}"


def _missing_costs(memory: MemoryEntry) -> list[str]:
    return [key for key in ("r_cost", "w_cost", "area") if getattr(memory, key) is None]


def _without_cacti(memory: MemoryEntry) -> str:
    """Say what a memory needs of whose costs the table of CACTI's results knows nothing."""
    kind = (
        "a DRAM" if memory.mem_type == "dram" else f"an SRAM of {memory.size} bits with such ports"
    )
    missing = _missing_costs(memory)
    if not missing:
        given = f"r_cost {memory.r_cost:g}, w_cost {memory.w_cost:g} and area {memory.area:g}"
        return f"found true, but of {kind} no costs are known; set it to false to count {given}"
    wanted = ", ".join(f"{key} ({MemoryEntry.model_fields[key].description})" for key in missing)
    return f"found true, but of {kind} no costs are known; set it to false and give {wanted}"


def _operand_problems(at: str, memory: MemoryEntry) -> Iterator[Problem]:
    if not memory.operands:
        yield (
            f"{at}.operands",
            "no operand uses this memory; expected some of I1, I2, O, or remove the memory",
        )
    for operand in FILE_OPERANDS:
        if memory.operands.count(operand) > 1:  # type: ignore[arg-type]
            yield f"{at}.operands", f"operand {operand} is named twice"


def _served_problems(at: str, memory: MemoryEntry, dimensions: Sequence[str]) -> Iterator[Problem]:
    for index, dimension in enumerate(memory.served_dimensions):
        if dimension not in dimensions:
            yield f"{at}.served_dimensions[{index}]", unknown_dimension(dimension, dimensions)
        if dimension in memory.served_dimensions[:index]:
            yield f"{at}.served_dimensions[{index}]", f"dimension {dimension} is named twice"


def _port_problems(
    at: str, port: PortEntry, memory: MemoryEntry, taken: dict[tuple[str, Direction], str]
) -> Iterator[Problem]:
    if port.bandwidth_min > port.bandwidth_max:
        yield (
            f"{at}.bandwidth_min",
            f"found {port.bandwidth_min}, expected at most bandwidth_max, which is "
            f"{port.bandwidth_max}",
        )
    if not port.allocation:
        yield (
            f"{at}.allocation",
            "no movement uses this port; expected some such as 'I1, fh', or remove the port",
        )
    for index, text in enumerate(port.allocation):
        movement = parse_movement(text)
        entry = f"{at}.allocation[{index}]"
        if movement is None:
            near = meant_movement(text, list(memory.operands))
            yield entry, f"found {shown(text)}, expected operand and direction as in 'I1, fh'{near}"
            return
        for message in _movement_problems(movement, port, memory):
            yield entry, f"found {shown(text)}, but {message}"
        if movement in taken:
            yield entry, f"found {shown(text)}, which port {taken[movement]} already carries"
        taken[movement] = port.name


def _movement_problems(
    movement: tuple[str, Direction], port: PortEntry, memory: MemoryEntry
) -> Iterator[str]:
    operand, direction = movement
    if operand not in memory.operands:
        yield f"this memory holds {listed(memory.operands)}, not {operand}"
    verb = "write" if direction.writes else "read"
    if port.type not in (verb, "read_write"):
        yield f"{direction} {verb}s the memory and the port's type is {port.type}"
