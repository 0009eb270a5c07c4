"""A replay as tables for people."""

from __future__ import annotations

from rich.console import Console

from zigzag_imc.report.terminal.console import print_line
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.results.replay import ReplayResult

_WHY = {
    "transfer": "the transfer takes that long",
    "port": "the port serves others first",
    "room": "no room before older data is used",
}
_PORTS_SHOWN = 5


def print_replay(played: ReplayResult, console: Console) -> None:
    """Print cycles beside those of the model, what the array waits for, and the busiest ports."""
    print_line(
        f"{played.layer} of {played.network} on {played.accelerator}: {played.steps:,} steps of "
        "the array",
        console,
    )
    console.print()
    _print_cycles(played, console)
    console.print()
    if played.waits:
        _print_waits(played, console)
    else:
        print_line("The array never waits between its first and its last step.", console)
    console.print()
    _print_ports(played, console)


def _print_cycles(played: ReplayResult, console: Console) -> None:
    rows = Listing(
        (
            Column("clock cycles"),
            Column("replay", numbers=True),
            Column("model", numbers=True),
            Column("replay - model", numbers=True),
        )
    )
    for name in ("onloading", "compute", "stall", "offloading"):
        _add_cycles(
            rows,
            name,
            getattr(played.latency, f"{name}_cycles"),
            getattr(played.model_latency, f"{name}_cycles"),
        )
    _add_cycles(rows, "all", played.cycles, played.model_cycles)
    rows.print(console)


def _add_cycles(rows: Listing, name: str, replay: float, model: float) -> None:
    rows.add(name, f"{replay:,.0f}", f"{model:,.0f}", f"{replay - model:+,.0f}")


def _print_waits(played: ReplayResult, console: Console) -> None:
    rows = Listing(
        (
            Column("waits for"),
            Column("port"),
            Column("because", rank=1),
            Column("first at", numbers=True),
            Column("times", numbers=True),
            Column("cycles", numbers=True),
        )
    )
    for wait in played.waits:
        rows.add(
            f"{wait.operand} {wait.direction}",
            f"{wait.memory} {wait.port}",
            _WHY[wait.why],
            f"{wait.first_cycle:,}",
            f"{wait.times:,}",
            f"{wait.cycles:,}",
        )
    rows.print(console)


def _print_ports(played: ReplayResult, console: Console) -> None:
    rows = Listing(
        (Column("busiest ports"), Column("cycles", numbers=True), Column("share", numbers=True))
    )
    for port in played.ports[:_PORTS_SHOWN]:
        rows.add(f"{port.memory} {port.port}", f"{port.busy_cycles:,}", f"{port.share:.1%}")
    rows.print(console)
