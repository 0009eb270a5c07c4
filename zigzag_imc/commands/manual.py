"""The manual page: what ``help`` says of every command, in the language of ``man``."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from zigzag_imc.commands.examples import EXAMPLES
from zigzag_imc.core.version import VERSION

NAME = "zigzag-imc"


def manual(root: Any) -> str:
    """Return the manual page of all commands.

    Parameters
    ----------
    root
        The context of the program, which knows its commands.
    """
    return "\n".join(_lines(root)) + "\n"


def _lines(root: Any) -> Iterator[str]:
    about = inspect.cleandoc(root.command.help or "").splitlines()
    yield f'.TH {NAME.upper()} 1 "" "{NAME} {VERSION}"'
    yield ".SH NAME"
    yield f"{_plain(NAME)} \\- {_plain(about[0].rstrip('.'))}"
    yield ".SH SYNOPSIS"
    yield f".B {_plain(NAME)}"
    yield ".I COMMAND"
    yield "[options]"
    yield ".SH DESCRIPTION"
    yield from _paragraphs("\n".join(about))
    yield ".SH OPTIONS"
    yield from _parameters(root.command, root)
    yield ".SH COMMANDS"
    for name, command in root.command.commands.items():
        yield from _section(name, command, root)
    yield ".SH EXIT STATUS"
    yield from _paragraphs(root.command.epilog or "")


def _section(name: str, command: Any, root: Any) -> Iterator[str]:
    """Yield what one command does, its arguments and options, and its examples."""
    context = command.make_context(name, [], parent=root, resilient_parsing=True)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f".SS {_plain(f'{name} {usage}')}"
    yield from _paragraphs(inspect.cleandoc(command.help or ""))
    yield from _parameters(command, context)
    for what, typed in EXAMPLES.get(name, ()):
        yield ".PP"
        yield f"{_plain(what[:1].upper() + what[1:])}:"
        yield ".nf"
        yield f".RS\n{_plain(f'{NAME} {typed}')}\n.RE"
        yield ".fi"


def _parameters(command: Any, context: Any) -> Iterator[str]:
    """Yield arguments and options, each with its meaning."""
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            names, meaning = record
            yield f".TP\n.B {_plain(names)}\n{_plain(meaning)}"


def _paragraphs(text: str) -> Iterator[str]:
    """Yield paragraphs; the lines of one flow together."""
    for paragraph in text.split("\n\n"):
        yield ".PP"
        yield _plain(" ".join(paragraph.split()))


def _plain(text: str) -> str:
    """Return a text that means itself: no dash is a hyphen, no line a request; in ASCII."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("\b", "")
    escaped = "".join(sign if sign.isascii() else f"\\[u{ord(sign):04X}]" for sign in escaped)
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
