"""Commands that are imported and built when they are asked for: most runs need one of them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, MutableMapping
from typing import Any

import typer

from zigzag_imc.commands.usage import Command


class CommandsOnDemand(MutableMapping[str, Any]):
    """Commands by name, in the order of the help.

    A command ``name`` is the function ``name_command`` of `zigzag_imc.commands.name`.

    Parameters
    ----------
    *names
        All commands.
    """

    def __init__(self, *names: str) -> None:
        self._built: dict[str, Any] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> Any:
        if self._built[name] is None:
            self._built[name] = _built(name)
        return self._built[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._built[name] = command

    def __delitem__(self, name: str) -> None:
        del self._built[name]

    def __contains__(self, name: object) -> bool:
        return name in self._built  # without building it

    def __iter__(self) -> Iterator[str]:
        return iter(self._built)

    def __len__(self) -> int:
        return len(self._built)


def _built(name: str) -> Any:
    """Build a command as Typer does, alone."""
    function = getattr(importlib.import_module(f"zigzag_imc.commands.{name}"), f"{name}_command")
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name, cls=Command)(function)
    return typer.main.get_command(alone)
