"""``zigzag-imc map``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zigzag_imc.commands.common import (
    AcceleratorOption,
    BatchOption,
    ConstraintOption,
    ConstraintsOption,
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
    Method,
    ModelArgument,
    Objective,
    ObjectiveOption,
    Order,
    OrderOption,
    OutOption,
    PrecisionOption,
    QuietOption,
    Scope,
    ShapeOption,
    Stored,
    StoredOption,
    TileSizesOption,
    TimeLimitOption,
    TotalTimeLimitOption,
    asked_constraints,
    expect_searches,
    say_written,
    space_of,
)
from zigzag_imc.commands.forms import TableFormat, TableFormatOption
from zigzag_imc.commands.outputs import check_files
from zigzag_imc.commands.showing import (
    KEEPS,
    print_and_exit,
    search_until_interrupted,
    write_and_warn,
)

if TYPE_CHECKING:
    from zigzag_imc.results.result import NetworkResult
    from zigzag_imc.runs.run import ProgressCallback


OF_DIVISORS = "tiles that divide; --tile-sizes any-outermost asks for all, which takes longer"
"""What is said of a smaller mapspace than the cost model knows, where nobody asked for it."""


def map_command(  # noqa: PLR0913  (options of the command line)
    model: ModelArgument,
    accelerator: AcceleratorOption,
    objective: ObjectiveOption = Objective.EDP,
    scope: Annotated[
        Scope,
        typer.Option(
            "--scope", help="Per layer, or of the network as a whole (differs for edp only)."
        ),
    ] = Scope.LAYER,
    cost_model: CostModelOption = "imc",
    diagonals: DiagonalsOption = True,
    tile_sizes: TileSizesOption = None,
    divisors_only: DivisorsOnlyOption = False,
    batch: BatchOption = None,
    shape: ShapeOption = None,
    dim: DimOption = None,
    precision: PrecisionOption = None,
    constraint: ConstraintOption = None,
    constraints: ConstraintsOption = None,
    stored: StoredOption = Stored.BEST,
    layer: LayerOption = None,
    jobs: JobsOption = None,
    time_limit: TimeLimitOption = None,
    total_time_limit: TotalTimeLimitOption = None,
    gap: Annotated[
        float,
        typer.Option(
            "--gap",
            metavar="G",
            help=(
                "Stop at this certified relative gap, such as 0.01 for 1 %; fronts are "
                "exact in any case."
            ),
        ),
    ] = 0.0,
    method: Annotated[
        Method,
        typer.Option(
            "--method",
            help="Prove by presolve and CP-SAT, or by one CP-SAT model of everything alone.",
        ),
    ] = Method.AUTO,
    locality: LocalityOption = Locality.NONE,
    keep_ends: KeepEndsOption = False,
    inferences: InferencesOption = 1,
    order: OrderOption = Order.GRAPH,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the solver.")] = 0,
    pareto: Annotated[
        bool,
        typer.Option(
            "--pareto",
            help=(
                "Also find the energy-latency front of every layer; with --locality, the corners "
                "of that of the network, too."
            ),
        ),
    ] = False,
    plot: Annotated[
        str | None,
        typer.Option(
            "--plot",
            metavar="FILE",
            help=(
                "Draw energy and latency of every layer, in their parts, to a png, svg or pdf "
                "file; with --pareto the fronts, too."
            ),
        ),
    ] = None,
    column: Annotated[
        bool,
        typer.Option("--column", help="With --plot: as wide as one column of a page with two."),
    ] = False,
    out: OutOption = None,
    output: TableFormatOption = TableFormat.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Map a network with proven-optimal mappings.

    Ctrl-C prints and writes what was found so far and exits with 130.
    """
    expect_searches(jobs, layer)
    from zigzag_imc.core.precision_rules import rules_of
    from zigzag_imc.library.query import Query
    from zigzag_imc.onnx_workload.sizes.given import parse_dims, parse_shapes
    from zigzag_imc.report.terminal.console import notice

    bits, asked = rules_of(precision or ()), asked_constraints(constraint, constraints)
    shapes, dims = parse_shapes(shape or ()), parse_dims(dim or ())
    check_files(out, (model, accelerator), plot=plot)
    query = Query(
        objective=objective.value,
        scope=scope.value,
        cost_model=cost_model,
        pareto=pareto,
        method=method.value,
        locality=locality.value,
    )
    space = space_of(query, diagonals, tile_sizes, divisors_only)
    is_asked = tile_sizes is not None or divisors_only
    every = Query(cost_model=cost_model).mapspace
    if not (quiet or is_asked) and space.tile_sizes != every.tile_sizes:
        who = "fronts are of" if query.needs_fronts else "--method cp-sat chooses among"
        notice(f"note: {who} {OF_DIVISORS}")

    def search(progress: ProgressCallback | None) -> NetworkResult:
        from zigzag_imc.library.mapping import map_network

        return map_network(
            model,
            accelerator,
            objective=objective.value,
            scope=scope.value,
            cost_model=cost_model,
            batch=batch,
            shapes=shapes,
            dims=dims,
            precision=bits,
            constraints=asked,
            stored=stored.value,
            jobs=jobs,
            time_limit=time_limit,
            total_time_limit=total_time_limit,
            gap=gap,
            pareto=pareto,
            method=method.value,
            seed=seed,
            space=space,
            layers=layer,
            locality=locality.value,
            keep_ends=keep_ends,
            inferences=inferences,
            order=order.value,
            progress=progress,
        )

    quicker = "; --divisors-only is quicker" if space.tile_sizes == "any-outermost" else ""
    result = search_until_interrupted(search, quiet, KEEPS + quicker)
    unwritten = write_and_warn(result, out, quiet)
    if not result.layers:
        notice(f"warning: {result.network.name} has no layers to map")
    if plot is not None:
        with unwritten.kept():
            _draw(result, plot, column, quiet)
    print_and_exit(result, output, unwritten)


def _draw(result: NetworkResult, plot: str, column: bool, quiet: bool) -> None:
    """Draw the energy of every layer, and the fronts where there are any."""
    from zigzag_imc.plotting.result import save_result
    from zigzag_imc.report.terminal.console import notice

    if save_result(result, plot, column=column):
        say_written(plot, "figure", quiet)
    elif not quiet:
        notice(f"warning: {plot}: not written, for no layer is mapped")
