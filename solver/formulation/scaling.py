"""Whole numbers for CP-SAT.

Costs are divided by a unit and rounded down, so that every bound stays a bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from zigzag_imc.core.tolerances import COARSEST, TOLERANCE

ENERGY_UNITS = 10**9
"""Units in the largest energy of interest: a resolution of 1e-9 for each rounded term."""

FACTOR_UNITS = 10**8
"""Units of latency in a product: with those of the energy, terms of it stay within 64 bits."""

MOST_LATENCY_STEPS = 10**6
"""Steps of latency where a product is multiplied out."""

MOST_CUBE = 4 * 10**18
"""CP-SAT's presolve multiplies a product once more by one of its factors and must stay within 64
bits with that: beyond it, it can call a feasible model infeasible."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Units of energy and latency inside the model, and the values of interest.

    Attributes
    ----------
    energy_unit_pj, latency_unit
        One unit of the model in pJ and in clock cycles.
    most_energy, most_latency
        Upper limits in units; nothing above can be optimal.
    most_edp
        Upper limit of the energy-delay product, in pJ times cycles.
    least_energy, least_latency
        Units that every mapping needs.
    """

    energy_unit_pj: float
    latency_unit: float
    most_energy: int
    most_latency: int
    most_edp: float = math.inf
    least_energy: int = 0
    least_latency: int = 0

    @classmethod
    def of(cls, most_energy_pj: float, most_latency: float, most_edp: float = math.inf) -> Scale:
        """Choose units for the largest values of interest."""
        unit = most_energy_pj / ENERGY_UNITS if most_energy_pj > 0 else 1.0
        latency_unit = max(1.0, most_latency / ENERGY_UNITS)
        return cls(
            unit,
            latency_unit,
            ENERGY_UNITS + 1,
            math.floor(most_latency / latency_unit) + 1,
            most_edp,
        )

    def in_parts_of_cycles(self, units: int) -> Scale:
        """The same with about so many units of latency, of which a power of two are a cycle.

        Or a unit is a power of two of cycles. What hides behind a share of some cycles is not a
        whole number of them, but often of such parts.
        """
        cycles = self.most_latency * self.latency_unit
        unit = 2.0 ** math.ceil(math.log2(cycles / units))
        return replace(self, latency_unit=unit, most_latency=math.ceil(cycles / unit))

    def above(self, energy_pj: float, latency: float) -> Scale:
        """The same for mappings that all need some energy (pJ) and latency (cycles).

        From ``energy * latency <= most`` follows how much of either is of interest.
        """
        if math.isinf(self.most_edp) or not (energy_pj > 0 and latency > 0):
            return self
        headroom = 1 + COARSEST
        most_pj, most_cycles = self.most_edp / latency, self.most_edp / energy_pj
        return Scale.of(
            min(self.most_energy * self.energy_unit_pj, most_pj * headroom),
            min(self.most_latency * self.latency_unit, most_cycles * headroom + 1),
            self.most_edp,
        )

    def from_least(self, energy_pj: float, rounded: int, latency: float) -> Scale:
        """The same for mappings that all need some energy (pJ) and latency (cycles).

        Parameters
        ----------
        energy_pj, latency
            What all of them need.
        rounded
            Terms of the energy that are rounded down, each by less than a unit.
        """
        return replace(
            self,
            least_energy=min(max(0, self.energy(energy_pj) - rounded), self.most_energy),
            least_latency=min(self.latency(latency), self.most_latency),
        )

    @property
    def product_steps(self) -> tuple[int, int]:
        """Steps of energy and latency above the least such that their product is safe."""
        more_energy = self.most_energy - self.least_energy
        more_latency = self.most_latency - self.least_latency
        latency_step = max(1, -(-more_latency // MOST_LATENCY_STEPS))
        latency = max(1, more_latency // latency_step)
        energy = max(1, min(math.isqrt(MOST_CUBE // latency), MOST_CUBE // latency**2))
        return max(1, -(-more_energy // energy)), latency_step

    @property
    def product_unit(self) -> float:
        """One unit of the product of energy and latency, in pJ times cycles."""
        return self.energy_unit_pj * self.latency_unit

    @property
    def most_product(self) -> int:
        """Largest product of interest, in units.

        Rounded factors never have a larger product than the exact ones.
        """
        most = self.most_energy * self.most_latency
        return min(
            most, math.floor(min(self.most_edp / self.product_unit * (1 + TOLERANCE), float(most)))
        )

    @property
    def product_resolution(self) -> float:
        """Relative error of a product near the largest values, from rounding its factors down."""
        energy_step, latency_step = self.product_steps
        more_energy = self.most_energy - self.least_energy
        more_latency = self.most_latency - self.least_latency
        error = energy_step * more_latency + (latency_step - 1) * more_energy
        return error / (self.most_energy * self.most_latency)

    def energy(self, pj: float) -> int:
        """Energy in units, rounded down."""
        return math.floor(pj / self.energy_unit_pj)

    def latency(self, cycles: float) -> int:
        """Latency in units, rounded down."""
        return math.floor(cycles / self.latency_unit)
