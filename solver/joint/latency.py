"""Latency: computing, the stall of the worst port, on- and offloading.

Never more than the exact one: ``latency = compute + stall + onloading + offloading``, of which the
stall and the exposed links are bounded from below, a family a file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.formulation.onloading import add_onloading
from zigzag_imc.solver.joint.crossing import Cut
from zigzag_imc.solver.joint.hiding import add_hiding
from zigzag_imc.solver.joint.links import add_links, offloading
from zigzag_imc.solver.joint.port_loads import Loads, loads_by_port
from zigzag_imc.solver.joint.port_stalls import add_port_stalls
from zigzag_imc.solver.joint.rounds import add_rounds
from zigzag_imc.solver.joint.row_writes import RowWrites, add_row_writes
from zigzag_imc.solver.joint.running import Running
from zigzag_imc.solver.joint.selection import Selection, Sheet
from zigzag_imc.solver.joint.spare import add_spares
from zigzag_imc.solver.joint.units import CycleUnits
from zigzag_imc.solver.tables.links import link_kinds


@dataclass(frozen=True, eq=False)
class Latency:
    """The latency in the model.

    Attributes
    ----------
    units
        What one unit of it is.
    amount
        The latency in units, never more than the exact one.
    """

    units: CycleUnits
    amount: cp_model.IntVar


def add_latency(
    sheet: Sheet,
    costs: CostModel,
    used: Selection,
    cuts: Sequence[Cut],
    writes: RowWrites | None,
    most_cycles: float,
) -> Latency:
    """Add up the latency; nothing above ``most_cycles`` is of interest."""
    loads = loads_by_port(costs, cuts)
    units = CycleUnits.of(min(most_cycles, _largest(costs, used, loads, writes)))
    running = Running.of(sheet, costs, used, units)
    add_port_stalls(sheet, costs, running, loads)
    if writes is not None:
        add_row_writes(sheet, running, writes)
    links = add_links(sheet, costs, running, cuts, loads, writes)
    spares = add_spares(sheet, running, links, loads)
    add_hiding(sheet, running, links, spares)
    add_rounds(sheet, costs, links, spares, cuts)
    onload = sheet.model.new_int_var(0, units.most, "onloading")
    add_onloading(link_kinds(costs), sheet.model, onload, links.exposed)
    latency = sheet.model.new_int_var(0, units.most, "latency")
    parts = running.compute + running.stall + onload + offloading(links.exposed)
    sheet.model.add(latency == parts)
    return Latency(units, latency)


def _largest(costs: CostModel, used: Selection, loads: Loads, writes: RowWrites | None) -> float:
    """Latency that no mapping exceeds, in cycles: no transfer hides anywhere."""
    every = [load for own in loads.values() for load in own]
    compute = float(used.column("steps").max()) * costs.accelerator.array.cycles_per_activation
    moved = sum(float((load.busy + load.cycles).max()) for load in every)
    rows = 0.0 if writes is None else writes.most_cycles
    return math.ceil(compute + moved + rows)
