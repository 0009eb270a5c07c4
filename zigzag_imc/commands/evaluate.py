"""``zigzag-imc evaluate``."""

from __future__ import annotations

from typing import Annotated

import typer

from zigzag_imc.commands.common import (
    DEFAULT_PRECISION,
    AcceleratorOption,
    BatchOption,
    CostModelOption,
    Format,
    FormatOption,
    LayerOption,
    ModelArgument,
    Objective,
    ObjectiveOption,
    OutOption,
    PrecisionOption,
    QuietOption,
    print_network_result,
    say_written,
    warn_unsupported,
)
from zigzag_imc.commands.outputs import check_outputs


def evaluate_command(
    model: ModelArgument,
    accelerator: AcceleratorOption,
    mapping: Annotated[
        str,
        typer.Option(
            "--mapping",
            "-m",
            metavar="FILE",
            help=(
                "Result or mapping file, loop nest, or complete.json of ZigZag (a folder of them)."
            ),
        ),
    ],
    objective: ObjectiveOption = Objective.EDP,
    cost_model: CostModelOption = "imc",
    batch: BatchOption = None,
    precision: PrecisionOption = DEFAULT_PRECISION,
    layer: LayerOption = None,
    out: OutOption = None,
    output: FormatOption = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Score given mappings, without any search.

    A mapping that is not legal is named with its file, layer and reason, and the exit code is 2.
    """
    from zigzag_imc.library.mapping import evaluate
    from zigzag_imc.library.query import parse_precision
    from zigzag_imc.report.terminal.console import notice
    from zigzag_imc.results.writing import check_writable, write_result

    check_outputs({"--out": out}, (model, accelerator, mapping))
    if out is not None:
        check_writable(out)
    result = evaluate(
        model,
        accelerator,
        mapping,
        objective=objective.value,
        cost_model=cost_model,
        batch=batch,
        precision=parse_precision(precision),
        layers=layer,
    )
    if out is not None:
        write_result(result, out)
        say_written(out, "result", quiet)
    warn_unsupported(
        [(op.op_type, op.count, op.node_names, op.reason) for op in result.unsupported], quiet
    )
    if not quiet:
        for record in result.layers:
            if record.spatial is not None and record.reason:
                notice(f"note: layer {record.name!r}: {record.reason}")
    print_network_result(result, output)
