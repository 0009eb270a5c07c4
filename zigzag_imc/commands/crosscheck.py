"""``zigzag-imc crosscheck``."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated

import typer

from zigzag_imc.commands.common import (
    INTERRUPTED,
    AcceleratorOption,
    BatchOption,
    CostModelOption,
    DiagonalsOption,
    DimOption,
    DivisorsOnlyOption,
    InferencesOption,
    JobsOption,
    KeepEndsOption,
    LayerOption,
    Locality,
    LocalityOption,
    Objective,
    ObjectiveOption,
    Order,
    OrderOption,
    PrecisionOption,
    QuietOption,
    ShapeOption,
    Stored,
    StoredOption,
    TileSizesOption,
    say_written,
    space_of,
)
from zigzag_imc.commands.outputs import Unwritten, check_outputs
from zigzag_imc.commands.showing import KEEPS
from zigzag_imc.commands.stdout import print_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from zigzag_imc.library.query import Query
    from zigzag_imc.results.crosscheck import CrosscheckResult

CONTRADICTION = 1
"""Exit code when something beats a bound or is not what it claims to be."""


class CrosscheckFormat(enum.StrEnum):
    """How a crosscheck is printed."""

    TABLE = "table"
    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"


_BY_SUFFIX = {
    ".md": CrosscheckFormat.MARKDOWN,
    ".csv": CrosscheckFormat.CSV,
    ".json": CrosscheckFormat.JSON,
}


def crosscheck_command(  # noqa: PLR0913  (options of the command line)
    model: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL",
            help="ONNX files, or networks that ship with the tool (see `networks`).",
        ),
    ],
    accelerator: AcceleratorOption,
    objective: ObjectiveOption = Objective.EDP,
    cost_model: CostModelOption = "imc",
    diagonals: DiagonalsOption = True,
    tile_sizes: TileSizesOption = None,
    divisors_only: DivisorsOnlyOption = False,
    engines: Annotated[
        str,
        typer.Option(
            "--engines",
            metavar="LIST",
            help="Of exhaustive, loma, salsa, random, by commas; or none.",
        ),
    ] = "loma,salsa,random",
    zigzag: Annotated[
        bool | None,
        typer.Option(
            "--zigzag/--no-zigzag",
            help="Let ZigZag search and score, too; default: where it is installed.",
        ),
    ] = None,
    batch: BatchOption = None,
    shape: ShapeOption = None,
    dim: DimOption = None,
    precision: PrecisionOption = None,
    stored: StoredOption = Stored.BEST,
    layer: LayerOption = None,
    locality: LocalityOption = Locality.NONE,
    keep_ends: KeepEndsOption = False,
    inferences: InferencesOption = 1,
    order: OrderOption = Order.GRAPH,
    jobs: JobsOption = None,
    time_limit: Annotated[
        float | None,
        typer.Option("--time-limit", metavar="S", help="Seconds for each search of each layer."),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Seed of the solver and the engines.")
    ] = 0,
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", metavar="FILE", help="Write it to a .md, .csv or .json file."),
    ] = None,
    plot: Annotated[
        str | None,
        typer.Option(
            "--plot", metavar="FILE", help="Draw the gap per layer to a png, svg or pdf file."
        ),
    ] = None,
    output: Annotated[
        CrosscheckFormat, typer.Option("--format", help="What to print on stdout.")
    ] = CrosscheckFormat.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Compare the solver with engines and with ZigZag's search.

    Network by network, and per layer: the cost of each, the time of each, and how far each is above
    the proved bound. Exit code 1 where anything beats a bound, is not legal or costs something else
    than it claims: that would be a bug.
    """
    from zigzag_imc.checking.crosschecking import crosscheck_network
    from zigzag_imc.core.precision_rules import rules_of
    from zigzag_imc.library.query import Query
    from zigzag_imc.onnx_workload.sizes.given import parse_dims, parse_shapes
    from zigzag_imc.report.terminal.console import notice
    from zigzag_imc.report.terminal.progress import progress_bar
    from zigzag_imc.zigzag_bridge.installed import HOW_TO_INSTALL, is_installed

    bits, names = rules_of(precision or ()), _engines(engines)
    shapes, dims = parse_shapes(shape or ()), parse_dims(dim or ())
    _check_files(out, plot, (*model, accelerator))
    is_alone = locality is Locality.NONE
    if zigzag is None and is_alone and not quiet and not is_installed():
        notice(f"notice: without ZigZag, which is not installed; {HOW_TO_INSTALL} adds it")
    if len(model) > 1:
        _check_models(model, layer, Query(batch=batch, shapes=shapes, dims=dims, precision=bits))

    query = Query(objective=objective.value, cost_model=cost_model, locality=locality.value)
    space = space_of(query, diagonals, tile_sizes, divisors_only)

    def compare(one: str) -> CrosscheckResult:
        with progress_bar(quiet, KEEPS) as progress:
            return crosscheck_network(
                one,
                accelerator,
                engines=names,
                zigzag=zigzag,
                objective=objective.value,
                cost_model=cost_model,
                batch=batch,
                shapes=shapes,
                dims=dims,
                precision=bits,
                stored=stored.value,
                jobs=jobs,
                time_limit=time_limit,
                seed=seed,
                space=space,
                layers=layer,
                locality=locality.value,
                keep_ends=keep_ends,
                inferences=inferences,
                order=order.value,
                progress=progress,
            )

    results: list[CrosscheckResult] = []
    try:
        for result in _until_interrupted(model, compare):
            results.append(result)
            if output is CrosscheckFormat.TABLE:
                _print(result, first=len(results) == 1)
    except OSError:  # nobody reads on: the files are to have what was compared until then
        _write(results, out, plot, quiet).tell()
        raise
    unwritten = _write(results, out, plot, quiet)
    if output is not CrosscheckFormat.TABLE:
        print_text(_text(results, output))
    unwritten.tell()
    _judge(results)


def _check_files(out: str | None, plot: str | None, inputs: Sequence[str]) -> None:
    """Refuse outputs that cannot be written, or that would replace an input."""
    from zigzag_imc.plotting.files import check_figure_path
    from zigzag_imc.results.replacing import check_writable

    to_stdout = "; --format json, csv or markdown writes to stdout"
    check_outputs({"--out": out, "--plot": plot}, inputs, to_stdout=to_stdout)
    if out is not None:
        _format_of(out)
        check_writable(out)
    if plot is not None:
        check_figure_path(plot)


def _until_interrupted(
    models: Sequence[str], compare: Callable[[str], CrosscheckResult]
) -> Iterator[CrosscheckResult]:
    """Compare one network after the other; Ctrl-C ends it with what was found until then."""
    from zigzag_imc.report.terminal.console import notice

    for number, model in enumerate(models, start=1):
        result = compare(model)
        yield result
        if result.stopped == "interrupted":
            left = models[number:]
            if left:
                notice(f"interrupted, not compared at all: {', '.join(left)}")
            return


def _judge(results: Sequence[CrosscheckResult]) -> None:
    """End the command where something contradicts, or was interrupted."""
    from zigzag_imc.report.terminal.console import notice

    contradictions = [said for result in results for said in result.contradictions]
    for said in contradictions:
        notice(f"error: {said}")
    if contradictions:
        raise typer.Exit(CONTRADICTION)
    if results[-1].stopped == "interrupted":
        raise typer.Exit(INTERRUPTED)


def _check_models(models: Sequence[str], layers: Sequence[str] | None, query: Query) -> None:
    """Read all networks before the first search.

    What is wrong with a later one is not to be told only after the first one's searches.
    """
    from zigzag_imc.core.errors import OptionError
    from zigzag_imc.library.inputs import network_of

    if layers is not None:
        raise OptionError(
            f"--layer: names layers of one network, found {len(models)} models; expected one"
        )
    for model in models:
        network_of(model, query)


def _print(result: CrosscheckResult, first: bool) -> None:
    """Print the tables of a network, when its searches are over."""
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.crosscheck_table import print_crosscheck

    if not first:
        print()
    print_crosscheck(result, results_console())


def _write(
    results: Sequence[CrosscheckResult], out: str | None, plot: str | None, quiet: bool
) -> Unwritten:
    """Write the files that are asked for; return what could not be."""
    from zigzag_imc.report.terminal.console import notice
    from zigzag_imc.results.writing import write_text

    unwritten = Unwritten()
    if out is not None:
        with unwritten.kept():
            write_text(_text(results, _format_of(out)), out)
            say_written(out, "crosscheck", quiet)
    if plot is not None:
        from zigzag_imc.plotting.crosscheck import save_crosschecks

        with unwritten.kept():
            if save_crosschecks(results, plot):
                say_written(plot, "figure", quiet)
            elif not quiet:
                notice(f"warning: {plot}: not written, for no layer has a bound and a mapping")
    return unwritten


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
            f"{path}: found {found}, expected one of "
            f"{', '.join(_BY_SUFFIX)}{nearest(suffix, _BY_SUFFIX)}"
        )
    return _BY_SUFFIX[suffix]


def _text(results: Sequence[CrosscheckResult], form: CrosscheckFormat) -> str:
    from zigzag_imc.report.terminal.crosscheck_table import csv_text, markdown_text
    from zigzag_imc.results.crosscheck import CROSSCHECKS_ID, Crosschecks
    from zigzag_imc.results.writing import format_json

    if form is CrosscheckFormat.JSON:
        contents = Crosschecks(schema=CROSSCHECKS_ID, crosschecks=tuple(results))
        return format_json(contents.model_dump(mode="json", by_alias=True)) + "\n"
    return csv_text(results) if form is CrosscheckFormat.CSV else markdown_text(results)
