"""Peak performance: a table of components, and one of macros beside the system."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.results.peak import PeakRecord, PeaksRecord
from zigzag_imc.results.units import figure, percent


def print_peaks(peaks: PeaksRecord, console: Console) -> None:
    """Print where energy, area and delay are, and what both make of it."""
    _print_components(peaks, console)
    console.print()
    table = Listing(
        (
            Column("peak of"),
            Column("TOPS", numbers=True),
            Column("TOPS/W", numbers=True),
            Column("TOPS/mm2", numbers=True),
            Column("pJ/cycle", numbers=True),
            Column("area (mm2)", numbers=True),
            Column("clock (ns)", numbers=True),
        )
    )
    for name, peak in (("macro", peaks.macro), ("system", peaks.system)):
        table.add(Text(name), *map(figure, _figures(peak)))
    table.print(console)
    console.print()
    console.print(
        f"{peaks.accelerator.name}: {percent(peaks.toggle_rate)} of the input bits change, "
        f"{percent(peaks.weight_sparsity)} of the weight bits are zero",
        soft_wrap=True,
    )


def _print_components(peaks: PeaksRecord, console: Console) -> None:
    """Print a line for each component and memory that takes anything."""
    energies, areas = peaks.system.energy_pj_per_cycle_of, peaks.system.area_mm2_of
    table = Listing(
        (
            Column("component"),
            Column("pJ/cycle", numbers=True),
            Column("share of energy", numbers=True),
            Column("area (mm2)", numbers=True),
            Column("share of area", numbers=True),
            Column("delay (ns)", numbers=True),
        )
    )
    for name in dict.fromkeys((*areas, *energies)):
        energy, area = energies.get(name, 0.0), areas.get(name, 0.0)
        delay = peaks.tclk_ns_of.get(name, 0.0)
        if energy or area or delay:
            table.add(
                Text(name),
                figure(energy),
                percent(energy / peaks.system.energy_pj_per_cycle),
                figure(area),
                percent(area / peaks.system.area_mm2),
                figure(delay),
            )
    table.print(console)


def _figures(peak: PeakRecord) -> tuple[float, ...]:
    return (
        peak.tops,
        peak.tops_per_w,
        peak.tops_per_mm2,
        peak.energy_pj_per_cycle,
        peak.area_mm2,
        peak.tclk_ns,
    )
