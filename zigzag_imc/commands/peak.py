"""``zigzag-imc peak``."""

from __future__ import annotations

from typing import Annotated

import typer

from zigzag_imc.commands.common import Format, FormatOption, QuietOption
from zigzag_imc.commands.showing import say_notices
from zigzag_imc.commands.stdout import print_text


def peak_command(
    accelerator: Annotated[
        str, typer.Argument(metavar="A", help="YAML file, or a preset (see `accelerators`).")
    ],
    toggle_rate: Annotated[
        float,
        typer.Option(
            "--toggle-rate", metavar="R", min=0, max=1, help="Share of input bits that change."
        ),
    ] = 1.0,
    weight_sparsity: Annotated[
        float,
        typer.Option(
            "--weight-sparsity", metavar="S", min=0, max=1, help="Share of weight bits at zero."
        ),
    ] = 0.0,
    output: FormatOption = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Print peak performance, with energy, area and delay of each component.

    Of the macros alone, and of the system: with registers and the memories above them. Every
    multiplier is busy in every cycle, the weights are at rest.
    """
    from zigzag_imc.models.hardware.files import load_accelerator
    from zigzag_imc.models.peak import Activity
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.peak import print_peaks
    from zigzag_imc.results.peak import peaks_record
    from zigzag_imc.results.writing import format_json

    found = load_accelerator(accelerator)
    say_notices(found.notices, quiet)
    peaks = peaks_record(found, Activity(toggle_rate, weight_sparsity))
    if output is Format.JSON:
        print_text(format_json(peaks.model_dump(mode="json")) + "\n")
    else:
        print_peaks(peaks, results_console())
