"""Port stalls: computing waits for the port that keeps it longest.

With ``later[c]`` transfers over a cut after the first one, each of ``cycles[c]`` on a port, and
``window[c]`` cycles of a period that may overlap with computing, for every port:

``stall           >= sum over c of later[c] * max(0, cycles[c] - window[c])``
``stall + compute >= sum over c of later[c] * cycles[c]``

A window is at most the period, and all periods together are the computing cycles: a port lacks no
less than ``later * cycles - compute`` and the periods of the transfers that do not compete with
computing. A window is one activation where a tile of irrelevant loops alone fills over half of the
lowest memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from ortools.sat.python import cp_model

from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.timing.buffering import second_tile_bits
from zigzag_imc.solver.joint.crossing import INTO_CELLS, Cut, Floats
from zigzag_imc.solver.joint.loads import Load
from zigzag_imc.solver.joint.outer import outer_amount
from zigzag_imc.solver.joint.port_loads import Loads
from zigzag_imc.solver.joint.running import Running
from zigzag_imc.solver.joint.selection import Sheet


def add_port_stalls(sheet: Sheet, costs: CostModel, running: Running, loads: Loads) -> None:
    """Bound the stall from below by what every port lacks."""
    if not costs.profile.ports_stall:
        return
    for own in loads.values():
        if can_stall(own, running.rate):
            _add_port(sheet, costs, running, own)


def can_stall(loads: Sequence[Load], rate: int) -> bool:
    """Whether a port may ever keep computing waiting.

    It never does where one transfer over every cut takes no longer, together, than the activation
    after which the next ones come at the earliest.
    """
    return sum(float(load.longest.max()) for load in loads if load.busy.any()) > rate


def _add_port(sheet: Sheet, costs: CostModel, running: Running, loads: Sequence[Load]) -> None:
    """Bound the stall by what one port lacks."""
    busy = [_amount(sheet, running, cut, matrix) for cut, matrix in _busy(loads)]
    moved = cp_model.LinearExpr.sum(busy)
    sheet.model.add(running.stall + running.compute + running.rounding >= moved)
    stuck = [
        term
        for load in loads
        if load.busy.any() and load.longest.max() > running.rate
        for term in _stuck(sheet, costs, running, load)
    ]
    if stuck:
        sheet.model.add(running.stall >= cp_model.LinearExpr.sum(stuck))


def _busy(loads: Sequence[Load]) -> Iterator[tuple[Cut, Floats]]:
    """Cycles of the transfers over every cut that compete with computing."""
    by_cut: dict[int, list[Load]] = {}
    for load in loads:
        by_cut.setdefault(id(load.cut), []).append(load)
    for own in by_cut.values():
        yield own[0].cut, sum((load.busy for load in own), np.zeros(own[0].passing.shape))


def _stuck(
    sheet: Sheet, costs: CostModel, running: Running, load: Load
) -> Iterator[cp_model.LinearExprT]:
    """Cycles that no window hides: those of tiles that are never buffered, and of all others."""
    unbuffered = never_buffered(costs, load)
    alone = np.where(unbuffered, load.unhidden(running.rate), 0.0)
    if alone.any():
        yield _amount(sheet, running, load.cut, alone)
    beyond = np.where(unbuffered, 0.0, _with_a_period(load, running.least_cycles))
    if beyond.max() > running.least_cycles:
        lacking = sheet.model.new_int_var(0, running.units.most, f"lacking {load.cut.place}")
        reached = _amount(sheet, running, load.cut, beyond)
        sheet.model.add(lacking + running.compute + running.rounding >= reached)
        yield lacking


def _with_a_period(load: Load, compute: float) -> Floats:
    """Cycles of all transfers that compete with computing, and of the periods of the others."""
    reached: Floats = np.where(load.busy > 0, load.busy + load.outside * compute, 0.0)
    return reached


def never_buffered(costs: CostModel, load: Load) -> Floats:
    """Whether a tile leaves no room for a second one and rests as long as its memory holds it.

    It is all irrelevant loops, directly above the array, and fills over half of the lowest memory.
    """
    passing, cut = load.passing, load.cut
    if cut.boundary != 1:
        return np.zeros(passing.shape, dtype=bool)
    if cut.ends_short:
        is_single = passing.relevant("lone steps") > 0
    elif cut.place == INTO_CELLS:
        is_single = passing.relevant("depth") == 1
    else:
        is_single = passing.relevant("single") == 1
    elements = passing.relevant("lone elements" if cut.ends_short else "elements")
    if costs.profile.rounded_averages:
        elements = np.rint(elements)
    bits = second_tile_bits(elements, passing.element_bits, 1)
    size_bits = costs.accelerator.memory(OPERANDS[cut.operand], 0).size_bits
    crowded: Floats = is_single & (2 * bits > size_bits)
    return crowded & np.ones(passing.shape, dtype=bool)


def _amount(sheet: Sheet, running: Running, cut: Cut, cycles: Floats) -> cp_model.LinearExprT:
    """Cycles that depend on the choice at one cut, in units of latency."""
    units = running.units
    pair = (cut.relevant, cut.idle)
    return outer_amount(sheet, f"cycles {cut.place}", pair, units.of_cycles(cycles), units.most)
