"""``zigzag-imc explore``."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from zigzag_imc.commands.common import (
    INTERRUPTED,
    Format,
    FormatOption,
    JobsOption,
    QuietOption,
    StudyDivisorsOnlyOption,
    StudyTileSizesOption,
    asked_tile_sizes,
)
from zigzag_imc.commands.sweep import CacheOption, StudyArgument


class HardwareObjective(enum.StrEnum):
    """What makes an accelerator the best."""

    EDP = "edp"
    ENERGY = "energy"
    LATENCY = "latency"
    TOPS_PER_W = "tops_per_w"
    TOPS_PER_MM2 = "tops_per_mm2"


def explore_command(  # noqa: PLR0913  (options of the command line)
    study: StudyArgument,
    objective: Annotated[
        HardwareObjective, typer.Option("--objective", help="What makes an accelerator the best.")
    ] = HardwareObjective.EDP,
    area_mm2: Annotated[
        float | None,
        typer.Option("--area-mm2", metavar="A", help="Area at most; by default, the study's."),
    ] = None,
    energy_limit_pj: Annotated[
        float | None,
        typer.Option("--energy-limit-pj", metavar="E", help="Energy of all networks at most."),
    ] = None,
    front: Annotated[
        bool,
        typer.Option(
            "--front", help="Also prove which ones no other beats in energy, delay and area."
        ),
    ] = False,
    tile_sizes: StudyTileSizesOption = None,
    divisors_only: StudyDivisorsOnlyOption = False,
    jobs: JobsOption = None,
    cache: CacheOption = None,
    output: FormatOption = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Find the best accelerator of a study, and prove it.

    Bounds discard most of them without a search; says how many, by which bound, and why the best
    is better than the runner-up.
    """
    from zigzag_imc.commands.stdout import print_json
    from zigzag_imc.report.terminal.console import notice, results_console
    from zigzag_imc.report.terminal.exploration import explore_progress, print_exploration
    from zigzag_imc.sweep.explore.exploring import explore_study

    with explore_progress(quiet) as progress:
        found = explore_study(
            study,
            objective=objective.value,
            area_mm2=area_mm2,
            energy_limit_pj=energy_limit_pj,
            front=front,
            jobs=jobs,
            cache=cache,
            tile_sizes=asked_tile_sizes(tile_sizes, divisors_only),
            progress=progress,
        )
    for note in () if quiet else found.notes:
        notice(note)
    if output is Format.JSON:
        print_json(found.model_dump(mode="json", by_alias=True))
    else:
        print_exploration(found, results_console())
    if found.open:
        raise typer.Exit(INTERRUPTED)
