"""Values of a parameter: one, a list, equal steps, or powers of two."""

from __future__ import annotations

from collections.abc import Mapping

from zigzag_imc.core.arguments import is_number, is_whole

Value = bool | int | float | str
"""What a parameter may be."""

MOST_VALUES = 100_000
"""Values of the longest range."""

EXPECTED = "a value, a list of values, {from: 1, to: 9, step: 2} or {powers_of_two: [32, 1024]}"


def values_of(found: object) -> tuple[Value, ...]:
    """Return the values that a range stands for, each once, in the order of the file.

    Raises
    ------
    ValueError
        When it is no range; the message completes the sentence "found ..., expected ...".
    """
    if isinstance(found, Mapping):
        values: tuple[object, ...] = _of_mapping(found)
    else:
        values = tuple(found) if isinstance(found, list | tuple) else (found,)
    for value in values:
        if not isinstance(value, bool | int | float | str):
            raise ValueError(EXPECTED)
    if not values:
        raise ValueError("at least one value")
    return tuple(dict.fromkeys(values))  # type: ignore[arg-type]


def _of_mapping(found: Mapping[object, object]) -> tuple[object, ...]:
    if set(found) == {"powers_of_two"}:
        return _powers(found["powers_of_two"])
    if {"from", "to"} <= set(found) <= {"from", "to", "step"}:
        return _steps(found["from"], found["to"], found.get("step", 1))
    raise ValueError(EXPECTED)


def _powers(found: object) -> tuple[int, ...]:
    """Return the powers of two from the least to the most, both included."""
    match found:
        case [int(least), int(most)] if 1 <= least <= most:
            # The first power of two from ``least`` on, and the last up to ``most``.
            exponents = range((least - 1).bit_length(), most.bit_length())
            powers = tuple(2**exponent for exponent in exponents)
            if powers:
                return powers
    raise ValueError(
        "powers_of_two: [least, most], whole numbers from 1 on with a power of two between them"
    )


def _steps(start: object, end: object, step: object) -> tuple[int | float, ...]:
    """Return ``start``, ``start + step`` … up to ``end``, which is included."""
    if not (is_number(start) and is_number(end) and is_number(step)):
        raise ValueError("from, to and step to be numbers")
    first, last, by = (float(number) for number in (start, end, step))
    if by <= 0 or last < first or (last - first) / by >= MOST_VALUES:
        raise ValueError(f"from at most to, a step above 0, and fewer than {MOST_VALUES:,} values")
    # Counted, not added up: 0.1 ten times is not 1.
    count = int((last - first) / by * (1 + 1e-12) + 1e-9) + 1
    if all(map(is_whole, (start, step))):
        return tuple(int(first) + number * int(by) for number in range(count))
    return tuple(first + number * by for number in range(count))
