"""Where text goes: results to stdout, all else to stderr.

Plain and never cut when nobody watches.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Collection, Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

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
    print(text, file=sys.stderr)


def print_section(title: str, console: Console) -> None:
    """Print the heading of a section, an empty line above it."""
    console.print()
    console.print(Text(title, style="bold"), soft_wrap=True)


def print_line(text: str, console: Console) -> None:
    """Print a line of text as it is, never cut."""
    console.print(Text(text), soft_wrap=True)


def table(columns: Iterable[tuple[str, bool]], wrapped: Collection[str] = ()) -> Table:
    """Return an empty table; a column is a header and whether it holds numbers.

    Columns whose header is ``wrapped`` break into lines where the terminal is narrow, so that no
    other is cut.
    """
    made = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
        header_style="bold",
    )
    for header, numbers in columns:
        made.add_column(
            Text(header),
            justify="right" if numbers else "left",
            no_wrap=header not in wrapped,
            overflow="fold" if header in wrapped else "ellipsis",
            # Headers of two lines stand at the bottom, rows begin at the top.
            vertical="top" if wrapped else "bottom",
        )
    return made
