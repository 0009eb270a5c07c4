"""Tables on stdout in the forms of other programs, by ``--format``."""

from __future__ import annotations

import enum
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zigzag_imc.commands.stdout import print_text

if TYPE_CHECKING:
    from polars import DataFrame


class TableFormat(enum.StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MD = "md"
    PARQUET = "parquet"


TableFormatOption = Annotated[
    TableFormat,
    typer.Option(
        "--format", help="What to print on stdout; csv, md and parquet hold the rows of the table."
    ),
]


def print_bytes(content: bytes, form: TableFormat) -> None:
    """Write to stdout what has a form.

    Raises
    ------
    OptionError
        When that is not for the eyes of people, and stdout is a terminal.
    """
    if form is not TableFormat.PARQUET:
        print_text(content.decode())
        return
    if is_terminal():
        from zigzag_imc.core.errors import OptionError

        raise OptionError(
            "--format: parquet is not for a terminal, expected stdout to be a file, as in "
            "`--format parquet > rows.parquet`"
        )
    sys.stdout.buffer.write(content)


def is_terminal() -> bool:
    """Whether somebody reads stdout on a terminal."""
    return sys.stdout.isatty()


def print_frame_as(frame: DataFrame, form: TableFormat) -> None:
    """Write a data frame to stdout, in another form than a table for people."""
    from zigzag_imc.results.rows_text import frame_bytes

    assert form is not TableFormat.TABLE
    print_bytes(frame_bytes(frame, form.value), form)


def print_rows_as(rows: Iterable[Mapping[str, Any]], form: TableFormat) -> None:
    """Write rows to stdout, in another form than a table for people."""
    import polars

    print_frame_as(polars.DataFrame(list(rows), infer_schema_length=None), form)
