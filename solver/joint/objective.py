"""Objective: energy, latency, or their product."""

from __future__ import annotations

from dataclasses import dataclass

from ortools.sat.python import cp_model

from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import COARSEST, RESOLUTION
from zigzag_imc.solver.formulation.objective import product_of
from zigzag_imc.solver.formulation.scaling import Scale
from zigzag_imc.solver.joint.domain import Domain
from zigzag_imc.solver.joint.energy import Energy
from zigzag_imc.solver.joint.latency import Latency
from zigzag_imc.solver.joint.selection import Sheet


@dataclass(frozen=True, eq=False)
class Target:
    """What is minimised.

    Attributes
    ----------
    amount
        The objective in units.
    unit
        Value of one unit: pJ, clock cycles, or pJ x cycles.
    resolution
        Relative distance of bound and value at which a mapping counts as proved optimal.
    """

    amount: cp_model.IntVar
    unit: float
    resolution: float = RESOLUTION


def add_objective(
    sheet: Sheet, domain: Domain, energy: Energy | None, latency: Latency | None
) -> Target:
    """Minimise the objective, within what is of interest."""
    targets: dict[Objective, Target] = {}
    if energy is not None:
        targets["energy"] = Target(energy.amount, energy.units.unit_pj)
    if latency is not None:
        targets["latency"] = Target(latency.amount, latency.units.unit)
    if domain.has_product:
        targets["edp"] = _product(sheet, domain, energy, latency)
    target = targets[domain.objective]
    sheet.model.minimize(target.amount)
    return target


def _product(
    sheet: Sheet, domain: Domain, energy: Energy | None, latency: Latency | None
) -> Target:
    """Energy times latency, of interest up to a limit."""
    assert energy is not None, "both take part in their product"
    assert latency is not None, "both take part in their product"
    scale = Scale(
        energy_unit_pj=energy.units.unit_pj,
        latency_unit=latency.units.unit,
        most_energy=energy.units.most,
        most_latency=latency.units.most,
        most_edp=domain.most_edp,
    )
    product = product_of(scale, sheet.model, energy.amount, latency.amount)
    rounding = min(COARSEST, 2 * scale.product_resolution)
    return Target(product, scale.product_unit, max(RESOLUTION, rounding))
