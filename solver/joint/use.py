"""Use: how far the array is used in one activation, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.solver.joint.crossing import Floats
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.floor import Floor
from zigzag_imc.solver.joint.selection import Selection, Sheet
from zigzag_imc.solver.joint.unrollings import Unrolling


def add_use(
    sheet: Sheet,
    costs: CostModel,
    unrollings: Mapping[str, Unrolling],
    domain: Domain,
    floor: Floor | None = None,
) -> Selection:
    """Multiply what all dimensions make of the use of the array.

    What takes more than a floor leaves is no row.
    """
    factors = [_use(sheet, costs, each, domain) for each in unrollings.values()]
    used = sheet.product("use", factors)
    if floor is None:
        return used
    kept = np.ones(len(used), dtype=bool)
    if domain.has_energy:
        kept &= array_pj(costs, used) <= floor.left_for_array_pj(domain)
    if domain.has_latency:
        rate = costs.accelerator.array.cycles_per_activation
        kept &= used.column("steps") * rate <= floor.left_for_computing(domain)
    return used if kept.all() else sheet.derive("use", used, used.columns, kept)


def _use(sheet: Sheet, costs: CostModel, unrolling: Unrolling, domain: Domain) -> Selection:
    """What one layer dimension makes of it: lanes, and what is left for time."""
    array, profile = costs.accelerator.array, costs.profile
    columns = {}
    if domain.has_energy:
        values = unrolling.averages if profile.whole_activations else unrolling.factors
        columns["rows"] = unrolling.along(array.bitline, values)
        columns["columns"] = unrolling.along(array.wordline, values)
        if profile.whole_activations:
            macros = (unrolling.along(name, values) for name, _ in array.dimensions[2:])
            columns["activations"] = np.prod([unrolling.temporal, *macros], axis=0)
    if domain.has_latency:
        columns["steps"] = unrolling.temporal
    return sheet.derive(f"use {unrolling.dim}", unrolling.chosen, columns)


def array_pj(costs: CostModel, used: Selection) -> Floats:
    """Energy of the array, in every use of it."""
    rows, columns = used.column("rows"), used.column("columns")
    once = [
        sum(costs.macro.activation_energy_pj(mapped, own, mapped).values())
        for mapped, own in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    if costs.profile.whole_activations:
        activations = used.column("activations")
    else:
        activations = costs.layer.macs / (rows * columns)
    energy: Floats = np.array(once) * activations
    return energy
