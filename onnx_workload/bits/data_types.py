"""Bits of element types: those of ONNX, and those that QONNX and FINN write as text."""

from __future__ import annotations

import re

import onnx

# Floating point of 16 bits and more and integers of 32 and more say nothing of a quantization.
_NARROW = re.compile(r"U?INT(?P<int>2|4|8|16)|FLOAT(?P<float>4|8)E\w+")
_TEXT = re.compile(r"U?INT(\d{1,3})|(?:FIXED|UFIXED|SCALEDINT|FLOAT)<(\d{1,3})(?:,(\d{1,3}))?.*>")
_WORDS = {"BINARY": 1, "BIPOLAR": 1, "TERNARY": 2}

BITS_OF_TYPE: dict[int, int] = {
    number: int(found["int"] or found["float"])
    for name, number in onnx.TensorProto.DataType.items()
    if (found := _NARROW.fullmatch(name))
}
"""Bits of the element types that are narrow enough to be a quantization."""


def bits_of_text(text: str) -> int | None:
    """Return the bits of a type such as ``INT4``, ``BIPOLAR`` or ``FIXED<8,3>``, if it is one."""
    word = text.strip().upper()
    if word in _WORDS:
        return _WORDS[word]
    found = _TEXT.fullmatch(word)
    if found is None:
        return None
    whole, first, second = found.groups()
    if whole:
        return int(whole) if 1 <= int(whole) <= 32 else None
    # FLOAT<exponent,mantissa> has a sign, too; of the others, the first number counts all bits.
    bits = 1 + int(first) + int(second or 0) if word.startswith("FLOAT") else int(first)
    return bits if 1 <= bits <= 32 else None
