"""``zigzag-imc sweep``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zigzag_imc.commands.common import INTERRUPTED, JobsOption, QuietOption

if TYPE_CHECKING:
    from zigzag_imc.sweep.sweeping import SweepReport

StudyArgument = Annotated[
    str, typer.Argument(metavar="STUDY", help="YAML file; see docs/exploring.md.")
]
CacheOption = Annotated[
    str | None,
    typer.Option(
        "--cache",
        metavar="FILE",
        help="SQLite file of what is solved; by default points.sqlite beside the study.",
    ),
]


def sweep_command(
    study: StudyArgument,
    out: Annotated[str, typer.Option("--out", "-o", metavar="DIR", help="Folder for the tables.")],
    jobs: JobsOption = None,
    cache: CacheOption = None,
    quiet: QuietOption = False,
) -> None:
    """Map networks onto many accelerators: a table of all layers and one of all networks.

    What is solved is kept: a sweep that was broken off, or whose study has grown, goes on where it
    was.
    """
    from zigzag_imc.report.terminal.sweep_progress import sweep_progress
    from zigzag_imc.sweep.sweeping import sweep_study

    with sweep_progress(quiet) as progress:
        report = sweep_study(study, out, jobs=jobs, cache=cache, progress=progress)
    _say(report)
    if report.stopped == "interrupted":
        raise typer.Exit(INTERRUPTED)


def _say(report: SweepReport) -> None:
    """Print what was done and where it is."""
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
