"""``zigzag-imc validate``."""

from __future__ import annotations

from typing import Annotated

import typer

from zigzag_imc.commands.common import Format, FormatOption, QuietOption, say_written
from zigzag_imc.commands.outputs import check_files
from zigzag_imc.commands.stdout import print_json, print_text


def validate_command(
    chip: Annotated[
        str | None,
        typer.Argument(metavar="CHIP", help="Print the accelerator file that stands for a chip."),
    ] = None,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="Draw bars: png, svg or pdf.")
    ] = None,
    output: FormatOption = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Compare the model of the array with published chips.

    Area, clock and efficiency, modelled and as reported, their ratio, and what it means.
    """
    from zigzag_imc.models.hardware.chips import chip_named, chip_names
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.validation import print_validation
    from zigzag_imc.results.validation import validation_record

    check_files(None, (), plot=plot)
    if chip is not None:
        print_text(chip_named(chip).accelerator_template.text())
        return
    validation = validation_record(map(chip_named, chip_names()))
    if output is Format.JSON:
        print_json(validation.model_dump(mode="json"))
    else:
        print_validation(validation, results_console())
    if plot is not None:
        from zigzag_imc.plotting.validation import save_validation

        save_validation(validation, plot)
        say_written(plot, "figure", quiet)
