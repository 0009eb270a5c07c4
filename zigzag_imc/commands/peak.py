"""``zigzag-imc peak``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zigzag_imc.commands.common import QuietOption
from zigzag_imc.commands.forms import TableFormat, TableFormatOption, print_rows_as
from zigzag_imc.commands.showing import say_notices
from zigzag_imc.commands.stdout import print_json

if TYPE_CHECKING:
    from zigzag_imc.results.peak import PeaksRecord


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
    output: TableFormatOption = TableFormat.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Print peak performance, component by component.

    With energy, area and delay of each, of the macros alone, and of the system: with registers and
    the memories above them. Every multiplier is busy in every cycle, the weights are at rest.
    """
    from zigzag_imc.models.hardware.files import load_accelerator
    from zigzag_imc.models.peak import Activity
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.peak import print_peaks
    from zigzag_imc.results.peak import peaks_record

    found = load_accelerator(accelerator)
    say_notices(found.notices, quiet)
    peaks = peaks_record(found, Activity(toggle_rate, weight_sparsity))
    if output is TableFormat.TABLE:
        print_peaks(peaks, results_console())
    elif output is TableFormat.JSON:
        print_json(peaks.model_dump(mode="json"))
    else:
        print_rows_as(_rows(peaks), output)


def _rows(peaks: PeaksRecord) -> Iterator[dict[str, Any]]:
    """Yield a row for each component and memory of the system."""
    energies, areas = peaks.system.energy_pj_per_cycle_of, peaks.system.area_mm2_of
    for name in dict.fromkeys((*areas, *energies)):
        yield {
            "component": name,
            "energy_pj_per_cycle": energies.get(name, 0.0),
            "area_mm2": areas.get(name, 0.0),
            "delay_ns": peaks.tclk_ns_of.get(name, 0.0),
        }
