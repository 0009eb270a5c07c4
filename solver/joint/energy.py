"""Energy: of the array, and of the transfers over every cut.

``energy = array(rows, columns, activations) + sum over the cuts of moved[c]``
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.crossing import Cut
from zigzag_imc.solver.joint.outer import outer_amount
from zigzag_imc.solver.joint.passing import Passing
from zigzag_imc.solver.joint.selection import Selection, Sheet
from zigzag_imc.solver.joint.traffic import energy_pj
from zigzag_imc.solver.joint.units import EnergyUnits
from zigzag_imc.solver.joint.use import array_pj


@dataclass(frozen=True, eq=False)
class Energy:
    """The energy in the model.

    Attributes
    ----------
    units
        What one unit of it is.
    amount
        The energy in units, each of its terms rounded down.
    """

    units: EnergyUnits
    amount: cp_model.IntVar


def add_energy(
    sheet: Sheet,
    costs: CostModel,
    used: Selection,
    cuts: Sequence[Cut],
    most_pj: float,
) -> Energy:
    """Add up the energy; nothing above ``most_pj`` is of interest."""
    array = array_pj(costs, used)
    if costs.loading is not None:  # the least of it: copies of weights are scored exactly later
        array = array + costs.loading.least_pj
    moved = [energy_pj(Passing(costs, cut)) for cut in cuts]
    units = EnergyUnits.of([array, *moved], most_pj)
    terms: list[cp_model.LinearExprT] = [sheet.amount(used, units.of_energy(array))]
    for cut, matrix in zip(cuts, moved, strict=True):
        pair, units_moved = (cut.relevant, cut.idle), units.of_energy(matrix)
        terms.append(outer_amount(sheet, f"energy {cut.place}", pair, units_moved, units.most))
    energy = sheet.model.new_int_var(0, units.most, "energy")
    sheet.model.add(energy == cp_model.LinearExpr.sum(terms))
    return Energy(units, energy)
