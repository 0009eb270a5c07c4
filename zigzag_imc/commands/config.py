"""Defaults of options from a file: ``zigzag-imc.toml``.

A table for each command, and ``[all]`` for every command that has the option; keys are the long
options without their dashes. What is typed wins over the file, a command's table over ``[all]``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from zigzag_imc.core.errors import OptionError, nearest, some_of

NAME = "zigzag-imc.toml"
"""File that is read in the working folder, if it is there."""

VARIABLE = "ZIGZAG_IMC_CONFIG"
"""Variable of the environment that names another file; where it is empty, none is read."""

ALL = "all"

Defaults = dict[str, dict[str, Any]]
"""Values by command and parameter."""


def config_path(asked: str | None) -> str | None:
    """Return the file to read: that of the option, of the environment, or of this folder."""
    if asked is not None:
        return asked
    if VARIABLE in os.environ:
        return os.environ[VARIABLE] or None
    return NAME if os.path.isfile(NAME) else None


def read_defaults(path: str, commands: Mapping[str, Iterable[Any]]) -> Defaults:
    """Return the defaults that a file sets.

    Parameters
    ----------
    commands
        Parameters of every command.

    Raises
    ------
    OptionError
        When the file cannot be read, or has a table, a key or a value that means nothing; names
        the nearest spelling.
    """
    options = {name: _options(parameters) for name, parameters in commands.items()}
    everything = {key: one for own in options.values() for key, one in own.items()}
    tables = _tables(path)
    for table in tables:
        if table not in {ALL, *options}:
            raise OptionError(
                f"{path}: found the table [{table}], expected [{ALL}] or a command"
                f"{nearest(table, [ALL, *options])}"
            )
    for table, values in tables.items():
        known = everything if table == ALL else options[table]
        for key in values:
            if key not in known:
                hint = nearest(key, known) or f", which knows {some_of(sorted(known))}"
                raise OptionError(f"{path}: [{table}] {key}: no such option{hint}")
    return {
        command: _values(path, own, (tables.get(ALL, {}), tables.get(command, {})))
        for command, own in options.items()
    }


def place_in_file(path: str, command: str, option: str) -> str:
    """Return where a file sets an option of a command, as people are told it."""
    tables = _tables(path)
    table = command if option in tables.get(command, {}) else ALL
    return f"{path}: [{table}] {option}"


def _tables(path: str) -> dict[str, dict[str, Any]]:
    """Return what stands in a file, by table."""
    import tomllib

    try:
        contents = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OptionError(f"{path}: cannot be read: {reason}") from None
    for key, value in contents.items():
        if not isinstance(value, dict):
            raise OptionError(
                f"{path}: {key}: stands in no table, expected it below [{ALL}] or a command"
            )
    return contents


def _options(parameters: Iterable[Any]) -> dict[str, Any]:
    """Return options by what they are called in the file; arguments have no defaults."""
    options = {}
    for parameter in parameters:
        flags = [flag for flag in parameter.opts if flag.startswith("--")]
        if flags and flags[0] != "--help":
            options[flags[0].removeprefix("--")] = parameter
    return options


def _values(
    path: str, options: Mapping[str, Any], tables: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the values of a command's options; later tables win."""
    values = {}
    for table in tables:
        for key, found in table.items():
            if key in options:
                values[options[key].name] = _value(path, key, found, options[key].multiple)
    return values


def _value(path: str, key: str, found: Any, is_list: bool) -> Any:
    """Return a value as an option takes it: of those that may be repeated, a list."""
    values = found if isinstance(found, list) and is_list else [found]
    if not all(isinstance(one, str | int | float) for one in values):
        kind = "a text, a number, true or false" + (", or a list of texts" if is_list else "")
        raise OptionError(f"{path}: {key}: found {found!r}, expected {kind}")
    return values if is_list else found
