"""What is wrong with an option, in the words of whoever typed it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from zigzag_imc.commands.common import LONGEST_LINE

_LONGEST = LONGEST_LINE - len("Error: ")

_EXPECTED = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
}


def plain_reason(cause: object) -> str | None:
    """Say what was found and what would be valid, where validation found an option wrong.

    ``None`` where it was no library's validation.
    """
    errors = getattr(cause, "errors", None)
    if errors is None:
        return None
    problem: dict[str, Any] = errors()[0]
    kind, found = problem["type"], problem["input"]
    expected = _EXPECTED.get(kind)
    if expected is not None:
        return (
            f"found {found!r}, expected "
            f"{expected.format(**problem.get('ctx', {}))}{_share(kind, found)}"
        )
    _, listed, choices = problem["msg"].partition("is not one of ")
    if listed:
        valid = re.findall(r"'([^']*)'", choices)
        return f"found {found!r}, expected one of {', '.join(valid)}"
    return None


@contextmanager
def short_complaints() -> Iterator[None]:
    """Keep complaints about arguments on one line that people read: values may be of any length."""
    from zigzag_imc.core.one_line import one_line
    from zigzag_imc.results.labels import shorten

    try:
        yield
    except Exception as error:
        is_help = type(error).__name__ == "NoArgsIsHelpError"  # asked for by typing nothing
        if hasattr(error, "format_message") and not is_help:
            told = shorten(one_line(error.format_message()), _LONGEST)
            error.format_message = lambda: told
        raise


def _share(kind: str, found: object) -> str:
    """How to write a percentage."""
    percentage = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", str(found))
    return (
        f", such as {float(percentage[1]) / 100:g}"
        if percentage and kind.startswith("float")
        else ""
    )


def with_flags(message: str, parameters: Iterable[Any]) -> str:
    """Name an option as it is typed, where a message begins with its name in the library."""
    name, colon, rest = message.partition(":")
    flags = {
        parameter.name: max(parameter.opts, key=len) for parameter in parameters if parameter.opts
    }
    flag = flags.get(name, "")
    return f"{flag}{colon}{rest}" if flag.startswith("--") else message
