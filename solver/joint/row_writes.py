"""Row writes: the array does not compute while its rows are written, one by one.

``once = mapped rows * cycles of a row``: ``stall >= (loads - 1) * once``, and the first load is
onloading. Where memory ports do not stall, it counts among the others.

Mapped rows are a selection of their own, the lanes along the rows of the array: they multiply with
the loads in a matrix, so that no row of the cut has to tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.timing.rows import cycles_per_row
from zigzag_imc.solver.joint.crossing import INTO_CELLS, Cut, Floats
from zigzag_imc.solver.joint.outer import outer_amount
from zigzag_imc.solver.joint.passing import Passing
from zigzag_imc.solver.joint.running import Running
from zigzag_imc.solver.joint.selection import Columns, Selection, Sheet


@dataclass(frozen=True, eq=False)
class RowWrites:
    """Writes of the rows of the array.

    Attributes
    ----------
    costs
        Cost model of the layer.
    into_cells
        The cut of the weights in the cells.
    rows
        Mapped rows, as ``lanes``.
    """

    costs: CostModel
    into_cells: Cut
    rows: Selection

    @classmethod
    def of(cls, costs: CostModel, cuts: Sequence[Cut], rows: Selection) -> RowWrites | None:
        """Return the writes of a layer; none where its latency does not know them."""
        written = [cut for cut in cuts if cut.place == INTO_CELLS and costs.profile.rows_written]
        return cls(costs, written[0], rows) if written else None

    @property
    def row_cycles(self) -> Floats:
        """Cycles of one row, in every choice of the relevant dimensions; of a full tile."""
        if self.into_cells.ends_short:
            return self.into_cells.relevant.column("row")
        port = self.costs.accelerator.cells.port_of("W", Direction.FROM_HIGH)
        depth = self.into_cells.relevant.column("depth")
        cycles: Floats = cycles_per_row(depth, self.costs.layer.precision.W, port)
        return cycles

    def once(self, row_cycles: Floats) -> Floats:
        """Cycles to write all mapped rows once: a row per time of a row, mapped rows in columns."""
        once: Floats = row_cycles[:, None] * self.rows.column("lanes")[None, :]
        return once

    @property
    def onloading(self) -> int:
        """Loads that computing does not wait for."""
        return 1 if self.costs.profile.ports_stall else 0

    @property
    def together(self) -> Floats:
        """Cycles of one row for all different tiles, in every choice of the relevant dimensions."""
        relevant = self.into_cells.relevant
        if self.into_cells.ends_short:
            return relevant.column("written")
        cycles: Floats = relevant.column("steps") * self.row_cycles
        return cycles

    @property
    def waits(self) -> Floats:
        """Cycles that computing waits for one mapped row, in every choice at the cut."""
        visits = Passing(self.costs, self.into_cells).idle("steps")
        every = self.together[:, None] * visits
        waits: Floats = every - self.onloading * self.row_cycles[:, None]
        return waits

    @property
    def least_stall(self) -> float:
        """Cycles that computing waits for at least."""
        return float(self.waits.min()) * float(self.rows.column("lanes").min())

    @property
    def most_cycles(self) -> float:
        """Cycles that all writes take at most."""
        first = float(self.row_cycles.max())
        return (float(self.waits.max()) + first) * float(self.rows.column("lanes").max())


def add_row_writes(sheet: Sheet, running: Running, writes: RowWrites) -> None:
    """Bound the stall by the cycles of all writes of rows."""
    cut, onloading = writes.into_cells, writes.onloading
    loads = {"row": writes.row_cycles, "together": writes.together}

    def waits(rows: Columns) -> Columns:
        return {"waits": rows["together"] * rows["visits"] - onloading * rows["row"]}

    waiting = sheet.combine(
        "waits",
        sheet.derive("loads", cut.relevant, loads),
        sheet.derive("loads again", cut.idle, {"visits": cut.idle.column("steps")}),
        derive=waits,
    )
    amount = _written(sheet, running, writes, waiting, "waits")
    sheet.model.add(running.stall >= amount)


def first_write(sheet: Sheet, running: Running, writes: RowWrites) -> cp_model.LinearExprT:
    """Cycles of the first load of the array, in units of latency."""
    relevant = writes.into_cells.relevant
    row = sheet.derive("row", relevant, {"row": writes.row_cycles})
    return _written(sheet, running, writes, row, "row")


def _written(
    sheet: Sheet, running: Running, writes: RowWrites, times: Selection, column: str
) -> cp_model.LinearExprT:
    """Cycles to write the mapped rows, each for a chosen time, in units of latency."""
    units = running.units
    cycles = units.of_cycles(writes.once(times.column(column)))
    return outer_amount(sheet, f"row writes {column}", (times, writes.rows), cycles, units.most)
