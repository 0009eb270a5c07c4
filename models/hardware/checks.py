"""What the entries of an accelerator file must mean together: the array, each memory and its ports.

Every function yields ``(path of the field, message)``, the most telling problem first. A later
check may rely on the earlier ones: only the first problem is ever shown. ``accelerator_hierarchy``
looks at the memories together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.errors import nearest
from zigzag_imc.models.hardware.schema import ArrayEntry, MemoryEntry, PortEntry, shown

Problem = tuple[str, str]

FILE_OPERANDS = {"I1": "I", "I2": "W", "O": "O"}
"""Operand of the layer per operand of the file."""


def parse_movement(text: str) -> tuple[str, Direction] | None:
    """Return operand (as in the file) and direction of an allocation such as ``'I1, fh'``.

    ``None`` if it is none.
    """
    operand, _, direction = (part.strip() for part in text.partition(","))
    return (
        (operand, Direction(direction))
        if operand in FILE_OPERANDS and direction in list(Direction)
        else None
    )


def name_problems(path: str, name: str) -> Iterator[Problem]:
    """Yield what is wrong with a name: tables and messages of one line show it."""
    if not name.strip() or not name.isprintable():
        yield path, f"found the name {shown(name)}, expected printable characters"


def array_problems(array: ArrayEntry) -> Iterator[Problem]:
    """Yield what is wrong with the array."""
    at = "operational_array"
    if not array.is_imc:
        found = "found false," if "is_imc" in array.model_fields_set else "missing;"
        yield (
            f"{at}.is_imc",
            f"{found} expected true: only accelerators with an in-memory-computing array are "
            "mapped",
        )
    yield from _dimension_problems(array)
    if array.imc_type is None:
        yield f"{at}.imc_type", "missing; expected analog or digital"
    yield from _precision_problems(array)
    yield from _adc_problems(array)
    # ZigZag takes the rows from the second name, wherever it stands in the list.
    bitline = sorted(array.dimensions)[1]
    index = array.dimensions.index(bitline)
    if array.imc_type == "digital" and not _is_power_of_two(array.sizes[index]):
        yield (
            f"{at}.sizes[{index}]",
            f"found {array.sizes[index]} rows ({bitline}), but the adder trees of a digital "
            "array need a power of two",
        )


def _dimension_problems(array: ArrayEntry) -> Iterator[Problem]:
    at, names = "operational_array", array.dimensions
    for index, name in enumerate(names):
        if not re.fullmatch(r"D\d", name):
            yield (
                f"{at}.dimensions[{index}]",
                f"found {shown(name)}, expected D and one digit, such as D{index + 1}",
            )
        if name in names[:index]:
            yield f"{at}.dimensions[{index}]", f"dimension {name} is named twice"
    if len(names) < 2:
        yield (
            f"{at}.dimensions",
            f"found {_listed(names)}, expected at least two: D1 (columns) and D2 (rows)",
        )
    if len(array.sizes) != len(names):
        yield (
            f"{at}.sizes",
            f"found {len(array.sizes)} sizes for the {len(names)} dimensions {_listed(names)}",
        )
    for index, size in enumerate(array.sizes):
        if size < 1:
            yield f"{at}.sizes[{index}]", f"found {size}, expected a whole number, at least 1"
    for index, name in enumerate(array.systolic_dimensions):
        if name not in names:
            yield f"{at}.systolic_dimensions[{index}]", _unknown_dimension(name, names)


def _precision_problems(array: ArrayEntry) -> Iterator[Problem]:
    at, precision = "operational_array.input_precision", array.input_precision
    if precision is None or len(precision) != 2:
        found = "missing;" if precision is None else f"found {len(precision)} numbers,"
        yield at, f"{found} expected two powers of two: [activation bits, weight bits]"
        return
    for index, bits in enumerate(precision):
        if not _is_power_of_two(bits):
            yield f"{at}[{index}]", f"found {bits}, expected a power of two"
    serial = array.bit_serial_precision
    if serial is None or serial > precision[0] or not _is_power_of_two(serial):
        yield (
            "operational_array.bit_serial_precision",
            f"{'missing;' if serial is None else f'found {serial:g},'} expected the activation "
            "bits applied per "
            f"cycle, a power of two up to {precision[0]} (activation bits)",
        )


def _adc_problems(array: ArrayEntry) -> Iterator[Problem]:
    at, adc = "operational_array.adc_resolution", array.adc_resolution
    if array.imc_type == "analog" and (adc is None or adc < 1):
        yield (
            at,
            f"{'missing;' if adc is None else f'found {adc:g},'} expected the bits of an ADC, "
            "at least 1",
        )
    if array.imc_type == "digital" and adc:
        yield (
            at,
            f"found {adc:g}, but a digital array has no ADC; leave it out, or set imc_type: analog",
        )


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
        yield (
            f"{at}.auto_cost_extraction",
            "found true, but costs are not extracted with CACTI; set it to false and give "
            "r_cost, w_cost and area",
        )
    for key in ("r_cost", "w_cost", "area"):
        if getattr(memory, key) is None:
            yield f"{at}.{key}", f"missing; expected {MemoryEntry.model_fields[key].description}"


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
            yield f"{at}.served_dimensions[{index}]", _unknown_dimension(dimension, dimensions)
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
        entry = f"{at}.allocation[{index}]"
        movement = parse_movement(text)
        if movement is None:
            valid = [
                f"{operand}, {direction}" for operand in memory.operands for direction in Direction
            ]
            near = _near_movement(text, valid)
            yield entry, f"found {shown(text)}, expected operand and direction as in 'I1, fh'{near}"
            return
        operand, direction = movement
        if operand not in memory.operands:
            yield (
                entry,
                f"found {shown(text)}, but this memory holds {_listed(memory.operands)}, not "
                f"{operand}",
            )
        if port.type != "read_write" and direction.writes != (port.type == "write"):
            verb = "writes" if direction.writes else "reads"
            yield (
                entry,
                f"found {shown(text)}, but {direction} {verb} the memory and the port's type is "
                f"{port.type}",
            )
        if movement in taken:
            yield entry, f"found {shown(text)}, which port {taken[movement]} already carries"
        taken[movement] = port.name


def _near_movement(text: str, valid: Sequence[str]) -> str:
    operand, _, direction = (part.strip() for part in text.partition(","))
    directions = [valid_direction.value for valid_direction in Direction]
    if operand in FILE_OPERANDS:
        return f"; directions are {', '.join(directions)}{nearest(direction, directions)}"
    return f"; operands are {', '.join(FILE_OPERANDS)}{nearest(text, valid)}"


def _unknown_dimension(name: str, dimensions: Sequence[str]) -> str:
    near = nearest(name, dimensions)
    return (
        f"found {shown(name)}, expected one of the array's dimensions {_listed(dimensions)}{near}"
    )


def _listed(names: Sequence[str]) -> str:
    return f"[{', '.join(names)}]"


def _is_power_of_two(value: float) -> bool:
    return value >= 1 and value == int(value) and int(value) & (int(value) - 1) == 0
