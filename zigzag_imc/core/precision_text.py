"""What callers may write for bits per element: texts and dicts."""

from __future__ import annotations

from collections.abc import Mapping

from zigzag_imc.core.arguments import shown
from zigzag_imc.core.bits import Bits
from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.core.precision import DEFAULT, FIELDS, MOST_BITS, Precision, is_bits, no_bits

_MOST_DIGITS = 9
"""Digits of a number of bits that are read; more are too many bits in any case."""


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
            raise OptionError(f"precision: {name}: {no_bits(value)}")
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
