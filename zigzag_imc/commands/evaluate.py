"""``zigzag-imc evaluate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zigzag_imc.commands.common import (
    AcceleratorOption,
    BatchOption,
    ConstraintOption,
    ConstraintsOption,
    CostModelOption,
    DimOption,
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
    asked_constraints,
)
from zigzag_imc.commands.forms import TableFormat, TableFormatOption
from zigzag_imc.commands.outputs import check_files
from zigzag_imc.commands.showing import print_and_exit, write_and_warn

if TYPE_CHECKING:
    from zigzag_imc.results.result import NetworkResult


def evaluate_command(  # noqa: PLR0913  (options of the command line)
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
    shape: ShapeOption = None,
    dim: DimOption = None,
    precision: PrecisionOption = None,
    constraint: ConstraintOption = None,
    constraints: ConstraintsOption = None,
    stored: StoredOption = Stored.BEST,
    layer: LayerOption = None,
    out: OutOption = None,
    output: TableFormatOption = TableFormat.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Score given mappings, without any search.

    A mapping that is not legal is named with its file, layer and reason, and the exit code is 2.
    """
    from zigzag_imc.core.precision_rules import rules_of
    from zigzag_imc.library.mapping import evaluate
    from zigzag_imc.onnx_workload.sizes.given import parse_dims, parse_shapes

    shapes, dims = parse_shapes(shape or ()), parse_dims(dim or ())
    check_files(out, (model, accelerator, mapping))
    result = evaluate(
        model,
        accelerator,
        mapping,
        objective=objective.value,
        cost_model=cost_model,
        batch=batch,
        shapes=shapes,
        dims=dims,
        precision=rules_of(precision or ()),
        constraints=asked_constraints(constraint, constraints),
        stored=stored.value,
        layers=layer,
    )
    unwritten = write_and_warn(result, out, quiet)
    if not quiet:
        _note_mappings(result)
    print_and_exit(result, output, unwritten)


def _note_mappings(result: NetworkResult) -> None:
    """Say on stderr what a person should know about the mappings that were read."""
    from zigzag_imc.report.terminal.console import notice

    for record in result.layers:
        if record.spatial is not None and record.reason:
            notice(f"note: layer {record.name!r}: {record.reason}")
