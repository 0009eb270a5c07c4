"""``zigzag-imc search``."""

from __future__ import annotations

import enum
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
    JobsOption,
    LayerOption,
    ModelArgument,
    Objective,
    ObjectiveOption,
    OutOption,
    PrecisionOption,
    QuietOption,
    ShapeOption,
    Stored,
    StoredOption,
    TileSizesOption,
    TimeLimitOption,
    TotalTimeLimitOption,
    asked_constraints,
    expect_searches,
    space_of,
)
from zigzag_imc.commands.forms import TableFormat, TableFormatOption
from zigzag_imc.commands.outputs import check_files
from zigzag_imc.commands.showing import (
    print_and_exit,
    search_until_interrupted,
    write_and_warn,
)

if TYPE_CHECKING:
    from zigzag_imc.results.result import NetworkResult
    from zigzag_imc.runs.run import ProgressCallback


class EngineName(enum.StrEnum):
    """What searches."""

    EXHAUSTIVE = "exhaustive"
    LOMA = "loma"
    SALSA = "salsa"
    RANDOM = "random"


def search_command(  # noqa: PLR0913  (options of the command line)
    model: ModelArgument,
    accelerator: AcceleratorOption,
    engine: Annotated[
        EngineName, typer.Option("--engine", "-e", help="What searches; see docs/engines.md.")
    ],
    objective: ObjectiveOption = Objective.EDP,
    cost_model: CostModelOption = "imc",
    diagonals: DiagonalsOption = True,
    tile_sizes: TileSizesOption = None,
    divisors_only: DivisorsOnlyOption = False,
    factors: Annotated[
        int | None, typer.Option("--factors", metavar="N", help="loma: loops to order; default 6.")
    ] = None,
    spatial_mappings: Annotated[
        int | None,
        typer.Option(
            "--spatial-mappings",
            metavar="M",
            help="loma, salsa: spatial mappings tried, of highest utilization; default 3.",
        ),
    ] = None,
    iterations: Annotated[
        int | None,
        typer.Option(
            "--iterations", metavar="N", help="salsa: steps per spatial mapping; default 1000."
        ),
    ] = None,
    start_temperature: Annotated[
        float | None,
        typer.Option(
            "--start-temperature",
            metavar="T",
            help=(
                "salsa: relative increase of cost that is taken with probability 1/e at the start; "
                "default 0.05."
            ),
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option("--samples", metavar="N", help="random: mappings drawn; default 1000."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="exhaustive: search however many mappings there are.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of what is drawn.")] = 0,
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
    out: OutOption = None,
    output: TableFormatOption = TableFormat.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Search with a heuristic engine instead of the solver.

    Nothing is proved, except by the exhaustive engine; the result is of the same kind as that of
    `map`. Ctrl-C prints and writes what was found so far and exits with 130.
    """
    expect_searches(jobs, layer)
    from zigzag_imc.core.precision_rules import rules_of
    from zigzag_imc.library.query import Query
    from zigzag_imc.onnx_workload.sizes.given import parse_dims, parse_shapes
    from zigzag_imc.report.terminal.console import notice
    from zigzag_imc.solver.engines.catalogue import engine_named

    engine_options = {
        "factors": factors,
        "spatial_mappings": spatial_mappings,
        "iterations": iterations,
        "start_temperature": start_temperature,
        "samples": samples,
        "force": force or None,
    }
    searcher = engine_named(
        engine.value,
        {option: value for option, value in engine_options.items() if value is not None},
    )
    bits, asked = rules_of(precision or ()), asked_constraints(constraint, constraints)
    shapes, dims = parse_shapes(shape or ()), parse_dims(dim or ())
    check_files(out, (model, accelerator))
    space = space_of(Query(cost_model=cost_model), diagonals, tile_sizes, divisors_only)

    def search(progress: ProgressCallback | None) -> NetworkResult:
        from zigzag_imc.library.searching import search_network

        return search_network(
            model,
            accelerator,
            searcher,
            objective=objective.value,
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
            seed=seed,
            space=space,
            layers=layer,
            progress=progress,
            announce=None if quiet else notice,
        )

    result = search_until_interrupted(search, quiet)
    unwritten = write_and_warn(result, out, quiet)
    print_and_exit(result, output, unwritten)
