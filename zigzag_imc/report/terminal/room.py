"""What more room on chip would bring a network, for people."""

from __future__ import annotations

from rich.console import Console

from zigzag_imc.explain.keeping import MoreRoomRecord, RoomExplanation
from zigzag_imc.report.terminal.console import print_line
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.results.units import BITS, with_unit


def print_room(told: RoomExplanation, console: Console) -> None:
    """Print a row per memory that is larger."""
    unit = {"energy": "pJ", "latency": "cycles", "edp": "pJ x cycles"}[told.objective]
    print_line(
        f"{told.network} on {told.accelerator}: {told.objective} {told.objective_value:.6g} {unit}",
        console,
    )
    print_line("What is kept chosen again, with a little more of one memory.", console)
    console.print()
    rows = Listing(
        (
            Column("memory"),
            Column("size", numbers=True),
            Column("then", numbers=True),
            Column(told.objective, numbers=True),
            Column("less", numbers=True),
            Column("status"),
        )
    )
    for change in told.changes:
        value = "unknown" if change.objective_value is None else f"{change.objective_value:.6g}"
        before, after = with_unit(change.before, BITS), with_unit(change.after, BITS)
        rows.add(change.memory, before, after, value, _less(change), change.status)
    rows.print(console)


def _less(change: MoreRoomRecord) -> str:
    """How much less the objective is, and how much it might be at most where that is open."""
    if change.gain is None or change.most_gain is None:
        return "unknown"
    known = f"{100 * change.gain:.3g} %" if abs(change.gain) > 1e-9 else "nothing"
    if change.status == "OPTIMAL":
        return known
    return f"{known}, at most {100 * change.most_gain:.3g} %"
