"""``zigzag-imc sweep``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zigzag_imc.commands.common import (
    INTERRUPTED,
    JobsOption,
    QuietOption,
    StudyDivisorsOnlyOption,
    StudyTileSizesOption,
    asked_tile_sizes,
)

if TYPE_CHECKING:
    from zigzag_imc.sweep.sweeping import SweepReport

StudyArgument = Annotated[
    str,
    typer.Argument(
        metavar="STUDY",
        help="YAML file (see docs/exploring.md), or analog-digital, which ships with the tool.",
    ),
]
CacheOption = Annotated[
    str | None,
    typer.Option(
        "--cache",
        metavar="FILE",
        help="SQLite file of what is solved; by default points.sqlite beside the study.",
    ),
]


def sweep_command(  # noqa: PLR0913  (options of the command line)
    study: StudyArgument,
    out: Annotated[str, typer.Option("--out", "-o", metavar="DIR", help="Folder for the tables.")],
    tile_sizes: StudyTileSizesOption = None,
    divisors_only: StudyDivisorsOnlyOption = False,
    jobs: JobsOption = None,
    cache: CacheOption = None,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask", metavar="ADDRESS", help="Solve on this Dask cluster, such as tcp://host:8786."
        ),
    ] = None,
    submitit: Annotated[
        bool,
        typer.Option(
            "--submitit", help="Solve in jobs of SLURM; in local processes where there is none."
        ),
    ] = False,
    slurm: Annotated[
        list[str] | None,
        typer.Option(
            "--slurm",
            metavar="KEY=VALUE",
            help="Option of these jobs, such as slurm_partition=short, timeout_min=60; repeatable.",
        ),
    ] = None,
    points_a_task: Annotated[
        int | None,
        typer.Option(
            "--points-a-task",
            metavar="N",
            min=1,
            help="Points a worker gets at once; default: some seconds' worth; 200 on a cluster.",
        ),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Map networks onto many accelerators, into tables.

    One table has all layers, one all networks. What is solved is kept: a sweep that was broken off,
    or whose study has grown, goes on where it was.
    """
    from zigzag_imc.report.terminal.sweep_progress import sweep_progress
    from zigzag_imc.sweep.places import Place
    from zigzag_imc.sweep.sweeping import sweep_study

    place = Place(jobs, dask, submitit, _options(slurm), points_a_task)
    with sweep_progress(quiet) as progress:
        report = sweep_study(
            study,
            out,
            cache=cache,
            tile_sizes=asked_tile_sizes(tile_sizes, divisors_only),
            place=place,
            progress=progress,
        )
    _say(report, quiet)
    if report.stopped == "interrupted":
        raise typer.Exit(INTERRUPTED)


def _options(texts: list[str] | None) -> dict[str, int | str]:
    """Read ``key=value`` texts; what looks like a whole number is one."""
    from zigzag_imc.core.errors import OptionError

    options: dict[str, int | str] = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not (key and equals and value):
            raise OptionError(f"slurm: found {text!r}, expected such as slurm_partition=short")
        options[key] = int(value) if value.isdecimal() else value
    return options


def _say(report: SweepReport, quiet: bool) -> None:
    """Print what was done and where it is; on stderr, what is missing, and why."""
    from zigzag_imc.report.terminal.console import notice

    for note in () if quiet else report.notes:
        notice(note)
    counts = report.counts
    left_out = {
        "over the area": report.over_budget,
        "cannot be built": report.refused,
    }
    of_them = "".join(f", {count} {why}" for why, count in left_out.items() if count)
    print(f"accelerators: {report.accelerators}{of_them}")
    failed = f", {counts.failed} failed" if counts.failed else ""
    open_points = counts.total - counts.done
    unsolved = f", {open_points} left unsolved" if open_points else ""
    print(
        f"points: {counts.total}, {counts.solved} solved now, {counts.known} known"
        f"{failed}{unsolved}"
    )
    print(f"tables: {report.folder}/layers.parquet, networks.parquet, and both as .csv")
