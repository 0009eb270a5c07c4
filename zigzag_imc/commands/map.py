"""``zigzag-imc map``."""

from __future__ import annotations

from typing import Annotated

import typer

from zigzag_imc.commands.common import (
    DEFAULT_PRECISION,
    INTERRUPTED,
    AcceleratorOption,
    BatchOption,
    CostModelOption,
    Format,
    FormatOption,
    JobsOption,
    LayerOption,
    ModelArgument,
    Objective,
    ObjectiveOption,
    OutOption,
    PrecisionOption,
    QuietOption,
    Scope,
    TimeLimitOption,
    TotalTimeLimitOption,
    print_network_result,
    say_written,
    warn_unsupported,
)
from zigzag_imc.commands.outputs import check_outputs


def map_command(
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
    batch: BatchOption = None,
    precision: PrecisionOption = DEFAULT_PRECISION,
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
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the solver.")] = 0,
    pareto: Annotated[
        bool, typer.Option("--pareto", help="Also find the energy-latency front of every layer.")
    ] = False,
    plot: Annotated[
        str | None,
        typer.Option(
            "--plot",
            metavar="FILE",
            help=(
                "Draw the energy of every layer, by memory, to a png, svg or pdf file; with "
                "--pareto the fronts, too."
            ),
        ),
    ] = None,
    out: OutOption = None,
    output: FormatOption = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Map a network with proven-optimal mappings.

    Ctrl-C prints and writes what was found so far and exits with 130.
    """
    from zigzag_imc.library.mapping import MappingInterrupted, map_network
    from zigzag_imc.library.query import parse_precision
    from zigzag_imc.plotting.files import check_figure_path
    from zigzag_imc.report.terminal.console import notice
    from zigzag_imc.report.terminal.progress import progress_bar
    from zigzag_imc.results.writing import check_writable, write_result

    bits = parse_precision(precision)
    check_outputs({"--out": out, "--plot": plot}, (model, accelerator))
    if out is not None:
        check_writable(out)
    if plot is not None:
        check_figure_path(plot)
    interrupted = False
    with progress_bar(quiet) as progress:
        try:
            result = map_network(
                model,
                accelerator,
                objective=objective.value,
                scope=scope.value,
                cost_model=cost_model,
                batch=batch,
                precision=bits,
                jobs=jobs,
                time_limit=time_limit,
                total_time_limit=total_time_limit,
                gap=gap,
                pareto=pareto,
                seed=seed,
                layers=layer,
                progress=progress,
            )
        except MappingInterrupted as stop:
            result, interrupted = stop.result, True
    if out is not None:
        write_result(result, out)
        say_written(out, "result", quiet)
    warn_unsupported(
        [(op.op_type, op.count, op.node_names, op.reason) for op in result.unsupported], quiet
    )
    if not result.layers:
        notice(f"warning: {result.network.name} has no layers to map")
    if plot is not None:
        from zigzag_imc.plotting.result import save_result

        if save_result(result, plot):
            say_written(plot, "figure", quiet)
        elif not quiet:
            notice(f"warning: {plot}: not written, for no layer is mapped")
    print_network_result(result, output)
    if interrupted:
        raise typer.Exit(INTERRUPTED)
