"""What the memories of an accelerator file must mean together.

Cells below, every operand held and carried.

These checks may rely on all those of ``array_checks`` and ``memory_checks``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.errors import nearest
from zigzag_imc.models.hardware.movements import FILE_OPERANDS, parse_movement
from zigzag_imc.models.hardware.problems import Problem
from zigzag_imc.models.hardware.schema import AcceleratorEntry, ArrayEntry, MemoryEntry

_WORDS = {"I1": "inputs", "I2": "weights", "O": "outputs"}


def hierarchy_problems(entries: AcceleratorEntry) -> Iterator[Problem]:
    """Yield what is wrong with the memories as a hierarchy."""
    yield from _cells_problems(entries.memories, entries.operational_array)
    for operand, word in _WORDS.items():
        levels = [name for name, memory in entries.memories.items() if operand in memory.operands]
        if levels:
            yield from _level_problems(operand, levels, entries)
        else:
            yield (
                "memories",
                f"no memory holds the {word} ({operand}); add {operand} to the operands of at "
                "least one",
            )


def _level_problems(
    operand: str, levels: Sequence[str], entries: AcceleratorEntry
) -> Iterator[Problem]:
    """Yield what is wrong with the memories of one operand, the lowest first."""
    memories = entries.memories
    for below, above in pairwise(levels):
        yield from _nesting_problems(operand, below, above, memories)
    yield from _top_problems(operand, levels, entries)
    for name in levels:
        yield from _movement_problems(operand, name, memories[name], top=name == levels[-1])


def _cells_problems(memories: Mapping[str, MemoryEntry], array: ArrayEntry) -> Iterator[Problem]:
    assert array.input_precision is not None  # array_problems asks for it
    weight_bits = array.input_precision[1]
    if "cells" not in memories:
        near = nearest("cells", memories)
        yield (
            "memories",
            f"no memory is called cells, which holds the weights (I2) in the array{near}",
        )
        return
    cells = memories["cells"]
    if cells.operands != ["I2"]:
        found = ", ".join(cells.operands)
        yield (
            "memories.cells.operands",
            f"found [{found}], expected [I2]: the cells of the array hold weights only",
        )
    if cells.served_dimensions:
        found = ", ".join(cells.served_dimensions)
        yield (
            "memories.cells.served_dimensions",
            f"found [{found}], expected []: each multiplier has its own cells",
        )
    if cells.size % weight_bits:
        yield (
            "memories.cells.size",
            f"found {cells.size}, expected a whole multiple of the {weight_bits} bits of a weight",
        )
    lowest = next(name for name, memory in memories.items() if "I2" in memory.operands)
    if lowest != "cells":
        yield (
            f"memories.{lowest}",
            "holds weights (I2) below the cells; list memories lowest first, cells before all",
        )


def _nesting_problems(
    operand: str, below: str, above: str, memories: Mapping[str, MemoryEntry]
) -> Iterator[Problem]:
    # One instance feeds each instance below it, so it serves at least the same part of the array.
    missing = sorted({*memories[below].served_dimensions} - {*memories[above].served_dimensions})
    if missing:
        yield (
            f"memories.{above}.served_dimensions",
            f"{', '.join(missing)} is missing: {below}, the memory below for the "
            f"{_WORDS[operand]} ({operand}), serves it; list memories lowest first, "
            "each serving at least what those below serve",
        )


def _top_problems(
    operand: str, levels: Sequence[str], entries: AcceleratorEntry
) -> Iterator[Problem]:
    # The top holds whole operands: a lower level that is larger, all instances together, is out of
    # order.
    top = levels[-1]
    for name in levels[:-1]:
        if _total_bits(name, entries) > _total_bits(top, entries):
            yield (
                f"memories.{top}.size",
                f"the highest memory of the {_WORDS[operand]} ({operand}) is smaller than {name} "
                f"below it ({_total_bits(top, entries)} and {_total_bits(name, entries)} bits, "
                "all instances); list memories lowest first",
            )


def _total_bits(name: str, entries: AcceleratorEntry) -> int:
    memory, array = entries.memories[name], entries.operational_array
    sizes = zip(array.dimensions, array.sizes, strict=True)
    return memory.size * math.prod(
        size for dimension, size in sizes if dimension not in memory.served_dimensions
    )


def _movement_problems(
    operand: str, name: str, memory: MemoryEntry, *, top: bool
) -> Iterator[Problem]:
    carried = {parse_movement(text) for port in memory.ports for text in port.allocation}
    is_output = FILE_OPERANDS[operand] == "O"
    needed = {
        Direction.TO_LOW: True,
        Direction.FROM_LOW: is_output,
        Direction.FROM_HIGH: not top,
        Direction.TO_HIGH: is_output and not top,
    }
    missing = [
        f"'{operand}, {direction}'"
        for direction, wanted in needed.items()
        if wanted and (operand, direction) not in carried
    ]
    if missing:
        level = "the highest memory of" if top else "a memory below another for"
        yield (
            f"memories.{name}.ports",
            f"no port carries {' or '.join(missing)}, which {level} the {_WORDS[operand]} "
            f"({operand}) needs; add it to the allocation of a port",
        )
