"""Bits per element of each operand."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.arguments import is_whole, shown
from zigzag_imc.core.errors import WorkloadError

FIELDS = ("W", "I", "O", "O_final")
"""Names of the precisions in texts and dicts."""

MOST_BITS = 1024
"""Bits that an element may have at most."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Bits per element of each operand; ``O`` is a partial sum, ``O_final`` a finished output.

    Attributes
    ----------
    W, I, O, O_final
        Bits of a weight, an input, a partial sum and a finished output.
    """

    W: int = 8
    I: int = 8  # noqa: E741  (the field's name for input activations)
    O: int = 16  # noqa: E741  (the field's name for outputs)
    O_final: int = 8

    def __post_init__(self) -> None:
        for name in FIELDS:
            value = getattr(self, name)
            if not is_bits(value):
                raise WorkloadError(f"precision of {name}: {no_bits(value)}")
            object.__setattr__(self, name, int(value))

    @property
    def least_output(self) -> int:
        """Bits of an output on its way at least: of a partial sum or of a finished one."""
        return min(self.O, self.O_final)

    def least_bits(self, operand: str) -> int:
        """Bits of one element of ``operand`` on its way at least."""
        return self.least_output if operand == "O" else self.bits(operand)

    def bits(self, operand: str) -> int:
        """Bits of one element of ``operand`` ('W', 'I' or 'O')."""
        return int(getattr(self, operand))


def is_bits(found: object) -> bool:
    """Whether something is a number of bits that an element may have."""
    return is_whole(found) and 1 <= int(found) <= MOST_BITS


def no_bits(found: object) -> str:
    """Say that something is no number of bits, and what would be one."""
    most = f", at most {MOST_BITS}" if is_whole(found) and int(found) > MOST_BITS else ""
    return f"found {shown(found)}, expected a whole number of bits, at least 1{most}"


DEFAULT = Precision()
"""Bits of elements of which nobody speaks."""
