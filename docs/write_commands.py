"""Write ``reference/commands.md``: what ``--help`` says of every command, as one page."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from zigzag_imc.commands.app import app

TARGET = Path(__file__).parent / "reference" / "commands.md"

INTRODUCTION = """\
# Commands

What `zigzag-imc COMMAND --help` says, in one place. Results go to stdout, all else to stderr.
Exit codes: 0 done, 1 something was checked and does not hold, 2 an input or option is wrong,
130 Ctrl-C, 141 whoever read stdout has stopped.
"""


def _code(text: str) -> str:
    """Return code that stays one cell of a table; a bar between backticks would end it."""
    return f"<code>{html.escape(text, quote=False).replace('|', '&#124;')}</code>"


def _cell(text: str) -> str:
    """Return a text that stays one cell of a table, and plain: no pattern becomes emphasis."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("[", "\\[")


def _table(kind: str, records: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield ""
    yield f"| {kind} | meaning |"
    yield "| --- | --- |"
    for names, help_text in records:
        yield f"| {_code(names)} | {_cell(help_text)} |"


def _section(name: str, command: Any) -> Iterator[str]:
    context = command.context_class(command, info_name=f"zigzag-imc {name}")
    yield ""
    yield f"## {name}"
    yield ""
    yield command.help
    yield ""
    yield "```text"
    yield command.get_usage(context).removeprefix("Usage: ")
    yield "```"
    for kind in ("argument", "option"):
        records = [
            parameter.get_help_record(context)
            for parameter in command.params
            if parameter.param_type_name == kind
        ]
        shown = [record for record in records if record is not None]
        if shown:
            yield from _table(kind, shown)


def page() -> str:
    """Return the page in Markdown."""
    group: Any = typer.main.get_command(app)
    lines = [INTRODUCTION.rstrip()]
    for name, command in group.commands.items():
        lines.extend(_section(name, command))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
