"""What more hardware would give, for people: the table of all changes, and a headline."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from zigzag_imc.explain.records import Explanation, WhatIfRecord
from zigzag_imc.report.terminal.console import print_line
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.results.units import CYCLES, ENERGY, counted, figure, with_unit


def headline(told: Explanation) -> str:
    """Return the change that gives most.

    And how many others might give more, where limits ended their searches.
    """
    less = f"less {told.what_if_objective}"
    best = next((change for change in told.what_ifs if (change.gain or 0.0) > 0), None)
    others = [
        change
        for change in told.what_ifs
        if change is not best and _may_gain_more(change, than=best)
    ]
    if best is None:
        known = f"none below is known to give {less}"
        sure = f"no single change below gives {less}"
    else:
        known = f"{best.change} gives most of what is known: {_gain(best)} {less}"
        sure = f"{best.change} gives most: {_gain(best)} {less}"
    if not others:
        return sure
    most = [change.most_gain for change in others if change.most_gain is not None]
    up_to = f", up to {100 * max(most):.3g} %" if len(most) == len(others) else ""
    return f"{known}; how much is not known for {counted(len(others), 'change')}{up_to}"


def _may_gain_more(change: WhatIfRecord, than: WhatIfRecord | None) -> bool:
    """Whether a limit ended the search before it was known that a change gives no more."""
    if change.status in (None, "INFEASIBLE"):
        return False
    if change.most_gain is None:
        return True
    known = 0.0 if than is None else than.gain or 0.0
    return change.status != "OPTIMAL" and change.most_gain > known


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
    print_line(
        "A memory's energy per access stays, or, with its bandwidth doubled, its energy per bit.",
        console,
    )
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
            _gain(change),
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


def _gain(change: WhatIfRecord) -> str:
    if change.gain is None:
        return "-"
    text = "nothing" if change.gain == 0 else f"{100 * change.gain:.3g} %"
    if change.most_gain is not None and change.most_gain > change.gain:
        return f"{text} to {100 * change.most_gain:.3g} %"
    return text
