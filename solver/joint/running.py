"""Running: how long a layer computes and stalls, between on- and offloading."""

from __future__ import annotations

from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.selection import Selection, Sheet
from zigzag_imc.solver.joint.units import CycleUnits


@dataclass(frozen=True, eq=False)
class Running:
    """Computing and stalling, in units of latency.

    Attributes
    ----------
    units
        What one unit is.
    rate
        Clock cycles of an activation.
    compute, stall
        Units of computing and of stalling.
    least_cycles
        Computing takes no less, in clock cycles.
    """

    units: CycleUnits
    rate: int
    compute: cp_model.IntVar
    stall: cp_model.IntVar
    least_cycles: float

    @property
    def rounding(self) -> int:
        """Units by which a sum of two rounded values may be too small: none of whole cycles."""
        return 0 if self.units.unit == 1 else 2

    @classmethod
    def of(cls, sheet: Sheet, costs: CostModel, used: Selection, units: CycleUnits) -> Running:
        """Tie the computing cycles to the use of the array: ``rate * product of T[d]``."""
        rate = int(costs.accelerator.array.cycles_per_activation)
        cycles = used.column("steps") * rate
        compute = sheet.model.new_int_var(0, units.most, "compute")
        sheet.model.add(compute == sheet.amount(used, units.of_cycles(cycles)))
        stall = sheet.model.new_int_var(0, units.most, "stall")
        return cls(units, rate, compute, stall, float(cycles.min()))
