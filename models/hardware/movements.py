"""Movements of operands through ports, as an accelerator file names them: ``'I1, fh'``."""

from __future__ import annotations

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.errors import nearest

FILE_OPERANDS = {"I1": "I", "I2": "W", "O": "O"}
"""Operand of the layer per operand of the file."""

_DIRECTIONS = [direction.value for direction in Direction]


def parse_movement(text: str) -> tuple[str, Direction] | None:
    """Return operand (as in the file) and direction of an allocation; ``None`` if it is none."""
    operand, direction = _parts(text)
    if operand in FILE_OPERANDS and direction in _DIRECTIONS:
        return operand, Direction(direction)
    return None


def meant_movement(text: str, operands: list[str]) -> str:
    """Say what would be valid in place of a text that is no movement, and what is nearest.

    Parameters
    ----------
    text
        What was found.
    operands
        Operands, as in the file, of the memory.
    """
    operand, direction = _parts(text)
    if operand in FILE_OPERANDS:
        return f"; directions are {', '.join(_DIRECTIONS)}{nearest(direction, _DIRECTIONS)}"
    valid = [f"{operand}, {direction}" for operand in operands for direction in _DIRECTIONS]
    return f"; operands are {', '.join(FILE_OPERANDS)}{nearest(text, valid)}"


def _parts(text: str) -> tuple[str, str]:
    operand, _, direction = text.partition(",")
    return operand.strip(), direction.strip()
