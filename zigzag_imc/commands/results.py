"""``zigzag-imc results``."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from zigzag_imc.commands.forms import TableFormat, TableFormatOption, print_frame_as


class Table(enum.StrEnum):
    """Which table of a sweep."""

    NETWORKS = "networks"
    LAYERS = "layers"


class Statistic(enum.StrEnum):
    """What is said of the numbers of a group."""

    MIN = "min"
    MEAN = "mean"
    MAX = "max"
    SUM = "sum"
    GEOMEAN = "geomean"


def results_command(  # noqa: PLR0913  (options of the command line)
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder of a sweep.")],
    table: Annotated[Table, typer.Option("--of", help="Networks or layers.")] = Table.NETWORKS,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where", "-w", metavar="CONDITION", help="Such as 'area_mm2 <= 1'; repeatable."
        ),
    ] = None,
    sort: Annotated[
        list[str] | None,
        typer.Option(
            "--sort", "-s", metavar="COLUMN", help="With a - before it: largest first. Repeatable."
        ),
    ] = None,
    group_by: Annotated[
        list[str] | None,
        typer.Option("--group-by", "-g", metavar="COLUMN", help="One row per group; repeatable."),
    ] = None,
    statistic: Annotated[
        Statistic, typer.Option("--statistic", help="Of the numbers of a group.")
    ] = Statistic.MEAN,
    columns: Annotated[
        str | None,
        typer.Option("--columns", "-c", metavar="A,B,C", help="Which columns, or `all`."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", metavar="N", min=1, help="Rows to print at most.")
    ] = None,
    output: TableFormatOption = TableFormat.TABLE,
) -> None:
    """Filter, sort, group and print the tables of a sweep."""
    from zigzag_imc.report.terminal.console import notice, print_line, results_console
    from zigzag_imc.report.terminal.frame import print_frame, print_reasons, shown_columns
    from zigzag_imc.sweep.frames import Selection, selected, sweep_table
    from zigzag_imc.sweep.groups import ABOUT_SUMS

    asked = None if columns in (None, "all") else [one.strip() for one in str(columns).split(",")]
    selection = Selection(where or (), sort or (), group_by or (), statistic.value, asked, limit)
    frame = selected(sweep_table(folder, table.value), selection)
    adds_up = bool(group_by) and statistic is Statistic.SUM
    if output is not TableFormat.TABLE:
        print_frame_as(frame, output)
        if adds_up:
            notice(ABOUT_SUMS)  # stdout is for rows alone
        return
    console = results_console()
    print_frame(frame if columns is not None else frame.select(shown_columns(frame)), console)
    if columns is None:
        print_reasons(frame, console)
    if adds_up:
        console.print()
        print_line(ABOUT_SUMS, console)
