"""``zigzag-imc crosscheck``."""

from __future__ import annotations

import enum
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from zigzag_imc.commands.common import (
    DEFAULT_PRECISION,
    INTERRUPTED,
    AcceleratorOption,
    BatchOption,
    CostModelOption,
    JobsOption,
    LayerOption,
    ModelArgument,
    Objective,
    ObjectiveOption,
    PrecisionOption,
    QuietOption,
)

if TYPE_CHECKING:
    from zigzag_imc.core.crosscheck_result import CrosscheckResult

CONTRADICTION = 1
"""Exit code when something beats a bound or is not what it claims to be."""


class CrosscheckFormat(enum.StrEnum):
    """How a crosscheck is printed."""

    TABLE = "table"
    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"


_BY_SUFFIX = {".md": CrosscheckFormat.MARKDOWN, ".csv": CrosscheckFormat.CSV, ".json": CrosscheckFormat.JSON}


def crosscheck_command(
    model: ModelArgument,
    accelerator: AcceleratorOption,
    objective: ObjectiveOption = Objective.EDP,
    cost_model: CostModelOption = "imc",
    engines: Annotated[
        str,
        typer.Option("--engines", metavar="LIST", help="Of exhaustive, loma, salsa, random, by commas; or none."),
    ] = "loma,salsa,random",
    zigzag: Annotated[
        bool | None,
        typer.Option("--zigzag/--no-zigzag", help="Let ZigZag search and score, too; default: where it is installed."),
    ] = None,
    batch: BatchOption = None,
    precision: PrecisionOption = DEFAULT_PRECISION,
    layer: LayerOption = None,
    jobs: JobsOption = None,
    time_limit: Annotated[
        float | None, typer.Option("--time-limit", metavar="S", help="Seconds for each search of each layer.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the solver and the engines.")] = 0,
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="FILE", help="Write it to a .md, .csv or .json file.")
    ] = None,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="Draw the gap per layer to a png, svg or pdf file.")
    ] = None,
    output: Annotated[
        CrosscheckFormat, typer.Option("--format", help="What to print on stdout.")
    ] = CrosscheckFormat.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Compare the solver with heuristic engines and with ZigZag's own search.

    Per layer: the cost of each, the time of each, and how far each is above the proved bound. Exit code 1 where
    anything beats a bound, is not legal or costs something else than it claims: that would be a bug.
    """
    from zigzag_imc.crosscheck import crosscheck_network
    from zigzag_imc.options import parse_precision
    from zigzag_imc.plotting.files import check_figure_path
    from zigzag_imc.report.console import notice
    from zigzag_imc.report.progress import progress_bar
    from zigzag_imc.result_file import check_writable, write_text
    from zigzag_imc.zigzag_bridge.installed import HOW_TO_INSTALL, is_installed

    bits, names = parse_precision(precision), _engines(engines)
    if out is not None:
        _format_of(out)
        check_writable(out)
    if plot is not None:
        check_figure_path(plot)
    if zigzag is None and not quiet and not is_installed():
        notice(f"notice: without ZigZag, which is not installed; {HOW_TO_INSTALL} adds it")
    with progress_bar(quiet) as progress:
        result = crosscheck_network(
            model,
            accelerator,
            engines=names,
            zigzag=zigzag,
            objective=objective.value,
            cost_model=cost_model,
            batch=batch,
            precision=bits,
            jobs=jobs,
            time_limit=time_limit,
            seed=seed,
            layers=layer,
            progress=progress,
        )
    if out is not None:
        write_text(_text(result, _format_of(out)), out)
    if output is CrosscheckFormat.TABLE:
        from zigzag_imc.report.console import results_console
        from zigzag_imc.report.crosscheck_table import print_crosscheck

        print_crosscheck(result, results_console())
    else:
        sys.stdout.write(_text(result, output))
    if plot is not None:
        from zigzag_imc.plotting.crosscheck import save_crosscheck

        save_crosscheck(result, plot)
    if result.contradictions:
        for said in result.contradictions:
            notice(f"error: {said}")
        raise typer.Exit(CONTRADICTION)
    if result.stopped == "interrupted":
        raise typer.Exit(INTERRUPTED)


def _engines(text: str) -> list[str]:
    """Names in a list by commas."""
    from zigzag_imc.solver.engines.catalogue import engine_named

    names = [] if text.strip() in ("", "none") else [name.strip() for name in text.split(",")]
    for name in names:
        engine_named(name)
    return names


def _format_of(path: str) -> CrosscheckFormat:
    """Format of a file, by its suffix."""
    from pathlib import Path

    from zigzag_imc.core.errors import OptionError, nearest

    suffix = Path(path).suffix.lower()
    if suffix not in _BY_SUFFIX:
        found = f"the suffix {suffix!r}" if suffix else "no suffix"
        raise OptionError(
            f"{path}: found {found}, expected one of {', '.join(_BY_SUFFIX)}{nearest(suffix, _BY_SUFFIX)}"
        )
    return _BY_SUFFIX[suffix]


def _text(result: CrosscheckResult, form: CrosscheckFormat) -> str:
    from zigzag_imc.report.crosscheck_table import csv_text, markdown_text
    from zigzag_imc.result_file import format_json

    if form is CrosscheckFormat.JSON:
        return format_json(result.model_dump(mode="json", by_alias=True)) + "\n"
    return csv_text(result) if form is CrosscheckFormat.CSV else markdown_text(result)
