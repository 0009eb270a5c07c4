"""What is said of memories that lack an operand or stand in another order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.models.hardware.small_file import (
    message_of,
    small,
)


def without_operand(operand: str) -> dict[str, Any]:
    contents = small()
    for name, memory in list(contents["memories"].items()):
        memory["operands"] = [held for held in memory["operands"] if held != operand]
        for port in memory["ports"]:
            port["allocation"] = [
                text for text in port["allocation"] if not text.startswith(operand)
            ]
        memory["ports"] = [port for port in memory["ports"] if port["allocation"]]
        if not memory["operands"]:
            del contents["memories"][name]
    return contents


@pytest.mark.parametrize(
    ("operand", "fragment"),
    [
        ("I1", "memories: no memory holds the inputs (I1); add I1"),
        ("O", "memories: no memory holds the outputs (O); add O"),
        ("I2", "memories: no memory is called cells"),
    ],
)
def test_operand_in_no_memory(operand: str, fragment: str) -> None:
    assert fragment in message_of(without_operand(operand))


def renamed_cells(contents: dict[str, Any]) -> dict[str, Any]:
    contents["memories"] = {
        "Cell" if name == "cells" else name: m for name, m in contents["memories"].items()
    }
    return contents


def cells_last(contents: dict[str, Any]) -> dict[str, Any]:
    contents["memories"]["cells"] = contents["memories"].pop("cells")
    return contents


def sram_last(contents: dict[str, Any]) -> dict[str, Any]:
    contents["memories"]["sram"] = contents["memories"].pop("sram")
    return contents


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        (
            renamed_cells,
            "memories: no memory is called cells, which holds the weights (I2) in the array "
            "(did you mean",
        ),
        (
            cells_last,
            "memories.dram: holds weights (I2) below the cells; list memories lowest first",
        ),
        (
            sram_last,
            "memories.sram.size: the highest memory of the inputs (I1) is smaller than dram "
            "below it",
        ),
    ],
)
def test_memories_out_of_order(
    change: Callable[[dict[str, Any]], dict[str, Any]], fragment: str
) -> None:
    assert fragment in message_of(change(small()))
