"""``zigzag-imc explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from zigzag_imc.commands.common import (
    INTERRUPTED,
    Format,
    FormatOption,
    QuietOption,
    TotalTimeLimitOption,
    naming,
)
from zigzag_imc.commands.stdout import print_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from zigzag_imc.explain.keeping import RoomExplanation
    from zigzag_imc.explain.records import Explanation
    from zigzag_imc.results.result import NetworkResult

Told = TypeVar("Told", bound="Explanation | RoomExplanation")


def explain_command(  # noqa: PLR0913  (options of the command line)
    result: Annotated[
        str,
        typer.Argument(metavar="RESULT.json", help="Result file of `map`, `search` or `evaluate`."),
    ],
    layer: Annotated[
        str | None,
        typer.Argument(
            metavar="LAYER",
            help="Name of a layer in it. Without one: what a KB more on chip would bring a network "
            "mapped with --locality.",
            show_default=False,
        ),
    ] = None,
    what_if: Annotated[
        bool,
        typer.Option(
            "--what-if/--no-what-if",
            help="Map the layer again on accelerators with a little more of each resource.",
        ),
    ] = True,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            metavar="N",
            min=1,
            help="What-ifs searched side by side; default: all cores.",
        ),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit", metavar="S", help="Seconds per what-if; then its gap is shown."
        ),
    ] = None,
    total_time_limit: TotalTimeLimitOption = None,
    output: FormatOption = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Say why a layer is mapped as it is.

    What binds: computing, a port, a capacity, the array. Energy and cycles by term, the loop nest
    with its memories, and exactly what one more bit or twice the bandwidth of each memory, or one
    more row or column, would give.

    Without LAYER, of a network mapped with --locality: what one more KB of each memory on chip
    would bring, with what is kept chosen again and proved.
    """
    from zigzag_imc.explain.explaining import explain_layer
    from zigzag_imc.report.terminal.explanation import print_explanation
    from zigzag_imc.report.terminal.progress import progress_bar
    from zigzag_imc.results.reading import read_result

    contents = read_result(result)
    if layer is None:
        _tell_room(contents, result, (jobs, time_limit, total_time_limit), output, quiet)
        return
    with naming(result), progress_bar(quiet) as progress:
        told = explain_layer(
            contents,
            layer,
            what_if=what_if,
            jobs=jobs,
            time_limit=time_limit,
            total_time_limit=total_time_limit,
            progress=progress,
        )
    _tell(told, output, print_explanation)


def _tell_room(
    contents: NetworkResult,
    source: str,
    limits: tuple[int | None, float | None, float | None],
    output: Format,
    quiet: bool,
) -> None:
    """Say what more room on chip would bring the network."""
    from zigzag_imc.explain.keeping import explain_room
    from zigzag_imc.report.terminal.progress import progress_bar
    from zigzag_imc.report.terminal.room import print_room

    jobs, time_limit, total_time_limit = limits
    with naming(source), progress_bar(quiet) as progress:
        told = explain_room(
            contents,
            jobs=jobs,
            time_limit=time_limit,
            total_time_limit=total_time_limit,
            progress=progress,
        )
    _tell(told, output, print_room)


def _tell(told: Told, output: Format, print_people: Callable[[Told, Console], None]) -> None:
    """Print what is said, in the form asked for; where Ctrl-C came, end as that does."""
    from zigzag_imc.report.terminal.console import results_console

    if output is Format.JSON:
        print_json(told.model_dump(mode="json", by_alias=True))
    else:
        print_people(told, results_console())
    if told.stopped == "interrupted":
        raise typer.Exit(INTERRUPTED)
