"""Whole numbers for CP-SAT: costs are divided by a unit and rounded down, so that every bound stays a bound."""

from __future__ import annotations

import math
from dataclasses import dataclass

ENERGY_UNITS = 10**9
"""Units in the largest energy of interest: a resolution of 1e-9 for each rounded term."""

MOST_PRODUCT = 4 * 10**18
"""CP-SAT computes with 64 bits."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Units of energy and latency inside the model, and the largest values of interest.

    Attributes
    ----------
    energy_unit_pj, latency_unit
        One unit of the model in pJ and in clock cycles.
    most_energy, most_latency
        Upper limits in units; nothing above can be optimal.
    """

    energy_unit_pj: float
    latency_unit: float
    most_energy: int
    most_latency: int

    @classmethod
    def of(cls, most_energy_pj: float, most_latency: float, product: bool) -> Scale:
        """Choose units such that the largest values, and their product if needed, fit in 64 bits."""
        energy_units, latency_unit = ENERGY_UNITS, 1.0
        if product:
            if most_latency > ENERGY_UNITS:
                latency_unit = most_latency / ENERGY_UNITS
            energy_units = min(energy_units, int(MOST_PRODUCT / max(1.0, most_latency / latency_unit)))
        unit = most_energy_pj / energy_units if most_energy_pj > 0 else 1.0
        return cls(unit, latency_unit, energy_units + 1, math.floor(most_latency / latency_unit) + 1)

    def energy(self, pj: float) -> int:
        """Energy in units, rounded down."""
        return math.floor(pj / self.energy_unit_pj)

    def latency(self, cycles: float) -> int:
        """Latency in units, rounded down."""
        return math.floor(cycles / self.latency_unit)
