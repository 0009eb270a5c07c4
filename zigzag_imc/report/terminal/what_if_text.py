"""What more hardware would give, for people: the table of all changes."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from zigzag_imc.explain.records import Explanation, WhatIfRecord
from zigzag_imc.report.terminal.console import print_line
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.report.words import gain_words
from zigzag_imc.results.units import CYCLES, ENERGY, figure, with_unit


def print_what_ifs(told: Explanation, console: Console) -> None:
    """Print a row per changed accelerator, and why some cannot be built."""
    unit = {"energy": "pJ", "latency": "cycles", "edp": "pJ x cycles"}[
        told.what_if_objective or "edp"
    ]
    base = "unknown" if told.what_if_base is None else f"{told.what_if_base:.6g} {unit}"
    print_line(
        f"The layer mapped again for {told.what_if_objective} with a little more of one thing.",
        console,
    )
    print_line(f"As it is: {base}. Negative: it gets worse.", console)
    if told.what_if_objective != "energy":
        print_line("What is less counts time, not cycles: the clock may be slower.", console)
    print_line(
        "A memory's energy per access stays, or, with its bandwidth doubled, its energy per bit.",
        console,
    )
    print_line("With more bits its area per bit stays; that of wider ports is not known.", console)
    console.print()
    rows = Listing(
        (
            Column("change"),
            Column(f"less {told.what_if_objective}", numbers=True),
            Column("energy", numbers=True),
            Column("latency", numbers=True),
            Column("ns/cycle", numbers=True, rank=1),
            Column("mm2", numbers=True, rank=1),
            Column("status"),
        )
    )
    for change in told.what_ifs:
        rows.add(
            change.change,
            gain_words(change),
            "-" if change.energy_pj is None else with_unit(change.energy_pj, ENERGY),
            "-" if change.latency_cycles is None else with_unit(change.latency_cycles, CYCLES),
            figure(change.tclk_ns),
            figure(change.area_mm2),
            change.status or "not possible",
        )
    rows.print(console)
    _print_refusals(told.what_ifs, console)
    if told.stopped:
        print_line(f"stopped: {told.stopped}", console)


def _print_refusals(changes: Sequence[WhatIfRecord], console: Console) -> None:
    """Print which changes cannot be built, or have no proved mapping, and why."""
    for change in changes:
        if change.instead_of:
            print_line(f"not possible: {change.instead_of}", console)
    reasons: dict[str, list[str]] = {}
    for change in changes:
        if change.reason and change.status != "OPTIMAL":
            reasons.setdefault(change.reason, []).append(change.change)
    for reason, changed in reasons.items():
        print_line(f"{', '.join(changed)}: {reason}", console)
