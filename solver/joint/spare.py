"""Spare: the cycles of a port that its periodic transfers leave to first ones.

While the array computes and stalls, periodic transfers take whole bits per cycle of the port's
width, and what they leave of it is left all that time. With ``moved[c]`` bits of all transfers over
a cut where there are several:

``spare + sum of moved[c] / width <= compute + stall``, or ``spare = 0``

The second holds wherever periodic transfers take all bits per cycle. The cost model rounds what
each of them takes up to whole bits per cycle after it rounds it down to whole bits per activation;
so each takes at least what it moves less one bit per activation. What they take of the stalls is
left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from zigzag_imc.solver.joint.links import Links
from zigzag_imc.solver.joint.loads import Load
from zigzag_imc.solver.joint.outer import outer_amount
from zigzag_imc.solver.joint.port_loads import Loads
from zigzag_imc.solver.joint.running import Running
from zigzag_imc.solver.joint.selection import Sheet
from zigzag_imc.solver.tables.cut import PortKey


@dataclass(frozen=True, eq=False)
class Spare:
    """What periodic transfers leave of a port.

    Attributes
    ----------
    cycles
        Units of latency at most, rounded up.
    room
        Whether they leave anything; always where there is no literal.
    """

    cycles: cp_model.LinearExprT
    room: cp_model.IntVar | None = None


Spares = Mapping[PortKey, Spare]
"""What is left of every port over which first transfers may hide."""


def add_spares(sheet: Sheet, running: Running, links: Links, loads: Loads) -> Spares:
    """Bound what periodic transfers leave of every port."""
    return {
        key: _spare(sheet, running, [load for load in loads[key] if not load.back])
        for key in links.hidden
    }


def _spare(sheet: Sheet, running: Running, loads: Sequence[Load]) -> Spare:
    """Bound what they leave of one port."""
    computing = running.compute + running.stall + running.rounding
    periodic = [load for load in loads if (load.passing.count > 1).any()]
    if not periodic:
        return Spare(computing)
    model, width = sheet.model, loads[0].bandwidth
    moved = cp_model.LinearExpr.sum(list(_moved(sheet, running, periodic)))
    fewer_bits = len(periodic)  # per activation
    scale = width * running.rate
    room = model.new_bool_var("room")
    spare = model.new_int_var(0, running.units.most + running.rounding, "spare")
    model.add(spare <= computing)
    most = scale * (computing - moved) + fewer_bits * (running.compute + running.rounding)
    model.add(scale * spare <= most + (scale - 1)).only_enforce_if(room)
    # Whole bits per cycle are left over: one at least.
    of_compute = (width - 1) * running.rate + fewer_bits
    taken = scale * moved <= of_compute * (running.compute + running.rounding)
    model.add(taken).only_enforce_if(room)
    return Spare(spare, room)


def _moved(sheet: Sheet, running: Running, loads: Iterable[Load]) -> Iterable[cp_model.LinearExprT]:
    """Cycles that periodic transfers take of a port, of full width, over every cut."""
    units = running.units
    for load in loads:
        passing, cut = load.passing, load.cut
        cycles = np.where(passing.count > 1, load.moved_bits / load.bandwidth, 0.0)
        name, pair = f"moved {cut.place}", (cut.relevant, cut.idle)
        yield outer_amount(sheet, name, pair, units.of_cycles(cycles), units.most)
