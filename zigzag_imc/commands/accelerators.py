"""``zigzag-imc accelerators``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def accelerators_command(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Print the YAML of this preset.")
    ] = None,
) -> None:
    """List the accelerators that ship with the tool, or print one as YAML to start from."""
    from zigzag_imc.models.hardware.presets import preset_names, preset_text

    if name is not None:
        sys.stdout.write(preset_text(name))
        return
    from zigzag_imc.models.hardware.files import load_accelerator
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.other_tables import print_accelerators

    print_accelerators((load_accelerator(preset) for preset in preset_names()), results_console())
