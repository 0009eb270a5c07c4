"""``zigzag-imc accelerators``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from zigzag_imc.commands.common import CostModelOption, Format, FormatOption
from zigzag_imc.commands.showing import say_notices
from zigzag_imc.commands.stdout import print_json


def accelerators_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME|FILE",
            help="Print the YAML of this preset, or check and summarise this file.",
        ),
    ] = None,
    summary: Annotated[
        bool, typer.Option("--summary", help="Summarise a preset, too, instead of printing it.")
    ] = False,
    cost_model: CostModelOption = "imc",
    output: FormatOption = Format.TABLE,
) -> None:
    """List accelerators, print one as YAML, or sum up a file.

    Those listed ship with the tool. A summary has clock, area and peak performance, component by
    component.
    """
    from zigzag_imc.models.hardware.presets import preset_names, preset_text

    if name in preset_names() and not summary and output is Format.TABLE:
        sys.stdout.write(preset_text(name))
    elif name is not None:
        _summarise(name, cost_model, output)
    else:
        _list(preset_names())


def _list(names: tuple[str, ...]) -> None:
    from zigzag_imc.models.hardware.files import load_accelerator
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.other_tables import print_accelerators

    print_accelerators((load_accelerator(preset) for preset in names), results_console())


def _summarise(name: str, cost_model: str, output: Format) -> None:
    """Print what an accelerator is made of; a file that is wrong ends here."""
    from zigzag_imc.models.hardware.files import load_accelerator
    from zigzag_imc.models.profile import profile_named
    from zigzag_imc.report.terminal.accelerator_summary import print_accelerator
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.results.records import accelerator_record, hardware_record

    profile = profile_named(cost_model)
    accelerator = load_accelerator(name)
    hardware = hardware_record(accelerator, profile)
    say_notices(accelerator.notices, quiet=False)
    if output is Format.JSON:
        contents = accelerator_record(accelerator).model_dump(mode="json")
        contents |= {"cost_model": profile.name, "hardware": hardware.model_dump(mode="json")}
        print_json(contents)
    else:
        print_accelerator(accelerator, hardware, profile.name, results_console())
