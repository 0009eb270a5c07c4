"""Bits per element of each operand, and what callers may write for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zigzag_imc.core.arguments import is_whole, shown
from zigzag_imc.core.bits import MOST_BITS, Bits
from zigzag_imc.core.errors import OptionError, WorkloadError, nearest

FIELDS = ("W", "I", "O", "O_final")
"""Names of the precisions in texts and dicts."""

_MOST_DIGITS = 9


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
                raise WorkloadError(f"precision of {name}: {_no_bits(value)}")
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


def _no_bits(found: object) -> str:
    most = f", at most {MOST_BITS}" if is_whole(found) and int(found) > MOST_BITS else ""
    return f"found {shown(found)}, expected a whole number of bits, at least 1{most}"


def precision_of(found: object) -> Precision:
    """Return the precision that a caller means.

    A `Precision`, a text such as ``W=4,I=8``, or a dict such as ``{"W": 4}``; what is left out
    has its default, see `Bits.filled`.

    Raises
    ------
    OptionError
        When it is none of these, a name is unknown, or a number of bits is not a whole number.
    """
    if isinstance(found, Precision):
        return found
    return Bits(**bits_of(found)).filled(DEFAULT)


def bits_of(found: object) -> dict[str, int]:
    """Return the bits that a text or a dict says, by name.

    Raises
    ------
    OptionError
        As `precision_of`.
    """
    if isinstance(found, str):
        return _parsed(found)
    if not isinstance(found, Mapping):
        raise OptionError(
            f"precision: found {shown(found)}, expected a Precision, a dict such as "
            "{'W': 4}, or a text such as 'W=4,I=8'"
        )
    bits: dict[str, int] = {}
    for name, value in found.items():
        _check_name(name, shown(name))
        if not is_bits(value):
            raise OptionError(f"precision: {name}: {_no_bits(value)}")
        bits[str(name)] = int(value)
    return bits


def _check_name(name: object, found: str) -> None:
    if name not in FIELDS:
        near = nearest(name, FIELDS) if isinstance(name, str) else ""
        raise OptionError(
            f"precision: found {found}, expected {', '.join(FIELDS)} as in "
            f"W=8,I=8,O=16,O_final=8{near}"
        )


def _parsed(text: str) -> dict[str, int]:
    """Return the bits that text such as ``W=4,I=8,O=16,O_final=8`` says."""
    bits: dict[str, int] = {}
    for part in text.split(","):
        name, separator, number = (piece.strip() for piece in part.partition("="))
        _check_name(name if separator else None, repr(part.strip()))
        if name in bits:
            raise OptionError(f"precision: {name} is given twice")
        is_number = number.isascii() and number.isdecimal()
        # Python refuses to read thousands of digits; so many are too many bits in any case.
        value = int(number[:_MOST_DIGITS]) if is_number else 0
        if not 1 <= value <= MOST_BITS:
            most = f", at most {MOST_BITS}" if value else ""
            raise OptionError(
                f"precision: {name}: found {number!r}, expected a whole number of bits, "
                f"at least 1{most}"
            )
        bits[name] = value
    return bits


DEFAULT = Precision()
"""Bits of elements of which nobody speaks."""
