"""Published chips: a line for each figure, modelled beside reported."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.results.units import figure as as_figure
from zigzag_imc.results.validation import ValidationRecord

LABELS = {
    "area_mm2": "area (mm2)",
    "tclk_ns": "clock (ns)",
    "tops": "TOPS",
    "tops_per_w": "TOPS/W",
}
"""Names and units of the figures."""


def print_validation(validation: ValidationRecord, console: Console) -> None:
    """Print modelled over reported figures, and then what each comparison means."""
    table = Listing(
        (
            Column("chip"),
            Column("figure"),
            Column("modelled", numbers=True),
            Column("reported", numbers=True),
            Column("ratio", numbers=True),
        )
    )
    for chip in validation.chips:
        for name, one in chip.figures.items():
            table.add(
                Text(chip.name),
                Text(LABELS[name]),
                as_figure(one.modelled),
                as_figure(one.reported),
                f"{one.ratio:.2f}",
            )
    table.print(console)
    for chip in validation.chips:
        console.print()
        console.print(Text.assemble((chip.name, "bold"), f" {chip.published}"), soft_wrap=True)
        for name, one in chip.figures.items():
            console.print(Text(f"  {LABELS[name]}: {one.means}"), soft_wrap=True)
