"""Where text goes: results to stdout, all else to stderr.

Plain and never cut when nobody watches.
"""

from __future__ import annotations

import errno
import os
import sys

from rich.console import Console
from rich.text import Text

from zigzag_imc.core.one_line import one_line

_ENDLESS = 100_000


class _Results(Console):
    """A console that leaves it to the command what happens when nobody reads on."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def results_console() -> Console:
    """Return the console for results; ``NO_COLOR`` and a pipe both switch colours off."""
    console = _Results(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = _Results(
            file=sys.stdout, highlight=False, markup=False, emoji=False, width=_ENDLESS
        )
    return console


def notice(text: str) -> None:
    """Print a line for the user to stderr."""
    print(one_line(text), file=sys.stderr)


def print_section(title: str, console: Console) -> None:
    """Print the heading of a section, an empty line above it."""
    console.print()
    print_line(title, console, style="bold")


def print_line(text: str, console: Console, *, head: str = "", style: str = "") -> None:
    """Print a line of text, never cut; on a terminal, it breaks between words.

    ``head`` stands before it in bold; lines that follow are indented as far.
    """
    width = max(1, console.width - len(head))
    for number, part in enumerate(Text(text, style=style).wrap(console, width)):
        part.rstrip()
        before = (head, "bold") if number == 0 else " " * len(head)
        console.print(Text.assemble(before, part), soft_wrap=True)
