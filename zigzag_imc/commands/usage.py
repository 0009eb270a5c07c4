"""What is wrong with an option, in one line and in the words of whoever gave it.

An option is named as it is typed, or by its place in the file that set it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperCommand

from zigzag_imc.commands.common import LONGEST_LINE, WRONG_INPUT

_EXPECTED = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
}


def _plain_reason(cause: object) -> str | None:
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


class Command(TyperCommand):
    """A command that names its options where the library finds one wrong."""

    def invoke(self, ctx: Any) -> Any:
        """Do what is asked."""
        from zigzag_imc.core.errors import OptionError

        try:
            return super().invoke(ctx)
        except OptionError as error:
            raise OptionError(_placed(str(error), ctx)) from None


@contextmanager
def one_line_complaints() -> Iterator[None]:
    """Tell what is wrong with arguments in one line, and end the command.

    Raises
    ------
    typer.Exit
        With the exit code of wrong input.
    """
    try:
        yield
    except Exception as error:
        is_help = type(error).__name__ == "NoArgsIsHelpError"  # asked for by typing nothing
        if is_help or not hasattr(error, "format_message"):
            raise
        print(_complaint(error), file=sys.stderr)
        raise typer.Exit(WRONG_INPUT) from None


def _complaint(error: Any) -> str:
    """Return a line of at most the longest length, and where to read more; values may be long."""
    from zigzag_imc.core.one_line import one_line
    from zigzag_imc.results.labels import shorten

    context = getattr(error, "ctx", None)
    more = f" (see {context.command_path} -h)" if context is not None else ""
    said = shorten(one_line(_said(error)), LONGEST_LINE - len(more))
    return f"error: {said}{more}"


def _said(error: Any) -> str:
    """Return what is wrong with arguments, with the place of an option's value."""
    parameter = getattr(error, "param", None)
    is_wrong_value = type(error) is typer.BadParameter
    if is_wrong_value and parameter is not None:
        reason = _plain_reason(error.__cause__) or error.message
        return f"{_place_of(parameter, error.ctx)}: {reason}"
    told = error.format_message().rstrip(".").replace("(Possible options:", "(did you mean")
    return f"{told[:1].lower()}{told[1:]}"


def _place_of(parameter: Any, context: Any) -> str:
    """Return where the value of a parameter was given: typed, or in a file."""
    flags = [flag for flag in parameter.opts if flag.startswith("--")]
    if not flags:
        return str(parameter.human_readable_name)
    source = context.get_parameter_source(parameter.name)
    if source is not None and source.name == "DEFAULT_MAP":
        from zigzag_imc.commands.config import place_in_file

        path = context.find_root().obj
        return place_in_file(path, context.info_name, flags[0].removeprefix("--"))
    return str(flags[0])


def _placed(message: str, context: Any) -> str:
    """Name an option by its place, where a message begins with its name in the library.

    Not where an argument is called so: a file may be ``out``.
    """
    name, colon, rest = message.partition(":")
    options = {one.name: one for one in context.command.params if one.param_type_name == "option"}
    arguments = [value for one, value in context.params.items() if one not in options]
    if name not in options or name in arguments:
        return message
    return f"{_place_of(options[name], context)}{colon}{rest}"


def _share(kind: str, found: object) -> str:
    """How to write a percentage."""
    percentage = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", str(found))
    return (
        f", such as {float(percentage[1]) / 100:g}"
        if percentage and kind.startswith("float")
        else ""
    )
