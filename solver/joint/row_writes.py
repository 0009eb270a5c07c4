"""Row writes: the array does not compute while its rows are written, one by one.

``once = mapped rows * cycles of a row``: ``stall >= (loads - 1) * once``, and the first load is
onloading. Where memory ports do not stall, it counts among the others.
"""

from __future__ import annotations

import numpy as np

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.timing.rows import cycles_per_row
from zigzag_imc.solver.joint.crossing import Cut, Floats
from zigzag_imc.solver.joint.outer import outer_amount
from zigzag_imc.solver.joint.passing import Passing
from zigzag_imc.solver.joint.running import Running
from zigzag_imc.solver.joint.selection import Sheet


def add_row_writes(sheet: Sheet, running: Running, cycles: Floats, into_cells: Cut) -> None:
    """Bound the stall by the cycles of all writes of rows."""
    units, pair = running.units, (into_cells.relevant, into_cells.idle)
    writes = outer_amount(sheet, "row writes", pair, units.of_cycles(cycles), units.most)
    sheet.model.add(running.stall >= writes)


def stalling_cycles(costs: CostModel, into_cells: Cut) -> Floats:
    """Cycles of all writes that computing waits for."""
    onloading = 1 if costs.profile.ports_stall else 0
    waits: Floats = (Passing(costs, into_cells).count - onloading) * cycles_once(costs, into_cells)
    return waits


def cycles_once(costs: CostModel, into_cells: Cut) -> Floats:
    """Cycles to write all mapped rows once."""
    passing = Passing(costs, into_cells)
    port = costs.accelerator.cells.port_of("W", Direction.FROM_HIGH)
    row = cycles_per_row(passing.relevant("depth"), costs.layer.precision.W, port)
    once: Floats = np.asarray(passing.both("mapped") * row)
    return once
