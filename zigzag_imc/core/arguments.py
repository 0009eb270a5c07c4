"""What callers may hand over for a parameter: numbers of any library, and clear words for the rest.

Each function returns the value in Python's own type, or raises the project's error in one line:
the name of the parameter, what was found, what would be valid.
"""

from __future__ import annotations

import math
import os
from collections.abc import KeysView
from numbers import Integral, Real
from typing import TypeGuard, TypeVar

from zigzag_imc.core.errors import OptionError, ZigzagImcError

T = TypeVar("T")

LARGEST = 2**63 - 1
"""Largest whole number of 64 bits."""


def shown(found: object) -> str:
    """Return what was handed over, in short."""
    if is_real(found):
        return repr(as_number(found))[:60]
    if isinstance(found, str | bool | None):
        said = repr(found)
        return said if len(said) <= 60 else f"{said[:57]}..."
    kind = type(found).__name__
    return f"an {kind}" if kind[:1] in "aeiou" else f"a {kind}"


def as_number(found: float) -> float:
    """Return a number in Python's own type; whole numbers stay whole."""
    return int(found) if is_whole(found) else float(found)


def is_whole(found: object) -> TypeGuard[int]:
    """Whether something is a whole number; truth values are none."""
    return isinstance(found, Integral) and not isinstance(found, bool)


def is_real(found: object) -> TypeGuard[float]:
    """Whether something is a number, of whatever library; truth values are none."""
    return not isinstance(found, bool) and isinstance(found, Real)


def is_number(found: object) -> TypeGuard[float]:
    """Whether something is a finite number; truth values are none."""
    try:
        return is_real(found) and math.isfinite(found)
    except OverflowError:  # a whole number that no float holds
        return False


def whole(
    name: str,
    found: object,
    *,
    least: int = 1,
    most: int = LARGEST,
    error: type[ZigzagImcError] = OptionError,
) -> int:
    """Return a whole number within its range."""
    if is_whole(found) and least <= int(found) <= most:
        return int(found)
    too_large = is_whole(found) and int(found) > most
    expected = f"from {least} to {most}" if too_large else f"at least {least}"
    comma = "" if too_large else ","
    raise error(f"{name}: found {shown(found)}, expected a whole number{comma} {expected}")


def flag(name: str, found: object) -> bool:
    """Return a truth value."""
    if isinstance(found, bool):
        return found
    if str(getattr(found, "dtype", "")) == "bool" and getattr(found, "ndim", 1) == 0:
        return bool(found)
    raise OptionError(f"{name}: found {shown(found)}, expected True or False")


def text(
    name: str, found: object, expected: str = "a text", error: type[ZigzagImcError] = OptionError
) -> str:
    """Return a text."""
    if isinstance(found, str):
        return found
    raise error(f"{name}: found {shown(found)}, expected {expected}")


def texts(name: str, found: object, expected: str) -> tuple[str, ...]:
    """Return several texts, or the one that stands alone."""
    if isinstance(found, str):
        return (found,)
    odd: object = found
    if isinstance(found, list | tuple | set | frozenset | KeysView):
        others = [one for one in found if not isinstance(one, str)]
        if not others:
            return tuple(found)
        odd = others[0]
    raise OptionError(f"{name}: found {shown(odd)}, expected {expected}")


def instance(
    name: str,
    found: object,
    kind: type[T],
    expected: str,
    error: type[ZigzagImcError] = OptionError,
) -> T:
    """Return an object of a class."""
    if isinstance(found, kind):
        return found
    raise error(f"{name}: found {shown(found)}, expected {expected}")


def instances(name: str, found: object, kind: type, error: type[ZigzagImcError]) -> None:
    """Refuse what is no list of objects of a class."""
    expected = f"a list of {kind.__name__}"
    if not isinstance(found, list | tuple):
        raise error(f"{name}: found {shown(found)}, expected {expected}")
    for one in found:
        instance(name, one, kind, expected, error)


def path(name: str, found: object, expected: str) -> str:
    """Return a path as text."""
    if isinstance(found, str | os.PathLike) and isinstance(os.fspath(found), str):
        return str(os.fspath(found))
    raise OptionError(f"{name}: found {shown(found)}, expected {expected}")


def callback(name: str, found: object) -> None:
    """Refuse what cannot be called."""
    if found is not None and not callable(found):
        raise OptionError(f"{name}: found {shown(found)}, expected a function")
