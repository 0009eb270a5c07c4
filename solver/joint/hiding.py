"""Hiding: the on- and offloading that runs behind the computation.

A port hides its first transfers in the cycles that its periodic ones leave while the array computes
and stalls. With ``moved[c]`` bits of all transfers over a cut where there are several, and the
port's width:

``sum of hidden[c] + sum of moved[c] / width <= compute + stall``, or ``sum of hidden[c] = 0``

The second holds wherever periodic transfers take all bits per cycle. The cost model counts what
they take in whole bits per cycle, each rounded up after it is rounded down to whole bits per
activation; so each may take a bit less per activation than it moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from ortools.sat.python import cp_model

from zigzag_imc.solver.joint.links import Links
from zigzag_imc.solver.joint.loads import Load
from zigzag_imc.solver.joint.outer import outer_amount
from zigzag_imc.solver.joint.port_loads import Loads
from zigzag_imc.solver.joint.running import Running
from zigzag_imc.solver.joint.selection import Sheet


def add_hiding(sheet: Sheet, running: Running, links: Links, loads: Loads) -> None:
    """Bound what first transfers hide on every port."""
    for key, own in links.hidden.items():
        hidden = [each for _, each in own]
        _add_port(sheet, running, hidden, [load for load in loads[key] if not load.back])


def _add_port(
    sheet: Sheet, running: Running, hidden: Sequence[cp_model.IntVar], loads: Sequence[Load]
) -> None:
    """Bound what first transfers hide on one port."""
    model, width = sheet.model, loads[0].bandwidth
    all_hidden = cp_model.LinearExpr.sum(list(hidden))
    # What is hidden may be a fraction of a cycle; each of several in longer units.
    slack = 1 if running.rounding == 0 else running.rounding + len(hidden)
    periodic = [load for load in loads if (load.passing.count > 1).any()]
    moved = cp_model.LinearExpr.sum(list(_moved(sheet, running, periodic)))
    fewer_bits = len(periodic)  # per activation
    scale = width * running.rate
    room = model.new_bool_var("room")
    model.add(
        scale * (all_hidden + moved)
        <= scale * (running.compute + running.stall + slack) + fewer_bits * running.compute
    ).only_enforce_if(room)
    # Whole bits per cycle are left over: one at least.
    left = (width - 1) * running.rate + fewer_bits
    model.add(scale * moved <= left * (running.compute + running.rounding)).only_enforce_if(room)
    model.add(all_hidden == 0).only_enforce_if(room.negated())


def _moved(sheet: Sheet, running: Running, loads: Iterable[Load]) -> Iterable[cp_model.LinearExprT]:
    """Cycles that periodic transfers take of a port, of full width, over every cut."""
    units = running.units
    for load in loads:
        passing, cut = load.passing, load.cut
        cycles = np.where(passing.count > 1, load.moved_bits / load.bandwidth, 0.0)
        name, pair = f"moved {cut.place}", (cut.relevant, cut.idle)
        yield outer_amount(sheet, name, pair, units.of_cycles(cycles), units.most)
