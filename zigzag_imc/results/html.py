"""What notebooks show of a result: a table, in which names from files are text and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def html_table(
    title: str, headers: Sequence[str], rows: Iterable[Sequence[str]], below: Iterable[str] = ()
) -> str:
    """Return a table under a title, with lines of text below it.

    Parameters
    ----------
    title, headers, rows, below
        All of it plain text, which is escaped here.
    """
    head = "".join(f"<th>{escape(header)}</th>" for header in headers)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    lines = "".join(f"<div>{escape(line)}</div>" for line in below)
    return (
        f"<div><b>{escape(title)}</b></div>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{lines}"
    )


def _cells(row: Sequence[str]) -> str:
    return "".join(f"<td>{escape(cell)}</td>" for cell in row)
