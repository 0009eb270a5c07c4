"""Two results side by side, as text."""

from __future__ import annotations

from rich.console import Console

from zigzag_imc.report.terminal.console import print_line
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.report.words import partial_text
from zigzag_imc.results.comparison import Comparison, QuantityRecord, SideRecord
from zigzag_imc.results.labels import shorten
from zigzag_imc.results.units import counted, figure

_NAMED = {
    "energy_pj": ("energy", "pJ"),
    "latency_cycles": ("latency", "cycles"),
    "delay_ns": ("delay", "ns"),
    "edp_js": ("energy-delay product", "J s"),
    "tclk_ns": ("clock", "ns"),
    "area_mm2": ("area", "mm2"),
}


def print_comparison(compared: Comparison, console: Console) -> None:
    """Print what differs: what the results are of, their totals, and the layers."""
    for head, side in (("first:  ", compared.first), ("second: ", compared.second)):
        print_line(_described(side), console, head=head)
    console.print()
    _print_totals(compared, console)
    note = partial_text(compared)
    if note:
        print_line(note, console)
    console.print()
    _print_layers(compared, console)
    for which, names in (("first", compared.only_first), ("second", compared.only_second)):
        if names:
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            print_line(f"only in the {which}: {', '.join(names[:5])}{more}", console)


def _described(side: SideRecord) -> str:
    return (
        f"{side.network} on {side.accelerator}, {side.objective} per {side.scope}, "
        f"cost model {side.cost_model}"
    )


def _print_totals(compared: Comparison, console: Console) -> None:
    rows = Listing(
        (
            Column("of the network"),
            Column("first", numbers=True),
            Column("second", numbers=True),
            Column("second / first", numbers=True),
        )
    )
    for quantity in compared.totals:
        name, unit = _NAMED[quantity.name]
        rows.add(f"{name} ({unit})", *_values(quantity))
    rows.print(console)


def _print_layers(compared: Comparison, console: Console) -> None:
    different = compared.different
    if not different:
        print_line(f"all {counted(len(compared.layers), 'layer')} are the same", console)
        return
    rows = Listing(
        (
            Column("layer", names=True),
            Column("count", numbers=True),
            Column("energy", numbers=True),
            Column("latency", numbers=True),
            Column("delay", numbers=True),
            Column("utilization", numbers=True),
            Column("differs in", rank=1),
        )
    )
    for layer in different:
        shown = ("energy_pj", "latency_cycles", "delay_ns", "utilization")
        ratios = (layer.quantity(name) for name in shown)
        rows.add(
            shorten(layer.name, 60),
            str(layer.count),
            *(_ratio(quantity) for quantity in ratios),
            ", ".join(layer.differs_in),
        )
    rows.print(console)
    console.print()
    print_line(
        f"{len(different)} of {counted(len(compared.layers), 'layer')} differ; figures are the "
        "second over the first",
        console,
    )


def _values(quantity: QuantityRecord) -> tuple[str, str, str]:
    return _number(quantity.first), _number(quantity.second), _ratio(quantity)


def _number(value: float | None) -> str:
    if value is None or value == 0:
        return figure(value)
    return f"{value:.4g}" if abs(value) < 1e-3 or abs(value) >= 1e6 else figure(value)


def _ratio(quantity: QuantityRecord) -> str:
    return figure(quantity.ratio)
