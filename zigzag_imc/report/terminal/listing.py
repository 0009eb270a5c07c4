"""Tables that stay within the width of whoever reads them.

What has no room beside its row stands in lines below it, whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from zigzag_imc.results.labels import labels

PIPED_WIDTH = 120
"""Columns of a table where nobody watches."""

_BETWEEN = 2
"""Spaces between two columns."""
_INDENT = 4
"""Spaces before what stands below a row."""
_NAME_WIDTHS = (32, 18)
"""Widths that names of layers may have on a terminal; the second where folding does not help."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a listing.

    Attributes
    ----------
    header
        What stands above it; may have several lines.
    numbers
        Whether its cells end at the same place, as numbers do.
    rank
        Where there is no room, columns of higher rank go below their row first; 0 goes last.
    names
        Whether a terminal may show its cells cut to labels that still differ.
    """

    header: str
    numbers: bool = False
    rank: int = 0
    names: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """One of the lines that make a row: its columns, their widths, and how far it is indented."""

    columns: tuple[int, ...]
    widths: tuple[int, ...]
    indent: int

    @property
    def width(self) -> int:
        return self.indent + sum(self.widths) + _BETWEEN * (len(self.widths) - 1)


@dataclass(slots=True)
class Listing:
    """A table: columns, and rows of texts.

    Attributes
    ----------
    columns
        From left to right; the first one never goes below its row.
    rows
        A text for each column.
    after
        What follows the first cell of each row and is never cut.
    """

    columns: Sequence[Column]
    rows: list[tuple[Text, ...]] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    def add(self, *cells: str | Text, after: str = "") -> None:
        """Add a row; ``after`` follows its first cell and is never cut."""
        self.rows.append(tuple(Text(cell) if isinstance(cell, str) else cell for cell in cells))
        self.after.append(after)

    def print(self, console: Console) -> None:
        """Print the table within the width of the console, 120 columns where nobody watches."""
        width = width_of(console)
        rows, lines = self._arranged(width, terminal=console.is_terminal)
        rule = min(width, max(line.width for line in lines))
        for text in self._header(lines):
            console.print(text, soft_wrap=True, style="bold")
        console.print(Text(("-" if console.options.ascii_only else "─") * rule), soft_wrap=True)
        for row in rows:
            for line in lines:
                for text in _placed(line, row, self.columns, width, console):
                    console.print(text, soft_wrap=True)

    # ------------------------------------------------------------------ arrangement
    def _arranged(
        self, width: int, *, terminal: bool
    ) -> tuple[list[tuple[Text, ...]], list[_Line]]:
        """Return the rows, names cut where that is allowed, and the lines that each is made of."""
        ranks = range(max(column.rank for column in self.columns), -1, -1)
        whole, *cut = self._with_names(terminal)
        for most, rows in [*product(ranks, [whole, *cut[:1]]), *product(ranks, cut[1:])]:
            lines = list(self._lines(rows, most, width))
            if max(line.width for line in lines) <= width:
                return rows, lines
        rows = whole
        return rows, list(self._lines(rows, -1, width))

    def _with_names(self, terminal: bool) -> Iterator[list[tuple[Text, ...]]]:
        """Yield the rows as they are, then with ever shorter names."""
        yield self._followed(self.rows)
        named = [number for number, column in enumerate(self.columns) if column.names]
        for most in _NAME_WIDTHS if terminal and named else ():
            rows = [list(row) for row in self.rows]
            for number in named:
                cut = labels([row[number].plain for row in self.rows], most)
                for row, label in zip(rows, cut, strict=True):
                    row[number] = Text(label)
            yield self._followed(rows)

    def _followed(self, rows: Sequence[Sequence[Text]]) -> list[tuple[Text, ...]]:
        """Put behind the first cell of each row what follows it."""
        return [
            (Text.assemble(first, after), *rest)
            for (first, *rest), after in zip(rows, self.after, strict=True)
        ]

    def _lines(self, rows: Sequence[Sequence[Text]], most: int, width: int) -> Iterator[_Line]:
        """Yield the lines of a row whose first one has the columns of ``most`` rank at most.

        With ``most`` below every rank, the first column has a line of its own.
        """
        widths = self._widths(rows)
        beside = [n for n, column in enumerate(self.columns) if n == 0 or column.rank <= most]
        yield _Line(tuple(beside), tuple(widths[n] for n in beside), 0)
        waiting = [n for n in range(len(self.columns)) if n not in beside]
        while waiting:
            line = _fitting(waiting, widths, width)
            yield line
            waiting = waiting[len(line.columns) :]

    def _widths(self, rows: Sequence[Sequence[Text]]) -> list[int]:
        """Columns of a terminal that each column takes."""
        return [
            max(
                *(cell_len(part) for part in column.header.split("\n")),
                *(cell.cell_len for cell in cells),
                0,
            )
            for column, *cells in zip(self.columns, *rows, strict=True)
        ]

    def _header(self, lines: Sequence[_Line]) -> Iterator[Text]:
        """Yield the lines of the header; those of one column stand at the bottom."""
        for line in lines:
            parts = [self.columns[n].header.split("\n") for n in line.columns]
            high = max(map(len, parts))
            for row in range(high):
                cells = [
                    Text(part[row - high + len(part)] if row >= high - len(part) else "")
                    for part in parts
                ]
                yield _joined(line, cells, self.columns)


def width_of(console: Console) -> int:
    """Columns that a table may take."""
    return console.width if console.is_terminal else min(console.width, PIPED_WIDTH)


def _fitting(waiting: Sequence[int], widths: Sequence[int], width: int) -> _Line:
    """Return a line with as many of the columns as there is room for, at least one."""
    taken = [waiting[0]]
    used = _INDENT + widths[waiting[0]]
    for number in waiting[1:]:
        used += _BETWEEN + widths[number]
        if used > width:
            break
        taken.append(number)
    return _Line(tuple(taken), tuple(widths[n] for n in taken), _INDENT)


def _placed(
    line: _Line, row: Sequence[Text], columns: Sequence[Column], width: int, console: Console
) -> Iterator[Text]:
    """Yield a line of a row; a cell that is too long for any line breaks between its words."""
    cells = [row[n] for n in line.columns]
    if not any(cell.plain for cell in cells):
        return
    if len(cells) > 1 or line.indent + cells[0].cell_len <= width:
        yield _joined(line, cells, columns)
        return
    for part in cells[0].wrap(console, max(1, width - line.indent), justify="left"):
        part.rstrip()
        yield Text(" " * line.indent).append_text(part)


def _joined(line: _Line, cells: Sequence[Text], columns: Sequence[Column]) -> Text:
    """Put cells side by side, each as wide as its column."""
    text = Text(" " * line.indent)
    for place, (number, cell, wide) in enumerate(
        zip(line.columns, cells, line.widths, strict=True)
    ):
        text.append(" " * _BETWEEN if place else "")
        space = " " * (wide - cell.cell_len)
        text.append(space if columns[number].numbers else "")
        text.append_text(cell)
        text.append("" if columns[number].numbers else space)
    text.rstrip()
    return text
